// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The part of a text that is most like what a reader copied from it: the fewest insertions, deletions and
/// substitutions (Sellers' algorithm, which lets a match begin anywhere), and whole words and numbers.
struct NearestMatch {
    /// Where it stands, as indices of the text's scalars.
    let range: Range<Int>
    let distance: Int

    /// The most characters of the text times those of the copy that are compared: some tenths of a second.
    private static let mostCells = 1 << 26

    /// Finds it; nil if the nearest part differs in more than a quarter of the copy (and in more than a character), if
    /// another that says something else is not at least twice as far, or if the text is too long.
    ///
    /// - Parameters:
    ///   - copy: What was copied.
    ///   - text: Where from.
    init?(of copy: NormalizedText, in text: NormalizedText) {
        let (copy, scalars) = (copy.scalars, text.scalars)
        guard !copy.isEmpty, copy.count <= Self.mostCells / max(1, scalars.count) else { return nil }
        let limit = max(1, copy.count / 4)
        let matches = Self.matches(of: copy, in: scalars, within: 2 * limit)
        // Of equally near parts one as long as the copy: what was taken for another sign is neither lost nor added.
        func rank(_ match: (range: Range<Int>, distance: Int)) -> (Int, Int) {
            (match.distance, abs(match.range.count - copy.count))
        }
        guard let best = matches.min(by: { rank($0) < rank($1) }), best.distance <= limit else { return nil }
        (range, distance) = (text.wholeWords(around: best.range), best.distance)
        // Those that are as near as to be meant.
        let rivals = matches.filter { $0.distance <= 2 * best.distance }
            .map { (range: $0.range, words: text.wholeWords(around: $0.range), distance: $0.distance) }
        // What says the same elsewhere is no other.
        let said = scalars[range]
        let same = rivals.filter { scalars[$0.words].elementsEqual(said) }.map(\.words)
        let isDoubtful = rivals.contains { rival in
            (rival.distance == best.distance || rival.distance / 2 < best.distance)
                && !same.contains { $0.overlaps(rival.words) }
        }
        if isDoubtful { return nil }
    }

    /// Every end of a match within a distance, with the longest match that ends there.
    private static func matches(
        of copy: [UInt32],
        in text: [UInt32],
        within limit: Int
    ) -> [(range: Range<Int>, distance: Int)] {
        // Of each prefix of the copy that ends here: its distance, and where its match begins.
        var distances = Array(0...copy.count)
        var starts = [Int](repeating: 0, count: copy.count + 1)
        var matches: [(range: Range<Int>, distance: Int)] = []
        for (end, character) in text.enumerated() {
            var (diagonal, diagonalStart) = (distances[0], starts[0])
            starts[0] = end + 1
            for index in 1...copy.count {
                let (above, aboveStart) = (distances[index], starts[index])
                var (least, start) = (diagonal + (copy[index - 1] == character ? 0 : 1), diagonalStart)
                if above + 1 < least { (least, start) = (above + 1, aboveStart) }
                if distances[index - 1] + 1 < least { (least, start) = (distances[index - 1] + 1, starts[index - 1]) }
                (distances[index], starts[index]) = (least, start)
                (diagonal, diagonalStart) = (above, aboveStart)
            }
            // White space at the edges belongs to no copy.
            var range = starts[copy.count]..<end + 1
            while let last = range.last, text[last] == 0x20 { range = range.dropLast() }
            while let first = range.first, text[first] == 0x20 { range = range.dropFirst() }
            if distances[copy.count] <= limit, !range.isEmpty { matches.append((range, distances[copy.count])) }
        }
        return matches
    }
}
