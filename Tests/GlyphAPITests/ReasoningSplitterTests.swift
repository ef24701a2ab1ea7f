// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import Testing

@Suite struct ReasoningSplitterTests {
    private static let texts: [(text: String, reasoning: String, answer: String)] = [
        ("<think>because</think>\n\nYes.", "because", "Yes."),
        ("\n<think>\na < b </thin \n</think><answer>4711</answer>", "a < b </thin", "4711"),
        ("No thought <think>here</think>", "", "No thought <think>here</think>"),
        ("<think>never ends", "never ends", ""),
        ("<think></think>", "", ""),
        ("<thinker>", "", "<thinker>"),
        ("<answer>alone</answer>", "", "<answer>alone</answer>"),
        ("<think>x</think>  <answer>y</answer> z", "x", "y z"),
        ("<think>x</think><answer> y </ans", "x", " y </ans"),
        ("<think>x</think>\n<ans", "x", "<ans"),
        ("<think>x</think>\n", "x", ""),
        ("深<think>", "", "深<think>"),
        ("", "", ""),
    ]

    @Test("however the text is cut, the same thoughts and answer come out", arguments: texts.indices, 1...7)
    func splits(_ index: Int, _ size: Int) {
        let expected = Self.texts[index]
        var splitter = ReasoningSplitter(ReasoningTags())
        var pieces: [ReasoningSplitter.Piece] = []
        var rest = expected.text[...]
        while !rest.isEmpty {
            pieces += splitter.push(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        pieces += splitter.finish()
        var (reasoning, answer) = ("", "")
        for piece in pieces {
            switch piece {
            case .reasoning(let text): reasoning += text
            case .answer(let text): answer += text
            }
        }
        #expect(reasoning == expected.reasoning)
        #expect(answer == expected.answer)
    }

    @Test("marks around an answer stay where none are looked for, and white space behind thoughts goes")
    func keepsAnswerMarks() {
        var splitter = ReasoningSplitter(ReasoningTags(openAnswer: nil))
        var pieces = ["<th", "ink>x</think>", "\n ", "<answer>y</answer>"].flatMap { splitter.push($0) }
        pieces += splitter.finish()
        #expect(pieces == [.reasoning("x"), .answer("<answer>y</answer>")])
    }

    @Test("an answer is passed on as it arrives")
    func streams() {
        var splitter = ReasoningSplitter(ReasoningTags())
        func push(_ text: String) -> [ReasoningSplitter.Piece] { splitter.push(text) }
        #expect(push("<think>a") == [.reasoning("a")])
        #expect(push("b</thi") == [.reasoning("b")])
        #expect(push("nk>") == [])
        #expect(push("\nYes") == [.answer("Yes")])
        #expect(push(" <") == [.answer(" <")])
    }
}
