// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphReading
import GlyphTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EndpointAnswerTests {
    @Test("a streamed answer arrives piece by piece with usage and times")
    func streamed() async throws {
        let slow = FaultResponse.events([
            .send(FaultResponse.delta("one ")), .wait(.milliseconds(60)), .send(FaultResponse.delta("two")),
            .send(#"data: {"model":"m","choices":[{"delta":{},"finish_reason":"length"}]}"# + "\n\n"),
            .send(#"data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}"# + "\n\n"),
            .send("data: [DONE]\n\n"),
        ])
        try await FaultServer.run([slow]) { server in
            let (events, failure) = try await Samples.reader(server.url).outcome(of: Samples.request())
            #expect(failure == nil)
            #expect(events.prefix(2) == [.text("one "), .text("two")])
            guard case .finished(let summary) = events.last else {
                Issue.record("no summary")
                return
            }
            #expect(summary.finishReason == .length)
            #expect(summary.usage?.promptTokens == 7)
            #expect(summary.model == "m")
            #expect(summary.attempts == 1)
            let first = try #require(summary.timeToFirstToken)
            #expect(first > .zero && first <= summary.total && summary.total >= .milliseconds(60))
        }
    }

    @Test("bytes that arrive one at a time give the same answer")
    func dribble() async throws {
        let text = FaultResponse.delta("é漢") + "data: [DONE]\n\n"
        let steps = text.unicodeScalars.map { FaultResponse.Step.send(String($0)) }
        try await FaultServer.run([.events(steps)]) { server in
            let answer = try await Samples.reader(server.url).answer(to: Samples.request())
            #expect(answer.text == "é漢")
        }
    }

    @Test("a server that ignores streaming is understood, whatever it calls its content")
    func wholeAnswer() async throws {
        let body =
            #"{"choices":[{"message":{"role":"assistant","content":"whole","reasoning_content":"hm"},"#
            + #""finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#
        var untyped = FaultResponse.json(body)
        untyped.headers = []
        try await FaultServer.run([.json(body), untyped]) { server in
            let reader = try Samples.reader(server.url)
            for _ in 0..<2 {
                let answer = try await reader.answer(to: Samples.request())
                #expect(answer.text == "whole" && answer.reasoning == "hm")
                #expect(answer.summary.usage?.completionTokens == 1)
                #expect(answer.summary.timeToFirstToken == nil)
            }
        }
    }

    @Test("a body is read as what it begins like, whatever type it is said to have")
    func mistypedBodies() async throws {
        let body = #"{"choices":[{"message":{"content":"whole"},"finish_reason":"stop"}]}"#
        let whole = FaultResponse.events([.send(body)])
        let reported = FaultResponse.events([.send(#"{"error":{"message":"out of memory"}}"#)])
        var stream = FaultResponse.answer("pieces")
        stream.headers = [("Content-Type", "application/json")]
        try await FaultServer.run([whole, reported, stream]) { server in
            let reader = try Samples.reader(server.url)
            #expect(try await reader.answer(to: Samples.request()).text == "whole")
            let failure = await reader.failure(of: try Samples.request())
            #expect(failure?.problem.contains("out of memory") == true)
            #expect(try await reader.answer(to: Samples.request()).text == "pieces")
        }
    }

    @Test("every field that an event may begin with is known, behind a byte order mark as well")
    func eventBeginnings() async throws {
        let beginnings = ["\u{FEFF}", "id: 1\n", "retry: 5\n", "event: message\n", ": hello\n\n"]
        let streams = beginnings.map { beginning in
            FaultResponse(
                status: 200,
                headers: [("Content-Type", "application/json")],
                steps: [.send(beginning + FaultResponse.delta("pieces") + "data: [DONE]\n\n")]
            )
        }
        let whole = "\u{FEFF}" + #"{"choices":[{"message":{"content":"pieces"},"finish_reason":"stop"}]}"#
        let listed = FaultResponse.events([.send(#"[{"error":{"message":"out of memory"}}]"#)])
        try await FaultServer.run(streams + [.events([.send(whole)]), listed]) { server in
            let reader = try Samples.reader(server.url)
            for _ in 0...beginnings.count {
                #expect(try await reader.answer(to: Samples.request()).text == "pieces")
            }
            let failure = await reader.failure(of: try Samples.request())
            #expect(failure?.problem.contains("out of memory") == true)
        }
    }

    @Test("a model that was cut before it answered is told apart from one that had nothing to say")
    func cutOrNothing() async throws {
        func answer(_ reason: String) -> FaultResponse {
            .json(
                #"{"choices":[{"message":{"content":"","reasoning_content":"hm"},"finish_reason":"\#(reason)"}],"#
                    + #""usage":{"prompt_tokens":3,"completion_tokens":9}}"#
            )
        }
        try await FaultServer.run([answer("length"), answer("stop")]) { server in
            let reader = try Samples.reader(server.url)
            let request = try Samples.request()
            await #expect(throws: ReadingError.self) { try await reader.answerOrNothing(to: request) }
            let nothing = try await reader.answerOrNothing(to: request)
            #expect(nothing.text == "" && nothing.summary.usage?.promptTokens == 3)
        }
    }

    @Test("comments and a missing [DONE] do not disturb an answer")
    func keepAlive() async throws {
        let steps: [FaultResponse.Step] = [
            .send(": OPENROUTER PROCESSING\n\n"), .send(FaultResponse.delta("ok")),
            .send(#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"# + "\n\n"),
        ]
        try await FaultServer.run([.events(steps), .events(steps + [.wait(.milliseconds(300)), .reset])]) { server in
            let reader = try Samples.reader(server.url)
            #expect(try await reader.answer(to: Samples.request()).text == "ok")
            #expect(try await reader.answer(to: Samples.request()).text == "ok")
        }
    }

    @Test("one reader answers question after question")
    func reuse() async throws {
        try await FaultServer.run([.answer("a"), .answer("b")]) { server in
            let reader = try Samples.reader(server.url)
            #expect(try await reader.answer(to: Samples.request()).text == "a")
            #expect(try await reader.answer(to: Samples.request()).text == "b")
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    @Test("cancelling the task that reads closes the connection, and answer(to:) says so")
    func cancelledTask() async throws {
        try await FaultServer.run([.events([.send(FaultResponse.delta("a")), .stall])]) { server in
            let reader = try Samples.reader(server.url)
            let request = try Samples.request()
            let task = Task { try await reader.answer(to: request) }
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await server.sawHangUp())
        }
    }

    @Test("a reader who walks away after the first piece closes the connection")
    func droppedStream() async throws {
        try await FaultServer.run([.events([.send(FaultResponse.delta("a")), .stall])]) { server in
            let reader = try Samples.reader(server.url)
            for try await event in reader.read(try Samples.request()) {
                #expect(event == .text("a"))
                break
            }
            #expect(try await server.sawHangUp())
        }
    }

    @Test("cancelling while the server still reads the pages closes the connection")
    func beforeTheFirstByte() async throws {
        try await FaultServer.run([.hangUp(.stall)]) { server in
            let reader = try Samples.reader(server.url)
            let request = try Samples.request()
            let task = Task { try await reader.answer(to: request) }
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try await server.sawHangUp())
        }
    }

    @Test("cancelling during a pause ends it at once")
    func duringPause() async throws {
        let busy = FaultResponse.json("{}", status: 503, headers: [("Retry-After", "60")])
        try await FaultServer.run([busy]) { server in
            let reader = try Samples.reader(server.url, attempts: 2)
            let request = try Samples.request()
            let started = ContinuousClock.now
            for try await event in reader.read(request) {
                guard case .retrying = event else { continue }
                break
            }
            #expect(.now - started < .seconds(10))
            #expect(server.requests.count == 1)
        }
    }
}
