// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphAPI
package import GlyphPage

/// An error on its way to a client: HTTP's part and OpenAI's part.
package struct ServerFault: Error, Sendable {
    package var status: Int
    package var error: APIError
    /// Seconds to wait before the next attempt.
    package var retryAfter: Int?
    /// The methods a path knows, for a 405.
    package var allow: String?

    package init(
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

    /// A fault of the request's content: 400, with the field at fault.
    package init(_ fault: InputError) {
        self.init(400, Self.words(of: fault), param: Self.param(of: fault))
    }

    /// What is being read when a body is decoded; paths inside it follow after a colon.
    package static let bodyLocation = "request body"

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
