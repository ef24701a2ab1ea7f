// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphVLM

@Suite("Thoughts are separated from answers")
struct AnswerSplitterTests {
    private static let texts: [(text: String, thought: String, answer: String)] = [
        ("<think>because</think>\n\nYes.", "because", "Yes."),
        ("\n<think>a < b </thin</think><answer>4711</answer>", "a < b </thin", "4711"),
        ("No thought <think>here</think>", "", "No thought <think>here</think>"),
        ("<think>never ends", "never ends", ""),
        ("<think></think>", "", ""),
        ("<thinker>", "", "<thinker>"),
        ("<think>x</think>  <answer>y</answer> z", "x", "y z"),
        ("<think>x</think><ans", "x", "<ans"),
        ("深<think>", "", "深<think>"),
        ("", "", ""),
    ]

    @Test("However the text is cut, the same thought and answer come out", arguments: texts.indices, 1...7)
    func splits(_ index: Int, _ size: Int) {
        let (text, thought, answer) = Self.texts[index]
        var splitter = AnswerSplitter()
        var pieces: [AnswerSplitter.Piece] = []
        var rest = text[...]
        while !rest.isEmpty {
            pieces += splitter.append(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        pieces += splitter.finish()
        var (foundThought, foundAnswer) = ("", "")
        for piece in pieces {
            switch piece {
            case .thought(let text): foundThought += text
            case .answer(let text): foundAnswer += text
            }
        }
        #expect(foundThought == thought)
        #expect(foundAnswer == answer)
    }

    @Test("An answer is passed on as it arrives")
    func streams() {
        var splitter = AnswerSplitter()
        #expect(splitter.append("<think>a") == [.thought("a")])
        #expect(splitter.append("b</thi") == [.thought("b")])
        #expect(splitter.append("nk>") == [])
        #expect(splitter.append("\nYes") == [.answer("Yes")])
        #expect(splitter.append(" <") == [.answer(" <")])
        #expect(splitter.finish() == [])
    }
}
