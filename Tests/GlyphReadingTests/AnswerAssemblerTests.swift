// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import Testing

@testable import GlyphReading

@Suite struct AnswerAssemblerTests {
    /// Feeds events and returns the pieces and the judgement at the end.
    private func assemble(
        _ events: String...
    ) -> (pieces: [AnswerAssembler.Piece], result: Result<AnswerAssembler.Ending, AnswerAssembler.Fault>) {
        var assembler = AnswerAssembler()
        var pieces: [AnswerAssembler.Piece] = []
        do throws(AnswerAssembler.Fault) {
            for event in events { pieces += try assembler.take(.init(data: event)) }
            pieces += assembler.finish()
            return (pieces, .success(try assembler.end()))
        } catch {
            return (pieces, .failure(error))
        }
    }

    private static let hello = #"{"model":"m","choices":[{"index":0,"delta":{"content":"hello"}}]}"#
    private static let stop = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#

    @Test("text, reasoning, reason and usage are collected from wherever they come")
    func complete() {
        let (pieces, result) = assemble(
            #"{"choices":[{"delta":{"role":"assistant","content":""}}]}"#,
            #"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#,
            Self.hello,
            Self.stop,
            #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#,
            "[DONE]"
        )
        #expect(pieces == [.reasoning("hm"), .text("hello")])
        let usage = Usage(promptTokens: 3, completionTokens: 1)
        let ending = try? result.get()
        #expect(ending?.finishReason == .stop)
        #expect(ending?.model == "m")
        #expect(ending?.usage?.promptTokens == usage.promptTokens)
    }

    @Test("only what follows a thought counts for how sure an answer is")
    func confidence() throws {
        func piece(_ field: String, _ text: String, _ logprob: Double) -> String {
            #"{"choices":[{"delta":{"\#(field)":"\#(text)"},"#
                + #""logprobs":{"content":[{"token":"\#(text)","logprob":\#(logprob)}]}}]}"#
        }
        let (_, result) = assemble(
            piece("reasoning_content", "hm", -7),
            piece("reasoning_content", "</think>", -5),
            piece("content", "a", -1),
            piece("content", "b", -2),
            Self.stop
        )
        #expect(try result.get().meanLogprob == -1.5)
    }

    @Test("a finish reason or [DONE] completes an answer; neither means that it is cut")
    func completeness() {
        #expect(throws: Never.self) { try assemble(Self.hello, Self.stop).result.get() }
        #expect(throws: Never.self) { try assemble(Self.hello, "[DONE]").result.get() }
        #expect(throws: AnswerAssembler.Fault.truncated) { try assemble(Self.hello).result.get() }
        #expect(throws: AnswerAssembler.Fault.truncated) { try assemble().result.get() }
    }

    @Test("an answer without text is an error that says why")
    func empty() {
        let length = #"{"choices":[{"delta":{"reasoning":"hm"},"finish_reason":"length"}]}"#
        let filter = #"{"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#
        let refusal = #"{"choices":[{"delta":{"refusal":"I cannot."},"finish_reason":"stop"}]}"#
        let blank = #"{"choices":[{"delta":{"content":" \n"},"finish_reason":"stop"}]}"#
        #expect(assemble(length).result == .failure(.empty(.init(finishReason: .length))))
        #expect(assemble(filter).result == .failure(.declined("a content filter withheld the answer")))
        #expect(assemble(refusal).result == .failure(.declined("I cannot.")))
        #expect(assemble(blank).result == .failure(.empty(.init(finishReason: .stop))))
        #expect(assemble("[DONE]").result == .failure(.empty(.init(finishReason: .stop))))
    }

    private static func content(_ text: String, finish: String? = nil) -> String {
        let reason = finish.map { #","finish_reason":"\#($0)""# } ?? ""
        return #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}\#(reason)}]}"#
    }

    @Test("thoughts at the beginning of an answer are no part of it, however they are cut")
    func thoughts() {
        let (pieces, result) = assemble(
            Self.content("<thi"),
            Self.content("nk>a < b"),
            Self.content("</th"),
            Self.content("ink>\\n<answer>4"),
            Self.content("2</answer>"),
            Self.stop
        )
        #expect(pieces == [.reasoning("a < b"), .text("<answer>4"), .text("2</answer>")])
        #expect((try? result.get())?.finishReason == .stop)
        #expect(assemble(Self.content("See <think>."), Self.stop).pieces == [.text("See <think>.")])
        // What might have become a mark is not lost.
        #expect(assemble(Self.content("<th"), Self.stop).pieces == [.text("<th")])
        let cut = assemble(Self.content("<think>still", finish: "length"))
        #expect(cut.pieces == [.reasoning("still")])
        #expect(cut.result == .failure(.empty(.init(finishReason: .length))))
    }

    @Test("thoughts without an answer are told apart from nothing, and from thoughts that had ended")
    func onlyThoughts() {
        let ending = AnswerAssembler.Ending(finishReason: .stop)
        let open = assemble(Self.content("<think>Fee is 4", finish: "stop"))
        #expect(open.pieces == [.reasoning("Fee is 4")])
        #expect(open.result == .failure(.onlyThoughts(ending, isOpen: true)))
        let closed = assemble(Self.content("<think>hm</think>", finish: "stop"))
        #expect(closed.result == .failure(.onlyThoughts(ending, isOpen: false)))
    }

    @Test("an error inside the stream ends it and keeps what was written")
    func reported() {
        let (pieces, result) = assemble(Self.hello, #"{"error":{"message":"out of memory","code":500}}"#)
        #expect(pieces == [.text("hello")])
        #expect(result == .failure(.reported(APIError(message: "out of memory", code: "500"))))
    }

    @Test("choices that nobody asked for are left out")
    func otherChoices() {
        let both = #"{"choices":[{"index":1,"delta":{"content":"B"}},{"index":0,"delta":{"content":"A"}}]}"#
        #expect(assemble(both, Self.stop).pieces == [.text("A")])
    }

    @Test("JSON that is no chunk names the place")
    func unreadable() {
        guard case .failure(.unreadable(let problem)) = assemble(#"{"choices":{}}"#).result else {
            Issue.record("no error")
            return
        }
        #expect(problem.contains("choices"))
    }
}
