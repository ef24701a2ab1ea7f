// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Words of a page on one line, cut into cells where the gap is wider than between words.
struct PageRow {
    struct Cell {
        var text: String
        var left: Double
        var right: Double
        /// The height of its letters, the measure of its width.
        var height: Double

        /// Whether it is as wide as a line of text in a column: a dozen Chinese characters, two dozen Latin ones.
        var isLong: Bool { right - left >= 12 * height }

        /// Whether it holds a number, an amount with its unit, a date, or the dash for none.
        var isNumeric: Bool {
            let digits = text.unicodeScalars.count { $0.properties.numericType != nil }
            let letters = text.unicodeScalars.count { $0.properties.isAlphabetic && $0.properties.numericType == nil }
            return (digits > 0 && letters <= min(3, digits)) || ["-", "–", "—"].contains(text)
        }
    }

    var cells: [Cell]
    var top: Double
    var bottom: Double

    /// Whether it is a line of one paragraph, which no table has.
    var isText: Bool { cells.count == 1 && cells[0].isLong }

    /// The rows of a page from above, or nil for one with turned letters or text from right to left, whose order is not
    /// that of their places.
    static func rows(of words: [PageWord]) -> [PageRow]? {
        guard !words.isEmpty, words.count <= 20_000 else { return nil }
        let typical = words.map(\.height).sorted()[words.count / 2]
        let isTurned = words.contains { $0.height > 3 * typical && $0.height > 2 * ($0.right - $0.left) }
        guard !isTurned, !words.contains(where: { isRightToLeft($0.text) }) else { return nil }
        var rows: [[PageWord]] = []
        for word in words.sorted(by: { $0.middle < $1.middle }) {
            if let first = rows.last?.first, word.middle - first.middle < min(word.height, first.height) / 2 {
                rows[rows.count - 1].append(word)
            } else {
                rows.append([word])
            }
        }
        return rows.map { PageRow($0) }
    }

    private init(_ words: [PageWord]) {
        (cells, top, bottom) = ([], words.map(\.top).min() ?? 0, words.map(\.bottom).max() ?? 0)
        for word in words.sorted(by: { $0.left < $1.left }) {
            guard let last = cells.last, word.left - last.right < 0.75 * min(word.height, last.height) else {
                cells.append(Cell(text: word.text, left: word.left, right: word.right, height: word.height))
                continue
            }
            let isApart = word.left - last.right > 0.1 * word.height
            cells[cells.count - 1].text += (isApart ? " " : "") + word.text
            cells[cells.count - 1].right = max(last.right, word.right)
        }
    }

    private static func isRightToLeft(_ text: String) -> Bool {
        text.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF: true
            default: false
            }
        }
    }
}
