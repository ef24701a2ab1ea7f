// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

private func setting(_ name: String) -> String? {
    ProcessInfo.processInfo.environment["GLYPH_TEST_\(name)"]
}

/// Reads a real page with a real server; docs/endpoints.md says how to start one.
///
/// Set `GLYPH_TEST_ENDPOINT` to its address and `GLYPH_TEST_PAGE` to a PNG file, and if the server needs them
/// `GLYPH_TEST_MODEL` and `GLYPH_TEST_KEY`.
@Suite(
    .enabled(
        if: setting("ENDPOINT") != nil && setting("PAGE") != nil,
        "needs a server: set GLYPH_TEST_ENDPOINT and GLYPH_TEST_PAGE"
    )
)
struct LiveEndpointTests {
    private func reader(model: String? = setting("MODEL")) throws -> EndpointReader {
        let endpoint = try Endpoint(try #require(setting("ENDPOINT")))
        let key = try setting("KEY").map(APIKey.init)
        return EndpointReader(.init(endpoint: endpoint, key: key, model: model, retries: RetryPolicy(seed: 1)))
    }

    private func request(pages count: Int = 1, tokens: Int = 12) throws -> ReadingRequest {
        let png = Array(try Data(contentsOf: URL(fileURLWithPath: try #require(setting("PAGE")))))
        let sizes = [16, 20].map { offset in png[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        let pages = (1...count).map { EncodedPage(number: $0, width: sizes[0], height: sizes[1], png: png) }
        let prompt = try PagePrompt(pages: pages, total: count, question: "What is the number?")
        return ReadingRequest(prompt: prompt, sampling: Sampling(maximumTokens: tokens, temperature: 0, seed: 3))
    }

    @Test("a page is read, and a second page costs more tokens")
    func reads() async throws {
        let reader = try reader()
        let one = try await reader.answer(to: request())
        let two = try await reader.answer(to: request(pages: 2))
        print("answer \(one.text.debugDescription); \(one.summary)")
        #expect(!one.text.isEmpty)
        let tokens = try [one, two].map { try #require($0.summary.usage?.promptTokens) }
        #expect(tokens[1] > tokens[0])
        #expect(one.summary.timeToFirstToken.map { $0 > .zero && $0 <= one.summary.total } == true)
    }

    @Test("an unknown model and an unknown route are errors in the server's words")
    func refusals() async throws {
        let wrongModel = try reader(model: "no-such-model")
        let error = await wrongModel.failure(of: try request())
        print("wrong model: \(String(describing: error))")
        #expect(error != nil)
    }

    @Test("after a long answer is dropped, the server answers the next question")
    func cancellation() async throws {
        let reader = try reader()
        for try await event in reader.read(try request(tokens: 2000)) {
            if case .text = event { break }
        }
        let started = ContinuousClock.now
        _ = try await reader.answer(to: request())
        print("next answer after \(ContinuousClock.now - started)")
    }
}
