// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphReading
import GlyphTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct EndpointRetryTests {
    @Test("a busy server is asked again until it answers", arguments: [408, 409, 425, 429, 500, 502, 503, 529])
    func busy(_ status: Int) async throws {
        let busy = FaultResponse.json(#"{"error":{"message":"busy"}}"#, status: status)
        try await FaultServer.run([busy, busy, .answer("done")]) { server in
            let (events, failure) = await (try Samples.reader(server.url, attempts: 3)).outcome(
                of: try Samples.request()
            )
            #expect(failure == nil)
            #expect(events.retries == 2)
            #expect(events.text == "done")
            guard case .finished(let summary) = events.last else {
                Issue.record("no summary")
                return
            }
            #expect(summary.attempts == 3)
            #expect(server.requests.count == 3)
            #expect(Set(server.requests.map(\.body)).count == 1, "every attempt sends the same bytes")
        }
    }

    @Test("a connection that ends before the answer is made again", arguments: [0, 1, 2])
    func lost(_ way: Int) async throws {
        let responses: [FaultResponse] = [.hangUp(.close), .hangUp(.reset), .events([.close])]
        try await FaultServer.run([responses[way], .answer("done")]) { server in
            let (events, failure) = await (try Samples.reader(server.url, attempts: 2)).outcome(
                of: try Samples.request()
            )
            #expect(failure == nil, "\(String(describing: failure))")
            #expect(events.retries == 1)
            #expect(server.requests.count == 2)
        }
    }

    @Test("attempts are counted in the error")
    func exhausted() async throws {
        let url = FaultServer.refusingURL()
        let error = await (try Samples.reader(url, attempts: 3)).failure(of: try Samples.request())
        #expect(error?.attempts == 3)
        #expect(error?.description.contains("(tried 3 times)") == true)
    }

    @Test("what will not get better is asked once", arguments: [400, 401, 403, 404, 413, 422])
    func permanent(_ status: Int) async throws {
        try await FaultServer.run([.json("{}", status: status)]) { server in
            _ = await (try Samples.reader(server.url, attempts: 3)).failure(of: try Samples.request())
            #expect(server.requests.count == 1)
        }
    }

    @Test("an empty account is not asked again")
    func quota() async throws {
        let broke = FaultResponse.json(#"{"error":{"message":"pay","code":"insufficient_quota"}}"#, status: 429)
        try await FaultServer.run([broke]) { server in
            let error = await (try Samples.reader(server.url, attempts: 3)).failure(of: try Samples.request())
            #expect(error?.kind == .rateLimited)
            #expect(server.requests.count == 1)
        }
    }

    @Test("nothing is sent again once a part of the answer was delivered")
    func neverAfterText() async throws {
        for end in [FaultResponse.Step.close, .reset] {
            let steps: [FaultResponse.Step] = [.send(FaultResponse.delta("a")), .wait(.milliseconds(300)), end]
            try await FaultServer.run([.events(steps), .answer("b")]) { server in
                let (events, failure) = await (try Samples.reader(server.url, attempts: 3))
                    .outcome(of: try Samples.request())
                #expect((failure as? ReadingError)?.kind == .truncated)
                #expect(events == [.text("a")])
                #expect(server.requests.count == 1)
            }
        }
    }

    @Test("the server's Retry-After is waited for")
    func retryAfter() async throws {
        let busy = FaultResponse.json("{}", status: 429, headers: [("Retry-After", "0.3")])
        try await FaultServer.run([busy, .answer("done")]) { server in
            let started = ContinuousClock.now
            let (events, _) = await (try Samples.reader(server.url, attempts: 2)).outcome(of: try Samples.request())
            #expect(.now - started >= .milliseconds(300))
            guard case .retrying(let pause, let cause) = events.first else {
                Issue.record("no retry")
                return
            }
            #expect(pause == .milliseconds(300))
            #expect(cause.status == 429)
        }
    }

    @Test("a Retry-After beyond our patience ends the attempts and is passed on")
    func longRetryAfter() async throws {
        let busy = FaultResponse.json("{}", status: 503, headers: [("Retry-After", "3600")])
        try await FaultServer.run([busy]) { server in
            let error = await (try Samples.reader(server.url, attempts: 3)).failure(of: try Samples.request())
            #expect(error?.retryAfter == .seconds(3600))
            #expect(server.requests.count == 1)
        }
    }
}
