// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The part of a text that is most like what a reader copied from it: the fewest insertions, deletions and
/// substitutions (Sellers' algorithm, which lets a match begin anywhere).
struct NearestMatch {
    /// Where it stands, as indices of the text.
    let range: Range<Int>
    let distance: Int

    /// The most characters of the text times those of the copy that are compared: some tenths of a second.
    private static let mostCells = 1 << 26

    /// Finds it; nil if the nearest part differs in more than a quarter of the copy (and in
    /// more than a character), if another is not at least twice as
    /// far, or if the text is too long.
    ///
    /// - Parameters:
    ///   - copy: What was copied.
    ///   - text: Where from.
    init?(of copy: [UInt32], in text: [UInt32]) {
        guard !copy.isEmpty, copy.count <= Self.mostCells / max(1, text.count) else { return nil }
        let limit = max(1, copy.count / 4)
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
            if distances[copy.count] <= 2 * limit {
                matches.append((starts[copy.count]..<end + 1, distances[copy.count]))
            }
        }
        // Of equally near parts one as long as the copy: what was taken for another sign is neither lost nor added.
        func rank(_ match: (range: Range<Int>, distance: Int)) -> (Int, Int) {
            (match.distance, abs(match.range.count - copy.count))
        }
        guard let best = matches.min(by: { rank($0) < rank($1) }), best.distance <= limit else { return nil }
        // What says the same elsewhere is no other.
        let same = matches.filter { text[$0.range].elementsEqual(text[best.range]) }.map(\.range)
        let others = matches.filter { match in !same.contains { $0.overlaps(match.range) } }.map(\.distance)
        guard (others.min() ?? .max) / 2 >= best.distance else { return nil }
        (range, distance) = best
    }
}
