// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension Array where Element: UnsignedInteger {
    /// Whether a range of a text begins or ends inside of a number: between its digits, or beside a comma or a point
    /// between two of them, as `4,250` does in `4,250,000`.
    ///
    /// The elements are bytes of UTF-8 or code points.
    func cutsNumber(_ range: Range<Int>) -> Bool {
        splitsNumber(at: range.lowerBound) || splitsNumber(at: range.upperBound)
    }

    /// Whether a number goes on over a place.
    func splitsNumber(at index: Int) -> Bool {
        if isDigit(index - 1) { return isDigit(index) || isSeparator(index) && isDigit(index + 1) }
        return isSeparator(index - 1) && isDigit(index - 2) && isDigit(index)
    }

    private func isDigit(_ index: Int) -> Bool {
        indices.contains(index) && UInt8(ascii: "0")...UInt8(ascii: "9") ~= UInt8(clamping: self[index])
    }

    private func isSeparator(_ index: Int) -> Bool {
        indices.contains(index) && [UInt8(ascii: ","), UInt8(ascii: ".")].contains(UInt8(clamping: self[index]))
    }
}
