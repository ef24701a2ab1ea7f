// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Finds in a document's text what a reader says that it read there.
public struct QuoteFinder: Sendable {
    /// A place of the text.
    public struct Match: Sendable, Equatable {
        public var source: SourceRange
        /// The first page that shows it.
        public var page: Int?
        /// Whether every byte is as it was quoted; otherwise spaces, hyphens or typographic signs differ.
        public var isExact: Bool
    }

    private let text: SourceText
    private let pages: [PageSpan]

    /// - Parameters:
    ///   - text: the document's text.
    ///   - pages: what each page shows.
    public init(_ text: SourceText, pages: [PageSpan]) {
        self.text = text
        self.pages = pages.filter { $0.source.count > 0 }.sorted { $0.number < $1.number }
    }

    /// The place of a quotation: on the page it is said to be on if it is there, otherwise the first.
    ///
    /// Nothing is found for quotations of less than four letters, which stand anywhere.
    public func find(_ quote: String, page: Int? = nil) -> Match? {
        let quote = Self.withoutEllipses(quote)
        let normalized = NormalizedText(quote)
        guard normalized.weight >= 4 else { return nil }
        let bytes = Array(quote.utf8)
        let near = pages.filter { $0.number == page }.map { reach(of: $0, bytes.count) }
        let all = pages.isEmpty ? [SourceRange(0, text.utf8.count)] : pages.map { reach(of: $0, bytes.count) }
        for ranges in near.isEmpty ? [all] : [near, all] {
            if let match = exact(bytes, in: ranges) { return match }
            if let match = alike(normalized.scalars, in: ranges) { return match }
        }
        return nil
    }

    /// Where the pages say what an answer says, for readers that cannot quote: the whole answer, else its first line
    /// that is found; as whole words, without regard to capitals.
    public func locate(_ answer: String, onPages numbers: [Int]) -> Match? {
        let lines = answer.split(whereSeparator: \.isNewline).map(String.init)
        for part in lines.count > 1 ? [answer] + lines : [answer] {
            let needle = NormalizedText(Self.withoutEnd(part), foldsCase: true)
            guard needle.weight >= 3 else { continue }
            for page in pages where numbers.contains(page.number) {
                let range = reach(of: page, part.utf8.count)
                let hay = NormalizedText(text.utf8[range.lowerBound..<range.upperBound], foldsCase: true)
                if let found = hay.range(of: needle.scalars, asWords: true) {
                    return match(hay.starts[found.lowerBound], hay.ends[found.upperBound - 1], isExact: false)
                }
            }
        }
        return nil
    }

    private func exact(_ quote: [UInt8], in ranges: [SourceRange]) -> Match? {
        for range in ranges {
            if let found = text.utf8[range.lowerBound..<range.upperBound].firstRange(of: quote) {
                return match(found.lowerBound, found.upperBound, isExact: true)
            }
        }
        return nil
    }

    private func alike(_ quote: [UInt32], in ranges: [SourceRange]) -> Match? {
        for range in ranges {
            let hay = NormalizedText(text.utf8[range.lowerBound..<range.upperBound])
            if let found = hay.range(of: quote) {
                return match(hay.starts[found.lowerBound], hay.ends[found.upperBound - 1], isExact: false)
            }
        }
        return nil
    }

    private func match(_ start: Int, _ end: Int, isExact: Bool) -> Match {
        let page = pages.first { $0.source.lowerBound <= start && start < $0.source.upperBound }
        return Match(source: SourceRange(start, end), page: page?.number, isExact: isExact)
    }

    /// A page's bytes and as many behind it as a quotation that begins on it can have, to the end of a character.
    private func reach(of page: PageSpan, _ length: Int) -> SourceRange {
        var end = min(text.utf8.count, page.source.upperBound + 2 * length)
        while end < text.utf8.count, text.utf8[end] & 0xC0 == 0x80 { end += 1 }
        return SourceRange(page.source.lowerBound, end)
    }

    /// Readers mark with dots that more stands before or behind.
    private static func withoutEllipses(_ quote: String) -> String {
        var rest = Substring(quote.trimmed)
        while let mark = ["...", "…"].first(where: rest.hasPrefix) { rest = rest.dropFirst(mark.count) }
        while let mark = ["...", "…"].first(where: rest.hasSuffix) { rest = rest.dropLast(mark.count) }
        return String(rest).trimmed
    }

    /// An answer ends with a full stop where the text goes on.
    private static func withoutEnd(_ answer: String) -> String {
        var rest = Substring(answer.trimmed)
        while let last = rest.last, ".!。！".contains(last) { rest = rest.dropLast() }
        return String(rest)
    }
}
