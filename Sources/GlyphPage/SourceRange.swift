// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A half-open range of UTF-8 byte offsets into a document's text.
///
/// Bytes, not characters: offsets stay valid whatever the script and cost nothing to compare with a file on disk.
public struct SourceRange: Sendable, Hashable {
    /// The first byte covered.
    public var lowerBound: Int
    /// The byte after the last one covered.
    public var upperBound: Int

    public init(_ lowerBound: Int, _ upperBound: Int) {
        self.lowerBound = lowerBound
        self.upperBound = upperBound
    }

    /// The number of bytes covered.
    public var count: Int { upperBound - lowerBound }
}
