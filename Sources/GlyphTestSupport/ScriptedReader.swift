// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphReading
import Synchronization

/// A reader that plays prepared answers and remembers what it was asked.
package final class ScriptedReader: Reader {
    /// One answer: its events in order, and the error that ends it, if any.
    package struct Script: Sendable {
        package var events: [ReadingEvent]
        package var failure: (any Error)?

        package init(_ events: [ReadingEvent], failure: (any Error)? = nil) {
            self.events = events
            self.failure = failure
        }

        /// A text that is answered in one piece.
        package static func answer(_ text: String) -> Self {
            Script([.text(text), .finished(ReadingSummary(finishReason: .stop))])
        }
    }

    /// Thrown when more is asked than was scripted.
    package struct OutOfScripts: Error {}

    private let state: Mutex<(scripts: [Script], requests: [ReadingRequest])>

    /// - Parameter scripts: One per expected request, in order.
    package init(_ scripts: [Script]) {
        state = Mutex((scripts, []))
    }

    /// The requests so far, in order.
    package var requests: [ReadingRequest] { state.withLock { $0.requests } }

    package func read(_ request: ReadingRequest) -> AsyncThrowingStream<ReadingEvent, any Error> {
        let script: Script? = state.withLock { state in
            state.requests.append(request)
            return state.scripts.isEmpty ? nil : state.scripts.removeFirst()
        }
        return AsyncThrowingStream { continuation in
            for event in script?.events ?? [] { continuation.yield(event) }
            continuation.finish(throwing: script == nil ? OutOfScripts() : script?.failure)
        }
    }
}
