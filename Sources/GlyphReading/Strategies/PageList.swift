// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The page numbers that a reader answers with when it is asked for nothing else.
///
/// Strict: the last line must be a list of numbers and ranges and nothing more. A sentence that happens to hold a number
/// is not taken for one. What a model thinks before it answers and the marks around its answer are passed over.
enum PageList {
    /// What is answered where no page is needed.
    static let none = "NONE"

    /// The numbers in the order in which they were named, each once; those that are not among `pages` are left out.
    ///
    /// - Returns: The numbers, or nothing if the reply is not a list.
    static func numbers(in reply: String, of pages: ClosedRange<Int>) -> [Int]? {
        // A template may write the first mark of thoughts, so that the reply has only the last.
        let answer = reply.withoutThoughts.replacing("</think>", with: "\n")
        var line = answer.split(whereSeparator: \.isNewline).map { unmarked(String($0)) }.last { !$0.isEmpty } ?? ""
        // A label before the numbers, as in `Pages: 3, 4`.
        line.replace(/^[^\d:：]{0,40}[:：]/, with: "", maxReplacements: 1)
        if line.trimmed.uppercased() == none { return [] }
        line.replace(/[第页頁]|\b(?:pages?|pp?\.?)(?=\s|\d)/.ignoresCase(), with: " ")
        line.replace(/\s*(?:[-–—~～至到]|\bto\b)\s*/.ignoresCase(), with: "-")
        line.replace(/\s*(?:\band\b|和|及|与)\s*/.ignoresCase(), with: ",")
        let items = line.split { ",，、;； \t".contains($0) }
        guard !items.isEmpty else { return nil }
        var numbers: [Int] = []
        for item in items {
            guard let match = item.wholeMatch(of: /(\d{1,9})(?:-(\d{1,9}))?/), let first = Int(match.1) else {
                return nil
            }
            let last = match.2.flatMap { Int($0) } ?? first
            guard first <= last else { return nil }
            let (low, high) = (max(first, pages.lowerBound), min(last, pages.upperBound))
            if low <= high { numbers += (low...high).filter { !numbers.contains($0) } }
        }
        return numbers
    }

    /// Without tags and the brackets, quotation marks and signs of emphasis around a line.
    private static func unmarked(_ line: String) -> String {
        let line = line.withoutMarks.trimmed
        return String(line.drop { "[({*`\"'“".contains($0) }.reversed().drop { "])}*`\"'”.。 ".contains($0) }.reversed())
    }
}
