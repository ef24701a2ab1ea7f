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

    let text: SourceText
    let pages: [PageSpan]

    /// - Parameters:
    ///   - text: the document's text.
    ///   - pages: what each page shows.
    public init(_ text: SourceText, pages: [PageSpan]) {
        self.text = text
        self.pages = pages.filter { $0.source.count > 0 }.sorted { $0.number < $1.number }
    }

    /// The place of a quotation: on the page it is said to be on if it is there, otherwise the first.
    ///
    /// Quotations of less than four letters stand anywhere: they are found only where the page that they are said to be
    /// on has them once.
    public func find(_ quote: String, page: Int? = nil) -> Match? { find([(quote, page)])[0] }

    /// The places of several quotations, for all of which the text is normalised once.
    func find(_ quotes: [(text: String, page: Int?)]) -> [Match?] {
        var unseen: [(index: Int, needle: [UInt32])] = []
        var longest = 0
        var matches = quotes.enumerated().map { index, quote -> Match? in
            let words = Self.withoutEllipses(quote.text)
            let named = pages.filter { $0.number == quote.page }
            guard !Self.isTooShort(quote.text) else { return named.first.flatMap { onlyPlace(of: words, on: $0) } }
            let (bytes, needle) = (Array(words.utf8), NormalizedText(words).scalars)
            let near = named.map { reach(of: $0, bytes.count) }
            if let match = exact(bytes, in: near) { return match }
            for range in near { if let match = alike(needle, in: normalized(range)) { return match } }
            if let match = exact(bytes, in: reaches(bytes.count)) { return match }
            unseen.append((index, needle))
            longest = max(longest, bytes.count)
            return nil
        }
        for range in reaches(longest) {
            if unseen.isEmpty { break }
            let hay = normalized(range)
            unseen.removeAll { index, needle in
                matches[index] = alike(needle, in: hay)
                return matches[index] != nil
            }
        }
        return matches
    }

    /// Whether a quotation has so few letters that it stands anywhere.
    static func isTooShort(_ quote: String) -> Bool { NormalizedText(withoutEllipses(quote)).weight < 4 }

    /// Where the pages say what an answer says, for readers that cannot quote: the whole answer, else each of its lines
    /// that is found; as whole words, without regard to capitals.
    ///
    /// Of an answer of one or two words it must be the only place, and one that only agrees or denies ("Yes.") is not
    /// looked for: such words stand in a text for other reasons.
    ///
    /// - Parameters:
    ///   - answer: What the reader said.
    ///   - numbers: The pages that it read; what is found begins or ends on one of them.
    /// - Returns: The parts of the answer that are found, in its order, and their places; nil where a part has several
    ///   and says too little to be any of them.
    public func locate(_ answer: String, onPages numbers: [Int]) -> [(part: String, match: Match?)] {
        let numbers = Set(numbers)
        let read = pages.filter { numbers.contains($0.number) }
        let whole = places(of: [answer], on: read)[0]
        if !whole.isEmpty { return [(answer, whole.count == 1 ? whole[0] : nil)] }
        let lines = answer.split(whereSeparator: \.isNewline).map { String($0).trimmed }
        guard lines.count > 1 else { return [] }
        return zip(lines, places(of: lines, on: read)).compactMap { line, places in
            places.isEmpty ? nil : (part: line, match: places.count == 1 ? places[0] : nil)
        }
    }

    /// The places of each part on some pages, or over the end of one of them: the first, or more where it must be the
    /// only one.
    private func places(of parts: [String], on pages: [PageSpan]) -> [[Match]] {
        let parts = parts.map(Self.withoutEnd)
        let needles = parts.map(SoughtAnswer.init)
        let longest = parts.map(\.utf8.count).max() ?? 0
        var wanted = needles.indices.filter { needles[$0].isWorthSeeking }
        var places = [[Match]](repeating: [], count: parts.count)
        for page in pages where !wanted.isEmpty {
            let hay = normalized(surroundings(of: page, longest), foldsCase: true)
            for index in wanted {
                let (needle, count) = (needles[index].text, needles[index].places)
                let found = matches(of: parts[index], needle, in: hay, touching: page.source, atMost: count)
                // What goes on over the end of a page is met on both.
                let known = places[index]
                places[index] = known + found.filter { !known.contains($0) }
            }
            wanted.removeAll { places[$0].count >= needles[$0].places }
        }
        return places
    }

    /// The place of a short quotation on a page, as whole words, if it is the only one.
    private func onlyPlace(of quote: String, on page: PageSpan) -> Match? {
        let needle = NormalizedText(quote, foldsCase: true)
        guard needle.weight > 0 else { return nil }
        let hay = normalized(surroundings(of: page, quote.utf8.count), foldsCase: true)
        let found = matches(of: quote, needle, in: hay, touching: page.source, atMost: 2)
        return found.count == 1 ? found[0] : nil
    }

    private func matches(
        of quote: String,
        _ needle: NormalizedText,
        in hay: NormalizedText,
        touching source: SourceRange,
        atMost count: Int
    ) -> [Match] {
        var matches: [Match] = []
        var from = 0
        while matches.count < count, let found = hay.range(of: needle.scalars, from: from, edges: .wholeWords) {
            let (start, end) = (hay.starts[found.lowerBound], hay.ends[found.upperBound - 1])
            guard start < source.upperBound else { break }
            let isExact = text.utf8[start..<end].elementsEqual(quote.utf8)
            if end > source.lowerBound { matches.append(match(start, end, isExact: isExact)) }
            from = found.lowerBound + 1
        }
        return matches
    }

    private func exact(_ quote: [UInt8], in ranges: [SourceRange]) -> Match? {
        for range in ranges {
            var from = range.lowerBound
            while from < range.upperBound, let found = text.utf8[from..<range.upperBound].firstRange(of: quote) {
                guard text.utf8.cutsNumber(found) else {
                    return match(found.lowerBound, found.upperBound, isExact: true)
                }
                from = found.lowerBound + 1
            }
        }
        return nil
    }

    private func alike(_ quote: [UInt32], in hay: NormalizedText) -> Match? {
        hay.range(of: quote, edges: .wholeNumbers).map { found in
            match(hay.starts[found.lowerBound], hay.ends[found.upperBound - 1], isExact: false)
        }
    }

    func normalized(_ range: SourceRange, foldsCase: Bool = false) -> NormalizedText {
        NormalizedText(text.utf8[range.lowerBound..<range.upperBound], foldsCase: foldsCase)
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
    func surroundings(of page: PageSpan, _ length: Int) -> SourceRange {
        var range = reach(of: page, length)
        range.lowerBound = max(0, range.lowerBound - 2 * length)
        while range.lowerBound > 0, text.utf8[range.lowerBound] & 0xC0 == 0x80 { range.lowerBound -= 1 }
        return range
    }

    /// All of the text, page by page where there are pages.
    private func reaches(_ length: Int) -> [SourceRange] {
        pages.isEmpty ? [SourceRange(0, text.utf8.count)] : pages.map { reach(of: $0, length) }
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
