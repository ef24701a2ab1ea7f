// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI

extension Reader {
    /// The whole answer, where to say nothing is to say that nothing is there.
    ///
    /// A model that was cut before it answered has not said nothing: it may have had an answer.
    ///
    /// - Parameters:
    ///   - request: What to read and how.
    ///   - retrying: Told before the request is sent again.
    /// - Returns: The answer; empty if the model ended without one, with what that took.
    /// - Throws: What `answer(to:retrying:)` throws, other than that the model wrote nothing and stopped by itself.
    public func answerOrNothing(
        to request: ReadingRequest,
        retrying: RetryNotice = { _, _ in }
    ) async throws -> Answer {
        do {
            return try await answer(to: request, retrying: retrying)
        } catch let fault as ReadingError where fault.kind == .emptyAnswer {
            let summary = fault.summary ?? ReadingSummary(finishReason: .stop)
            guard summary.finishReason == .stop else { throw fault }
            return Answer(text: "", reasoning: "", summary: summary)
        }
    }
}
