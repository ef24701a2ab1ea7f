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
    }

    /// Looks up a line that a reader copied.
    ///
    /// - Parameters:
    ///   - line: What it wrote.
    ///   - numbers: The pages that it read, in any order.
    /// - Returns: What the text of these pages has there, with one space for every run of white space.
    func original(of line: String, onPages numbers: [Int]) -> Original {
        let copy = NormalizedText(line, foldsCase: true)
        let parts = contiguous(numbers).map { NormalizedText(bytes(of: $0), foldsCase: true) }
        for part in parts {
            guard let found = part.range(of: copy.scalars, edges: .wholeWords) else { continue }
            let written = words(part, found)
            // Typographic signs that the reader made plain stay as they are: nothing was misread.
            return .same(written.lowercased() == line.lowercased() ? written : line)
        }
        let nearest = parts.compactMap { part in NearestMatch(of: copy.scalars, in: part.scalars).map { (part, $0) } }
            .min { $0.1.distance < $1.1.distance }
        guard let (part, match) = nearest else { return .none }
        return .other(words(part, part.wholeWords(around: match.range)))
    }

    /// The text of a range, whatever white space there is in it.
    private func words(_ part: NormalizedText, _ range: Range<Int>) -> String {
        let bytes = self.text.utf8[part.starts[range.lowerBound]..<part.ends[range.upperBound - 1]]
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private func bytes(of range: SourceRange) -> ArraySlice<UInt8> { text.utf8[range.lowerBound..<range.upperBound] }

    /// What pages show, those together that follow each other.
    private func contiguous(_ numbers: [Int]) -> [SourceRange] {
        let wanted = Set(numbers)
        return pages.filter { wanted.contains($0.number) }.map(\.source).reduce(into: []) { ranges, source in
            if let last = ranges.last, last.upperBound == source.lowerBound {
                ranges[ranges.count - 1].upperBound = source.upperBound
            } else {
                ranges.append(source)
            }
        }
    }
}
