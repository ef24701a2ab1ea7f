// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension StringProtocol {
    /// The text without the white space around it.
    package var trimmed: String {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
        return String(self[start..<end])
    }

    /// The text with one space for every run of white space, and none at either end.
    package var collapsedWhiteSpace: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
