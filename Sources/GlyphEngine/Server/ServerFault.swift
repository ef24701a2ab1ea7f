// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage

/// An error on its way to a client: HTTP's part and OpenAI's part.
struct ServerFault: Error, Sendable {
    var status: Int
    var error: APIError
    /// Seconds to wait before the next attempt.
    var retryAfter: Int?
    /// The methods a path knows, for a 405.
    var allow: String?

    init(
        _ status: Int,
        _ message: String,
        param: String? = nil,
        code: String? = nil,
        retryAfter: Int? = nil,
        allow: String? = nil
    ) {
        self.status = status
        let type =
            switch status {
            case 404: "not_found_error"
            case 429: "rate_limit_error"
            case 500...: "server_error"
            default: "invalid_request_error"
            }
        error = APIError(message: message, type: type, param: param, code: code)
        self.retryAfter = retryAfter
        self.allow = allow
    }

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
            self.init(400, Self.words(of: fault), param: Self.param(of: fault))
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

    /// What is being read when a body is decoded; paths inside it follow after a colon.
    static let bodyLocation = "request body"

    /// The field at fault: locations are paths into the body, such as `messages[0].content[2].image_url.url`.
    private static func param(of fault: InputError) -> String? {
        let path =
            fault.location.hasPrefix(bodyLocation + ": ")
            ? String(fault.location.dropFirst(bodyLocation.count + 2)) : fault.location
        return path.isEmpty || path.contains(" ") ? nil : path
    }

    private static func words(of fault: InputError) -> String {
        var fault = fault
        if let path = param(of: fault) { fault.location = path }
        return fault.description
    }
}
