// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// How alike two sequences are, exactly as `difflib.SequenceMatcher(None, a, b).ratio()` of Python says.
///
/// The longest common block is taken, and the same is done left and right of it (Ratcliff and Obershelp 1988).
/// Elements of `b` that make up more than one percent of it and one are "popular" once it has 200: no block starts from
/// them, though blocks grow over them (Python's autojunk). The result therefore depends on the order of the arguments.
/// Checked against Python 3.11 by `Tools/reference/metric_fixtures.py`.
enum SequenceSimilarity {
    /// The ratio of two texts in code points: twice the matches by the sum of the lengths.
    static func ratio(_ a: [UInt32], _ b: [UInt32]) -> Double {
        guard !a.isEmpty || !b.isEmpty else { return 1 }
        var blocks = MatchingBlocks(a, b)
        return 2.0 * Double(blocks.matches()) / Double(a.count + b.count)
    }
}

/// The search for blocks, with its tables.
private struct MatchingBlocks {
    private let a: [UInt32]
    private let b: [UInt32]
    /// For each element of `a`, where its positions in `b` lie in `positions`; empty for popular elements.
    private var places: [Range<Int>] = []
    /// Positions in `b`, ascending for each element.
    private var positions: [Int] = []
    /// Length of the block that ends at a position of `b`, for two rows in turn, and the row that wrote it.
    private var lengths: [[(row: Int, length: Int)]]
    private var row = 1

    init(_ a: [UInt32], _ b: [UInt32]) {
        self.a = a
        self.b = b
        lengths = Array(repeating: Array(repeating: (0, 0), count: b.count + 1), count: 2)
        var occurrences: [UInt32: [Int]] = [:]
        for (index, element) in b.enumerated() { occurrences[element, default: []].append(index) }
        var ranges: [UInt32: Range<Int>] = [:]
        for (element, indices) in occurrences where b.count < 200 || indices.count <= b.count / 100 + 1 {
            ranges[element] = positions.count..<positions.count + indices.count
            positions += indices
        }
        places = a.map { ranges[$0] ?? 0..<0 }
    }

    /// The elements in matching blocks.
    mutating func matches() -> Int {
        var open = [(0, a.count, 0, b.count)]
        var total = 0
        while let (aLow, aHigh, bLow, bHigh) = open.popLast() {
            let (i, j, length) = longest(aLow, aHigh, bLow, bHigh)
            guard length > 0 else { continue }
            total += length
            if aLow < i, bLow < j { open.append((aLow, i, bLow, j)) }
            if i + length < aHigh, j + length < bHigh { open.append((i + length, aHigh, j + length, bHigh)) }
        }
        return total
    }

    /// The longest block in two ranges; of several the first in `a`, and of these the first in `b`.
    private mutating func longest(_ aLow: Int, _ aHigh: Int, _ bLow: Int, _ bHigh: Int) -> (Int, Int, Int) {
        var best = (aLow, bLow, 0)
        // An untouched row number, so that nothing of an earlier search counts.
        row += 1
        for i in aLow..<aHigh {
            row += 1
            let now = row & 1
            for place in firstPlace(places[i], notBelow: bLow)..<places[i].upperBound {
                let j = positions[place]
                guard j < bHigh else { break }
                // Entry `j` belongs to the block that ends before position `j`.
                let before = lengths[1 - now][j]
                let length = (before.row == row - 1 ? before.length : 0) + 1
                lengths[now][j + 1] = (row, length)
                if length > best.2 { best = (i - length + 1, j - length + 1, length) }
            }
        }
        var (i, j, length) = best
        while i > aLow, j > bLow, a[i - 1] == b[j - 1] { (i, j, length) = (i - 1, j - 1, length + 1) }
        while i + length < aHigh, j + length < bHigh, a[i + length] == b[j + length] { length += 1 }
        return (i, j, length)
    }

    /// Where the positions at or after `low` begin in a range of `positions`.
    private func firstPlace(_ range: Range<Int>, notBelow low: Int) -> Int {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end {
            let middle = (start + end) / 2
            if positions[middle] < low { start = middle + 1 } else { end = middle }
        }
        return start
    }
}
