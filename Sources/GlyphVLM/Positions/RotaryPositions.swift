// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The three position ids of every token: time, height and width (M-RoPE).
///
/// Text counts all three up together. The tokens of an image share the time at which it starts and take their row and
/// column from there; the text behind it goes on after the longer side. Equal to `get_rope_index` of `transformers`.
package struct RotaryPositions: Sendable, Equatable {
    /// One row for time, one for height, one for width; all have the same length.
    package private(set) var rows: [[Int32]] = [[], [], []]
    /// The position of the next token of text, all three ids.
    package private(set) var next: Int32 = 0

    package init() {}

    /// The positions of a text without images.
    package init(textCount: Int) {
        appendText(textCount)
    }

    package var count: Int { rows[0].count }

    package mutating func appendText(_ count: Int) {
        let range = next..<next + Int32(count)
        for row in rows.indices { rows[row] += range }
        next = range.upperBound
    }

    package mutating func appendImage(_ grid: ImageGrid) {
        for row in 0..<Int32(grid.tokenRows) {
            for column in 0..<Int32(grid.tokenColumns) {
                rows[0].append(next)
                rows[1].append(next + row)
                rows[2].append(next + column)
            }
        }
        next += Int32(max(grid.tokenRows, grid.tokenColumns))
    }

    /// The positions of some of the tokens, as three rows one after the other.
    package func flattened(_ range: Range<Int>) -> [Int32] {
        rows.flatMap { $0[range] }
    }
}
