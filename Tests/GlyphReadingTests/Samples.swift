// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
@testable import GlyphReading

/// Pages and requests for tests; the pages have a correct PNG header and nothing else.
enum Samples {
    static func page(_ number: Int, width: Int = 56, height: Int = 28) -> EncodedPage {
        func bigEndian(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        let png: [UInt8] =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
            + bigEndian(width) + bigEndian(height) + [8, 0, 0, 0, 0, UInt8(truncatingIfNeeded: number)]
        return EncodedPage(number: number, width: width, height: height, png: png)
    }

    static func pages(_ numbers: Int...) -> [EncodedPage] { numbers.map { page($0) } }

    static func pages(upTo last: Int) -> [EncodedPage] { (1...last).map { page($0) } }

    static func request(question: String = "What is it?", sampling: Sampling = Sampling()) throws -> ReadingRequest {
        let prompt = try PagePrompt(pages: pages(1, 2, 3), total: 3, question: question)
        return ReadingRequest(prompt: prompt, sampling: sampling)
    }

    static let key = "sk-secret-0123456789"

    /// A reader with short pauses, a model and a key.
    static func reader(
        _ url: String,
        model: String? = "tiny",
        attempts: Int = 1,
        timeouts: EndpointReader.Timeouts = .init()
    ) throws -> EndpointReader {
        EndpointReader(
            .init(
                endpoint: try Endpoint(url),
                key: try APIKey(key),
                model: model,
                timeouts: timeouts,
                retries: RetryPolicy(maximumAttempts: attempts, baseDelay: .milliseconds(2), seed: 7)
            )
        )
    }
}

extension Reader {
    /// Reads to the end, whatever the end is.
    func outcome(of request: ReadingRequest) async -> (events: [ReadingEvent], failure: (any Error)?) {
        var events: [ReadingEvent] = []
        do {
            for try await event in read(request) { events.append(event) }
            return (events, nil)
        } catch {
            return (events, error)
        }
    }

    /// The error that a request ends with.
    func failure(of request: ReadingRequest) async -> ReadingError? {
        await outcome(of: request).failure as? ReadingError
    }
}

extension [ReadingEvent] {
    /// The text of the answer.
    var text: String { map { if case .text(let text) = $0 { text } else { "" } }.joined() }

    /// The number of times a request was sent again.
    var retries: Int { filter { if case .retrying = $0 { true } else { false } }.count }
}
