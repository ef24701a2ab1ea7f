// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import Testing

@Suite struct PagePromptTests {
    private func problem(_ pages: [EncodedPage], total: Int, window: ClosedRange<Int>? = nil) -> String? {
        let error = #expect(throws: InputError.self) {
            try PagePrompt(pages: pages, total: total, window: window, question: "q")
        }
        return error?.description
    }

    @Test("pages come first and in order, then the question as it was typed")
    func order() throws {
        let prompt = try PagePrompt(pages: Samples.pages(1, 2), total: 2, question: " why? ")
        let images = Samples.pages(1, 2).map { ContentPart.image(ImageURL(png: $0.png)) }
        #expect(prompt.messages == [ChatMessage(role: .user, content: .parts(images + [.text(" why? ")]))])
    }

    @Test("a prompt with a hole, a repetition or a wrong order is refused")
    func holes() {
        #expect(problem(Samples.pages(1, 3), total: 3)?.contains("missing of 3: 2;") == true)
        #expect(problem(Samples.pages(1, 2), total: 4)?.contains("missing of 4: 3, 4;") == true)
        #expect(problem(Samples.pages(2, 1), total: 2)?.contains("out of order: 2, 1") == true)
        #expect(problem(Samples.pages(1, 1, 2), total: 2)?.contains("3 pages where 2 belong") == true)
        #expect(problem(Samples.pages(1, 2, 3), total: 2)?.contains("3 pages where 2 belong") == true)
        #expect(problem([], total: 2)?.contains("missing of 2: 1, 2") == true)
        #expect(problem([], total: 0)?.contains("no pages") == true)
    }

    @Test("a window is complete in itself and stays inside the document")
    func window() throws {
        #expect(try PagePrompt(pages: Samples.pages(2, 3), total: 9, window: 2...3, question: "q").pages.count == 2)
        #expect(problem(Samples.pages(2), total: 9, window: 2...3)?.contains("missing of 9: 3") == true)
        #expect(problem(Samples.pages(9), total: 9, window: 9...10)?.contains("leaves the document") == true)
    }

    @Test("a page must be a PNG of the size it claims")
    func checkedPages() {
        var wrongSize = Samples.page(1)
        wrongSize.width = 57
        #expect(problem([wrongSize], total: 1)?.contains("the PNG is 56×28 pixels; expected 57×28") == true)
        let jpeg = EncodedPage(number: 1, width: 1, height: 1, png: Array(repeating: 0xFF, count: 40))
        #expect(problem([jpeg], total: 1)?.contains("not a PNG") == true)
    }

    @Test("an empty question is refused, with and without pages")
    func emptyQuestion() {
        #expect(throws: InputError.self) { try PagePrompt(pages: Samples.pages(1), total: 1, question: " \n") }
        #expect(throws: InputError.self) { try PagePrompt(textOnly: "") }
    }

    @Test("What was said before is sent again as it was, with the pages and what is known about them first")
    func turns() throws {
        let first = try PagePrompt(pages: Samples.pages(1, 2), total: 2, question: "one?", facts: "F")
        let third = try first.followed(by: "two?", after: "1").followed(by: "three?", after: "2")
        #expect(Array(third.messages.prefix(1)) == first.messages)
        #expect(Array(third.messages.prefix(3)) == (try first.followed(by: "two?", after: "1").messages))
        #expect(third.messages.map(\.role) == [.user, .assistant, .user, .assistant, .user])
        #expect(third.messages[3...].map(\.content) == [.text("2"), .text("three?")])
        guard case .parts(let parts) = first.messages[0].content else {
            Issue.record("the content is not in parts")
            return
        }
        #expect(parts.suffix(2) == [.text("F"), .text("one?")])
        #expect(parts.count == 4)
    }
}
