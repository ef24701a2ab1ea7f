// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// A string of a document that means something only if every character is right.
public struct Fact: Sendable, Equatable {
    /// What kind of string it is; in the order in which they are kept when not all fit.
    public enum Kind: Int, Sendable, CaseIterable {
        case uuid, hex, identifier, number, email, url
    }

    public var text: String
    public var kind: Kind
    /// Whether nothing but its characters tells what it is, so that a reader cannot guess a blurred one.
    public var isOpaque: Bool
    /// Its bytes in the document's text.
    public var source: SourceRange

    public init(text: String, kind: Kind, isOpaque: Bool, source: SourceRange) {
        (self.text, self.kind, self.isOpaque, self.source) = (text, kind, isOpaque, source)
    }
}
