// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI

extension Reader {
    /// The whole answer, where to say nothing is to say that nothing is there.
    ///
    /// - Throws: What `answer(to:)` throws, other than that the model wrote nothing.
    public func answerOrNothing(to request: ReadingRequest) async throws -> Answer {
        do {
            return try await answer(to: request)
        } catch let fault as ReadingError where fault.kind == .emptyAnswer {
            return Answer(text: "", reasoning: "", summary: ReadingSummary(finishReason: .stop))
        }
    }
}
