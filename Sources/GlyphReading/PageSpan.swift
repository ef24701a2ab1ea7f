// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Which bytes of a document's text a page shows; pages that are pictures show none.
public struct PageSpan: Sendable, Equatable {
    /// The page's number, from 1.
    public var number: Int
    public var source: SourceRange

    public init(number: Int, source: SourceRange) {
        (self.number, self.source) = (number, source)
    }
}
