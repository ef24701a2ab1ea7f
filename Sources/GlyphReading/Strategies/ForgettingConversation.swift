// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A conversation of which the oldest part can be left out.
public protocol ForgettingConversation {
    /// Whether something of the last answer was shown.
    var hasSpoken: Bool { get }

    /// Leaves out the older half of what was said.
    ///
    /// - Returns: Whether there was something to leave out.
    mutating func forgetOldest() -> Bool
}

extension ForgettingConversation {
    /// Asks, and again without the oldest part as long as the reader says that all this is too much for it.
    ///
    /// A question that gets no answer even so was itself too much, or failed for another reason: nothing is forgotten
    /// for it.
    ///
    /// - Parameters:
    ///   - ask: Asks the question.
    ///   - forgot: Told before the question is asked again.
    /// - Throws: What `ask` throws.
    public mutating func askForgetting(
        _ ask: (inout Self) async throws -> Void,
        forgot: () -> Void
    ) async throws {
        let before = self
        while true {
            do {
                return try await ask(&self)
            } catch {
                // What has been shown would be said twice.
                let isTooMuch = (error as? ReadingError)?.kind == .contextExceeded && !hasSpoken
                guard isTooMuch, forgetOldest() else {
                    self = before
                    throw error
                }
                forgot()
            }
        }
    }
}
