// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Synchronization

/// Asks another reader, and remembers what it wrote down of pages, so that the next question about them begins there.
///
/// A reader with a card may write its pages down before every question, which takes longer than the answer. What it
/// writes does not depend on the question, nor on chance where it always takes the most probable token.
public final class RememberingReader: Reader {
    private let reader: any Reader
    private let request: String
    /// What was written down, and why it ended.
    private let written = Mutex<[[[UInt8]]: (text: String, reason: FinishReason)]>([:])

    /// Prepares a reader.
    ///
    /// - Parameters:
    ///   - reader: Who reads.
    ///   - request: The question whose answers are remembered (`transcribe` of a reading card).
    public init(_ reader: any Reader, remembering request: String) { (self.reader, self.request) = (reader, request) }

    public func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        guard request.prompt.question == self.request, request.sampling.temperature == 0 else {
            return reader.read(request)
        }
        let pages = request.prompt.pages.map(\.png)
        return .telling { [self] emit in
            if let (text, reason) = written.withLock({ $0[pages] }) {
                emit(.text(text))
                emit(.finished(ReadingSummary(finishReason: reason)))
                return
            }
            let answer = try await reader.answer(to: request) { emit(.retrying(after: $0, because: $1)) }
            written.withLock { $0[pages] = (answer.text, answer.summary.finishReason) }
            emit(.text(answer.text))
            emit(.finished(answer.summary))
        }
    }
}
