// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What inputs may cost, so that neither a mistyped path nor a hostile file can fill the memory or never end.
public struct DocumentLimits: Sendable, Equatable {
    /// The most bytes that a file may have, and all inputs together after unpacking.
    public var bytes = 1 << 30
    /// The most files of all folders and archives together.
    public var files = 20_000
    /// How deep folders may be nested.
    public var folderDepth = 64
    /// How deep archives may lie in archives.
    public var archiveDepth = 3
    /// How many times larger than its file an archive's content may be, once it is larger than `freelyUnpacked`.
    public var archiveRatio = 200
    /// What every archive may unpack whatever its ratio: small files of one repeated character are no attack.
    public var freelyUnpacked = 16 << 20
    /// The most pages of a PDF.
    public var pages = 10_000
    /// How long one run of a program that reads a PDF may take, in seconds.
    public var programSeconds = 120
    /// The most memory that such a program may map, in bytes.
    public var programMemory = 2 << 30

    public init(bytes: Int = 1 << 30) { self.bytes = bytes }
}
