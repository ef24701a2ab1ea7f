// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphHTTP
import GlyphPage

extension ServerFault {
    /// Gives any error its status.
    ///
    /// - Parameters:
    ///   - failure: What was thrown.
    ///   - retryAfter: Seconds after which a busy engine may have room.
    init(_ failure: any Error, retryAfter: @autoclosure () -> Int) {
        switch failure {
        case let fault as ServerFault:
            self = fault
        case let fault as InputError:
            self.init(fault)
        case let refusal as EngineRefusal:
            switch refusal {
            case .contextExceeded:
                self.init(400, refusal.description, param: "messages", code: "context_length_exceeded")
            case .memoryExceeded:
                self.init(400, refusal.description, param: "messages", code: "memory_budget_exceeded")
            case .busy:
                self.init(429, refusal.description, code: "queue_full", retryAfter: retryAfter())
            case .stopping:
                self.init(503, refusal.description, code: "stopping", retryAfter: 1)
            }
        case let failure as EngineFailure:
            self.init(500, failure.description, code: "model_failure")
        default:
            self.init(500, "internal error: \(failure)")
        }
    }
}
