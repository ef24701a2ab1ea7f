// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension QuoteFinder {
    /// What a text has where a reader copied a line of it.
    enum Original: Equatable {
        /// The line, perhaps with other capitals.
        case same(String)
        /// Other words: the line was misread.
        case other(String)
        /// Nothing that is clearly meant.
        case none

        var text: String? {
            switch self {
            case .same(let text), .other(let text): text
            case .none: nil
            }
        }
    }

    /// Looks up a line that a reader copied.
    ///
    /// - Parameters:
    ///   - line: What it wrote.
    ///   - numbers: The pages that it read. What it copied may begin before them, with a sentence that goes on there.
    /// - Returns: What the text of these pages has there, with one space for every run of white space.
    func original(of line: String, on numbers: ClosedRange<Int>) -> Original {
        let copy = NormalizedText(line, foldsCase: true)
        // Marks of emphasis alone are nothing to look for.
        guard !copy.scalars.isEmpty else { return .same(line) }
        let start = pages.sortedIndex { $0.number >= numbers.lowerBound }
        let read = pages[start...].prefix { $0.number <= numbers.upperBound }
        guard let first = read.first, let last = read.last else { return .none }
        let span = PageSpan(number: 0, source: SourceRange(first.source.lowerBound, last.source.upperBound))
        let hay = normalized(surroundings(of: span, line.utf8.count), foldsCase: true)
        if let found = hay.range(of: copy.scalars, edges: .wholeWords) {
            let written = words(hay, found)
            // Typographic signs that the reader made plain stay as they are: nothing was misread.
            return .same(written.lowercased() == line.lowercased() ? written : line)
        }
        guard let match = NearestMatch(of: copy, in: hay) else { return .none }
        let written = words(hay, match.range)
        return written.lowercased() == line.lowercased() ? .same(written) : .other(written)
    }

    /// The text of a range, whatever white space there is in it.
    private func words(_ part: NormalizedText, _ range: Range<Int>) -> String {
        let bytes = self.text.utf8[part.starts[range.lowerBound]..<part.ends[range.upperBound - 1]]
        return String(decoding: bytes, as: UTF8.self).collapsedWhiteSpace
    }
}
