// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The smallest number of insertions, deletions and substitutions between two sequences.
///
/// Bit-parallel: 64 rows of the dynamic programme are one machine word (Myers 1999; blocks after Hyyrö 2003), and only
/// the blocks inside a diagonal band are computed (Ukkonen 1985), the band widening until the distance fits into it.
/// Two unrelated texts of 10 KB take about three million word steps, two that differ in a percent a tenth of that.
package enum EditDistance {
    /// The distance between two sequences.
    package static func between<Element: Hashable>(_ a: [Element], _ b: [Element]) -> Int {
        var a = a[...]
        var b = b[...]
        while let x = a.first, let y = b.first, x == y { (a, b) = (a.dropFirst(), b.dropFirst()) }
        while let x = a.last, let y = b.last, x == y { (a, b) = (a.dropLast(), b.dropLast()) }
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        // The shorter one becomes the rows: fewer blocks.
        let pattern = BlockPattern(rows: a.count < b.count ? a : b, columns: a.count < b.count ? b : a)
        var band = max(64, pattern.columns.count - pattern.rowCount)
        while true {
            let distance = pattern.distance(within: band)
            if distance <= band || band >= pattern.columns.count { return distance }
            // What came out is an upper bound, so a band of that width is wide enough.
            band = min(distance, band * 4)
        }
    }
}

/// One pair of sequences, prepared: where each symbol occurs among the rows, and the symbol of each column.
private struct BlockPattern {
    let rowCount: Int
    let blockCount: Int
    /// The symbols of the columns, numbered; 0 stands for all that no row has.
    let columns: [Int]
    /// Bit `r % 64` of word `symbol * blockCount + r / 64` says that row `r` holds the symbol.
    private let matches: [UInt64]

    init<Element: Hashable>(rows: ArraySlice<Element>, columns: ArraySlice<Element>) {
        rowCount = rows.count
        blockCount = (rows.count + 63) / 64
        var numbers: [Element: Int] = [:]
        let symbols = rows.map { element in
            let number = numbers[element] ?? numbers.count + 1
            numbers[element] = number
            return number
        }
        var matches = [UInt64](repeating: 0, count: (numbers.count + 1) * blockCount)
        for (row, symbol) in symbols.enumerated() { matches[symbol * blockCount + row / 64] |= 1 << (row % 64) }
        self.matches = matches
        self.columns = columns.map { numbers[$0] ?? 0 }
    }

    /// The distance if it is at most `band`, else an upper bound of it that is larger than `band`.
    ///
    /// A path of that cost leaves the diagonal by at most `band` cells, and what is assumed at the band's edges (the
    /// value grows by one with each step) is never too small.
    func distance(within band: Int) -> Int {
        var vertical = [(plus: UInt64, minus: UInt64)](repeating: (.max, 0), count: blockCount)
        // Plain pointers keep bounds checks out of the inner loop.
        return vertical.withUnsafeMutableBufferPointer { vertical in
            matches.withUnsafeBufferPointer { distance(within: band, &vertical, $0) }
        }
    }

    private func distance(
        within band: Int,
        _ vertical: inout UnsafeMutableBufferPointer<(plus: UInt64, minus: UInt64)>,
        _ matches: UnsafeBufferPointer<UInt64>
    ) -> Int {
        let lastEdge = (rowCount - 1) % 64
        var first = 0
        var last = min(blockCount - 1, band / 64)
        var score = last == blockCount - 1 ? rowCount : (last + 1) * 64
        for (column, symbol) in columns.enumerated() {
            first = max(first, (column - band) / 64)
            while last < blockCount - 1, last * 64 + 63 < column + band {
                last += 1
                score += last == blockCount - 1 ? rowCount - last * 64 : 64
            }
            var carry = 1
            let row = symbol * blockCount
            for block in first...last {
                let edge = block == blockCount - 1 ? lastEdge : 63
                carry = Self.advance(&vertical[block], matches[row + block], carry, edge)
            }
            score += carry
        }
        return score
    }

    /// Moves one block of one column on: the horizontal difference enters above and leaves below row `edge`.
    @inline(__always)
    private static func advance(
        _ vertical: inout (plus: UInt64, minus: UInt64),
        _ matches: UInt64,
        _ carry: Int,
        _ edge: Int
    ) -> Int {
        let (plus, minus) = vertical
        let negative: UInt64 = carry < 0 ? 1 : 0
        let equal = matches | negative
        let diagonal = (((equal & plus) &+ plus) ^ plus) | equal | minus
        var up = minus | ~(diagonal | plus)
        var down = plus & diagonal
        let leaving = Int((up >> UInt64(edge)) & 1) - Int((down >> UInt64(edge)) & 1)
        up = up << 1 | (carry > 0 ? 1 : 0)
        down = down << 1 | negative
        let crossing = matches | minus
        vertical = (down | ~(crossing | up), up & crossing)
        return leaving
    }
}
