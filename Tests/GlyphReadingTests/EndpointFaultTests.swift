// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EndpointFaultTests {
    /// Runs one request against one response and checks kind, message and that the key stays hidden.
    private func expect(
        _ kind: ReadingError.Kind,
        _ parts: String...,
        from response: FaultResponse,
        timeouts: EndpointReader.Timeouts = .init(),
        text: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await FaultServer.run([response]) { server in
            let reader = try Samples.reader(server.url, timeouts: timeouts)
            let (events, failure) = await reader.outcome(of: try Samples.request())
            let error = try #require(
                failure as? ReadingError,
                "\(String(describing: failure))",
                sourceLocation: sourceLocation
            )
            #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
            #expect(events.text == text, sourceLocation: sourceLocation)
            #expect(server.requests.count == 1, sourceLocation: sourceLocation)
            #expect(!"\(error)".contains(Samples.key), sourceLocation: sourceLocation)
            #expect(error.endpoint == server.url + "/v1/chat/completions", sourceLocation: sourceLocation)
            for part in parts {
                #expect("\(error)".contains(part), "\(error)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test("every status has a meaning of its own, with the server's words")
    func statuses() async throws {
        func said(_ status: Int, _ message: String = "because") -> FaultResponse {
            .json(#"{"error":{"message":"\#(message)","code":"c"}}"#, status: status)
        }
        try await expect(.badRequest, "refused the request (HTTP 400): because [c]", from: said(400))
        try await expect(.badRequest, "(HTTP 422): because", from: said(422))
        try await expect(.unauthorized, "does not accept the API key (HTTP 401): because", from: said(401))
        try await expect(.forbidden, "forbids it (HTTP 403): because", "lack access", from: said(403))
        try await expect(.notFound, "not found (HTTP 404): because", "/v1", from: said(404))
        try await expect(.tooLarge, "bytes is too large", "(HTTP 413): because", "fewer pages", from: said(413))
        try await expect(.rateLimited, "too many requests (HTTP 429): because", from: said(429))
        try await expect(.serverFailure, "failed or is busy (HTTP 500): because", from: said(500))
        try await expect(.serverFailure, "failed or is busy (HTTP 503): because", from: said(503))
        try await expect(
            .contextExceeded,
            "do not fit into the model's context (HTTP 400)",
            "in windows",
            from: said(400, "This model's maximum context length is 4096 tokens.")
        )
    }

    @Test("a key that the server quotes is removed, even where the message is cut")
    func quotedKey() async throws {
        let padding = String(repeating: "x ", count: 195)
        let json = #"{"error":{"message":"Incorrect API key: \#(Samples.key). \#(padding)\#(Samples.key)"}}"#
        try await expect(.unauthorized, "Incorrect API key: [key]. x", "…", from: .json(json, status: 401))
        let html = FaultResponse(
            status: 500,
            headers: [("Content-Type", "text/html")],
            steps: [.send("<p>\(Samples.key)</p>")]
        )
        try await expect(.serverFailure, "[key]", from: html)
    }

    @Test("what the server said is told by its fields as well, without the key")
    func report() async throws {
        let json =
            #"{"error":{"message":"no  \#(Samples.key)","type":"t","param":"messages[0].content","code":"c"}}"#
        let stream = FaultResponse.events([.send("data: \(json)\n\n")])
        for response in [FaultResponse.json(json, status: 400), stream] {
            try await FaultServer.run([response]) { server in
                let error = await (try Samples.reader(server.url)).failure(of: try Samples.request())
                let said = APIError(message: "no [key]", type: "t", param: "messages[0].content", code: "c")
                #expect(error?.report == said)
            }
        }
        try await FaultServer.run([FaultResponse(status: 502, steps: [.send("<p>down</p>")])]) { server in
            let error = await (try Samples.reader(server.url)).failure(of: try Samples.request())
            #expect(error?.kind == .serverFailure && error?.report == nil)
        }
    }

    @Test("a proxy's page is quoted as text, with any status")
    func htmlPages() async throws {
        let page = "<html><head><title>Sign in</title></head>\n<body>Please   log in</body></html>"
        func html(_ status: Int) -> FaultResponse {
            FaultResponse(status: status, headers: [("Content-Type", "text/html")], steps: [.send(page)])
        }
        try await expect(.unexpectedContent, "\"Sign in Please log in\"", "proxy or a login page", from: html(200))
        try await expect(.serverFailure, "(HTTP 502): Sign in Please log in", from: html(502))
        let untyped = FaultResponse(status: 200, steps: [.send("SSH-2.0-OpenSSH")])
        try await expect(.unexpectedContent, "SSH-2.0-OpenSSH", from: untyped)
    }

    @Test("a redirect is not followed, so the key stays where it was sent")
    func redirect() async throws {
        let elsewhere = FaultResponse(
            status: 307,
            headers: [("Location", "http://127.0.0.1:1/v1")],
            steps: [.send("")]
        )
        try await expect(.unexpectedContent, "redirects to http://127.0.0.1:1/v1 (HTTP 307)", from: elsewhere)
    }

    @Test("an answer that breaks off is an error after what was delivered", arguments: [0, 1, 2])
    func truncated(_ way: Int) async throws {
        let begin = FaultResponse.Step.send(FaultResponse.delta("half an"))
        let end: [FaultResponse.Step] = [[], [.close], [.wait(.milliseconds(300)), .reset]][way]
        try await expect(
            .truncated,
            "broke off before its end",
            from: .events([begin] + end),
            text: "half an"
        )
    }

    @Test("a JSON answer that breaks off is an error")
    func truncatedJSON() async throws {
        var cut = FaultResponse.json(#"{"choices":[{"message":{"content":"ha"#)
        try await expect(.unexpectedContent, "not valid JSON", from: cut)
        cut.steps.append(.close)
        try await expect(.truncated, "broke off", from: cut)
    }

    @Test("an error inside a stream is reported in the server's words")
    func errorInStream() async throws {
        let error = #"data: {"error":{"message":"CUDA out of memory","type":"server_error"}}"# + "\n\n"
        try await expect(
            .failedMidway,
            "the server reported: CUDA out of memory [server_error]",
            from: .events([.send(FaultResponse.delta("so ")), .send(error), .stall]),
            text: "so "
        )
        let broken = #"data: {"error": "it said "no""}"# + "\n\n"
        try await expect(.failedMidway, #"it said "no""#, from: .events([.send(broken)]))
        try await expect(.failedMidway, "busy", from: .json(#"{"error":"busy"}"#))
    }

    @Test("a context error inside a stream says what to do, as one with a status does")
    func contextInStream() async throws {
        let error = #"data: {"error":{"message":"too long","type":"exceed_context_size_error"}}"# + "\n\n"
        try await expect(.contextExceeded, "too long", "Render denser pages", from: .events([.send(error)]))
    }

    @Test("an answer without text is an error that says what happened")
    func empty() async throws {
        let length = #"data: {"choices":[{"delta":{"content":null},"finish_reason":"length"}]}"# + "\n\n"
        try await expect(
            .emptyAnswer,
            "before it reached the token limit",
            "Allow more tokens",
            from: .events([.send(length)])
        )
        try await expect(.emptyAnswer, "wrote nothing (finish reason stop)", from: .events([.send("data: [DONE]\n\n")]))
        let refusal = #"data: {"choices":[{"delta":{"refusal":"I can't."},"finish_reason":"stop"}]}"# + "\n\n"
        try await expect(.declined, "declined to answer: I can't.", from: .events([.send(refusal)]))
    }

    @Test("an event without end does not fill the memory")
    func endlessEvent() async throws {
        let block = FaultResponse.Step.send(String(repeating: "x", count: 1 << 18))
        try await expect(
            .unexpectedContent,
            "one event is longer than",
            from: .events([.send("data: ")] + [block, block, block, block, block])
        )
    }

    @Test("a server that never begins to answer is given up")
    func firstTokenTimeout() async throws {
        let timeouts = EndpointReader.Timeouts(firstToken: .seconds(1))
        try await expect(
            .timedOut,
            "no answer began within 1 s",
            from: .hangUp(.stall),
            timeouts: timeouts
        )
        // An event without text, as several servers send at once, is no beginning.
        let role = #"data: {"choices":[{"delta":{"role":"assistant","content":""}}]}"# + "\n\n"
        try await expect(
            .timedOut,
            "no answer began",
            from: .events([.send(role), .stall]),
            timeouts: timeouts
        )
    }

    @Test("an answer that stops arriving is given up")
    func idleTimeout() async throws {
        let steps: [FaultResponse.Step] = [
            .send(FaultResponse.delta("a")), .wait(.milliseconds(60)), .send(FaultResponse.delta("b")), .stall,
        ]
        try await expect(
            .stalled,
            "stopped arriving for 0.2 s",
            from: .events(steps),
            timeouts: .init(idle: .milliseconds(200)),
            text: "ab"
        )
    }

    @Test("plain HTTP at an https address is a TLS error that says so")
    func tls() async throws {
        try await FaultServer.run([]) { server in
            let url = server.url.replacing("http://", with: "https://", maxReplacements: 1)
            let error = await (try Samples.reader(url)).failure(of: try Samples.request())
            #expect(error?.kind == .tls, "\(String(describing: error))")
            #expect(error?.remedy?.contains("http://") == true)
        }
    }

    @Test("a host without an address is named as such")
    func unknownHost() async throws {
        // A label of more than 63 characters cannot exist, so no name server is asked.
        let url = "http://\(String(repeating: "a", count: 70)).invalid:9"
        let error = await (try Samples.reader(url)).failure(of: try Samples.request())
        #expect(error?.kind == .unknownHost, "\(String(describing: error))")
        #expect(error?.problem == "the host name cannot be resolved")
    }

    @Test("an address where nothing listens says so, by TCP and by socket")
    func refused() async throws {
        for url in [FaultServer.refusingURL(), "unix:///tmp/glyph-no-such.sock"] {
            let error = await (try Samples.reader(url)).failure(of: try Samples.request())
            #expect(error?.kind == .refused, "\(String(describing: error))")
            #expect(error?.remedy == "Is the server running?")
        }
    }

    @Test("a body that the server refuses unread still gives the server's reason")
    func earlyRefusal() async throws {
        var early = FaultResponse.json(#"{"error":{"message":"over 1 MB"}}"#, status: 413)
        early.ignoresBody = true
        early.steps.append(.wait(.milliseconds(50)))
        try await FaultServer.run([early]) { server in
            var page = Samples.page(1)
            page.png += [UInt8](repeating: 7, count: 4 << 20)
            let prompt = try PagePrompt(pages: [page], total: 1, question: "q")
            let error = await (try Samples.reader(server.url)).failure(of: ReadingRequest(prompt: prompt))
            #expect(error?.kind == .tooLarge, "\(String(describing: error))")
            #expect(error?.description.contains("the request of 5.3 MiB is too large") == true)
            #expect(error?.description.contains("over 1 MB") == true)
        }
    }
}
