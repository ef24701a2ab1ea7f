// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension Sequence<Int?> {
    /// The sum of the numbers that are known; nil if none is, as of tokens that no server told.
    package var knownSum: Int? {
        reduce(nil) { sum, number in number.map { (sum ?? 0) + $0 } ?? sum }
    }
}
