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
        /// The last page that shows it: another one where a page ends inside of it.
        public var lastPage: Int?
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

    /// Where the pages say what an answer says, for readers that cannot quote: the whole answer, else each of its lines
    /// that is found; as whole words, without regard to capitals.
    ///
    /// - Parameters:
    ///   - answer: What the reader said.
    ///   - numbers: The pages that it read; what is found begins or ends on one of them.
    /// - Returns: The parts of the answer that are found, in its order, and their places.
    public func locate(_ answer: String, onPages numbers: [Int]) -> [(part: String, match: Match)] {
        let read = pages.filter { Set(numbers).contains($0.number) }
        if let match = places(of: [answer], on: read)[0] { return [(answer, match)] }
        let lines = answer.split(whereSeparator: \.isNewline).map { String($0).trimmed }
        guard lines.count > 1 else { return [] }
        return zip(lines, places(of: lines, on: read)).compactMap { line, match in match.map { (line, $0) } }
    }

    /// The first place of each part on some pages, or over the end of one of them.
    private func places(of parts: [String], on pages: [PageSpan]) -> [Match?] {
        let needles = parts.map { NormalizedText(Self.withoutEnd($0), foldsCase: true) }
        let longest = parts.map(\.utf8.count).max() ?? 0
        var wanted = needles.indices.filter { needles[$0].weight >= 3 }
        var places = [Match?](repeating: nil, count: parts.count)
        for page in pages where !wanted.isEmpty {
            let range = surroundings(of: page, longest)
            let hay = NormalizedText(text.utf8[range.lowerBound..<range.upperBound], foldsCase: true)
            wanted.removeAll { index in
                places[index] = first(needles[index].scalars, in: hay, touching: page.source)
                return places[index] != nil
            }
        }
        return places
    }

    private func first(_ needle: [UInt32], in hay: NormalizedText, touching source: SourceRange) -> Match? {
        var from = 0
        while let found = hay.range(of: needle, from: from, asWords: true) {
            let (start, end) = (hay.starts[found.lowerBound], hay.ends[found.upperBound - 1])
            if start >= source.upperBound { return nil }
            if end > source.lowerBound { return match(start, end, isExact: false) }
            from = found.lowerBound + 1
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
        let shown = pages.filter { $0.source.lowerBound < end && start < $0.source.upperBound }
        return Match(
            source: SourceRange(start, end),
            page: shown.first?.number,
            lastPage: shown.last?.number,
            isExact: isExact
        )
    }

    /// The reach of a page, with as many bytes before it as a part that ends on it can have.
    private func surroundings(of page: PageSpan, _ length: Int) -> SourceRange {
        var range = reach(of: page, length)
        range.lowerBound = max(0, range.lowerBound - 2 * length)
        while range.lowerBound > 0, text.utf8[range.lowerBound] & 0xC0 == 0x80 { range.lowerBound -= 1 }
        return range
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
