// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension StringProtocol {
    /// The text without empty lines at its ends, and without spaces at the ends of its lines.
    var trimmedLines: String {
        let lines = Substring(self).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var line = line
            while line.last?.isWhitespace == true { line.removeLast() }
            return line
        }
        let first = lines.firstIndex { !$0.isEmpty } ?? lines.endIndex
        let last = lines.lastIndex { !$0.isEmpty } ?? first
        return first < lines.endIndex ? lines[first...last].joined(separator: "\n") : ""
    }

    /// A noun with its number: `1 page`, `2 pages`.
    func counted(_ number: Int, _ plural: String? = nil) -> String {
        "\(number) " + (number == 1 ? String(self) : plural ?? self + "s")
    }
}
