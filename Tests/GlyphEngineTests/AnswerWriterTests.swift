// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphTestSupport
import GlyphTokens
import Testing

@testable import GlyphEngine

@Suite struct AnswerWriterTests {
    private static let end = ScriptedPrompts.id("<|end|>")

    private func write(
        _ tokens: [Int32],
        stop: [String] = [],
        maximum: Int = 1000,
        ignoresEnd: Bool = false
    ) throws -> (text: String, reasoning: String, writer: AnswerWriter) {
        let prompts = try ScriptedPrompts()
        var writer = AnswerWriter(
            prompts.tokenizer,
            style: prompts.style,
            conditions: StopConditions(maximumTokens: maximum, strings: stop, ignoresEndTokens: ignoresEnd)
        )
        var (text, reasoning) = ("", "")
        for token in tokens {
            for piece in writer.take(token) {
                switch piece {
                case .answer(let piece): text += piece
                case .reasoning(let piece): reasoning += piece
                }
            }
        }
        return (text, reasoning, writer)
    }

    private func ids(_ text: String) -> [Int32] { text.utf8.map(Int32.init) }

    @Test("an end token ends the answer, is counted and not shown")
    func endToken() throws {
        let (text, _, writer) = try write(ids("hé") + [Self.end] + ids("more"))
        #expect(text == "hé")
        #expect(writer.ending == .stop)
        #expect(writer.tokenCount == 4)
        let ignoring = try write(ids("a") + [Self.end] + ids("b"), maximum: 3, ignoresEnd: true)
        #expect(ignoring.text == "ab")
        #expect(ignoring.writer.ending == .length)
    }

    @Test("the token limit ends the answer, even inside a character")
    func length() throws {
        let (text, _, writer) = try write(ids("aé"), maximum: 2)
        #expect(text == "a\u{FFFD}")
        #expect(writer.ending == .length)
    }

    @Test("a stop string is found across tokens and characters, and nothing of it is shown")
    func stopString() throws {
        let (text, _, writer) = try write(ids("one éSTOP two"), stop: ["STOP", "éSTO"])
        #expect(text == "one ")
        #expect(writer.ending == .stop)
        #expect(writer.tokenCount == 4 + 2 + 3)
        #expect(try write(ids("a STO b"), stop: ["STOP"], maximum: 7).text == "a STO b")
        #expect(try write(ids("aaab") + [Self.end], stop: ["aab"]).text == "a")
    }

    @Test("text that began a stop string comes out when it turns out to be none")
    func heldText() throws {
        #expect(try write(ids("abST") + [Self.end], stop: ["STOP"]).text == "abST")
    }

    @Test("however an answer is cut into pieces, stop strings end it at the same place")
    func stopPieces() {
        let text = "xyxyxyz漢字xyzz"
        var random = SplitMix64(state: 3)
        for _ in 0..<200 {
            var stops = StopStrings(["xyxyz", "字x", "zzz"])
            var shown = ""
            var rest = Array(text)[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...4, using: &random)
                shown += stops.push(String(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            shown += stops.finish()
            #expect(shown == "xy")
            #expect(stops.isMatched)
        }
    }

    @Test("thoughts come apart from the answer, without marks and the space around them")
    func reasoning() throws {
        let (text, reasoning, writer) = try write(
            [ScriptedPrompts.id("<think>")] + ids("\nhm, é \n") + [ScriptedPrompts.id("</think>")]
                + ids("\n\nyes <think> no") + [Self.end]
        )
        #expect(reasoning == "hm, é")
        #expect(text == "yes <think> no")
        #expect(writer.reasoningTokenCount == 1 + 9 + 1)
        let cut = try write([ScriptedPrompts.id("<think>")] + ids("hm hm"), maximum: 6)
        #expect(cut.reasoning == "hm hm")
        #expect(cut.text.isEmpty)
    }

    @Test("marks that are spelled in text count as well, wherever they are cut")
    func spelledMarks() throws {
        let (text, reasoning, _) = try write(ids(" <think>a < b</thin </think>c") + [Self.end])
        #expect(reasoning == "a < b</thin")
        #expect(text == "c")
    }

    @Test("an answer without thoughts is shown from its first character")
    func noReasoning() throws {
        #expect(try write(ids("<thing>") + [Self.end]).text == "<thing>")
        #expect(try write(ids(" x") + [Self.end]).text == " x")
    }

    @Test("an id without a token adds no text and does no harm")
    func unknownID() throws {
        #expect(try write(ids("a") + [9999] + ids("b") + [Self.end]).text == "ab")
    }
}
