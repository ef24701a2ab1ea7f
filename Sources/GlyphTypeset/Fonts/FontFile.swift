// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A font file on disk (one face of it), opened by whoever shapes or draws with it.
///
/// A value, not a handle: FreeType and HarfBuzz objects are not safe to share between threads, so each worker opens
/// its own.
public struct FontFile: Sendable, Hashable {
    /// The path of a TrueType, OpenType or collection file.
    public var path: String
    /// The face within a collection, from 0.
    public var faceIndex: Int

    public init(path: String, faceIndex: Int = 0) {
        self.path = path
        self.faceIndex = faceIndex
    }

    /// Reads `path` or, for a face of a collection, `path#index`.
    public init(reference: String) {
        if let mark = reference.lastIndex(of: "#"), let index = Int(reference[reference.index(after: mark)...]),
            index >= 0
        {
            self.init(path: String(reference[..<mark]), faceIndex: index)
        } else {
            self.init(path: reference)
        }
    }

    /// The path, followed by `#index` for a face other than the first.
    public var reference: String { faceIndex == 0 ? path : "\(path)#\(faceIndex)" }
}

/// A font at the size it is drawn.
public struct FontInstance: Sendable, Hashable {
    public var file: FontFile
    /// Pixels per em; may be fractional.
    ///
    /// FreeType is set to the rounded size and the rest goes into the outline's
    /// transform, as poppler does (SplashFTFont.cc).
    public var pixelsPerEm: Double

    public init(file: FontFile, pixelsPerEm: Double) {
        self.file = file
        self.pixelsPerEm = pixelsPerEm
    }
}
