// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphReading

@Suite struct PageListTests {
    @Test(
        "Lists of page numbers are read however they are written",
        arguments: [
            ("3, 17", [3, 17]), ("17,3,17", [17, 3]), ("Pages: 3, 4 and 9.", [3, 4, 9]), ("[5, 6]", [5, 6]),
            ("3-5, 8", [3, 4, 5, 8]), ("3 – 5", [3, 4, 5]), ("page 3 to page 4", [3, 4]),
            ("p. 7, pp. 9-10", [7, 9, 10]),
            ("第3页、第5页和第8页", [3, 5, 8]), ("第 3 页到第 5 页", [3, 4, 5]), ("页码：3，5", [3, 5]), ("**3, 4**", [3, 4]),
            ("It must be the chapter on trade.\n\n12, 7\n", [12, 7]), ("NONE", []), ("none.", []),
            ("<think>maybe 3</think><answer><|begin_of_box|>4, 5<|end_of_box|></answer>", [4, 5]),
            ("<think>\n3\n</think>4", [4]), ("maybe 3</think>4", [4]), ("18-99", [18, 19, 20]), ("0, 3, 21", [3]),
            ("99", []),
        ]
    )
    func lists(reply: String, pages: [Int]) {
        #expect(PageList.numbers(in: reply, of: 1...20) == pages)
    }

    @Test(
        "A sentence is no list, even with a number in it",
        arguments: [
            "It is on page 3.", "3 pages", "3, perhaps 4", "", "the third", "5-3", "1.5", "12 or so", "-3",
            "<think>no end\n3", "99999999999999999999", "3; see also", "Answer the question: 3 men in a boat",
        ]
    )
    func sentences(reply: String) {
        #expect(PageList.numbers(in: reply, of: 1...20) == nil)
    }
}
