// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI

extension FaultReport {
    /// A response that is not an answer.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - headers: Looks a header up by its lower-case name.
    ///   - body: The beginning of the body.
    ///   - sentBytes: The size of the request, for 413.
    ///   - now: Seconds since 1970, to read dates in `Retry-After`.
    /// - Returns: The error, with the server's words.
    func error(
        status: Int,
        headers: (String) -> String?,
        body: [UInt8],
        sentBytes: Int,
        now: Double
    ) -> ReadingError {
        let report = try? WireJSON.decode(APIError.self, from: body, at: url)
        let words = report.map(quote) ?? shortened(Self.plainText(body))
        let said = words.isEmpty ? "" : ": \(words)"
        func make(_ kind: ReadingError.Kind, _ what: String, _ remedy: String? = nil) -> ReadingError {
            error(
                kind,
                "\(what) (HTTP \(status))\(said)",
                remedy: remedy,
                status: status,
                report: report,
                retryAfter: RetryAfter.pause(headers: headers, now: now)
            )
        }
        switch status {
        case 300..<400:
            let target = headers("location").map { " to \(shortened($0))" } ?? ""
            return make(.unexpectedContent, "the server redirects\(target)", "Use that address if you trust it.")
        case 401:
            return key == nil
                ? make(.unauthorized, "the server wants an API key")
                : make(.unauthorized, "the server does not accept the API key")
        case 403:
            return make(.forbidden, "the server forbids it", "The key may lack access to this model.")
        case 404:
            return make(.notFound, "not found", "Check the model's name and the address; most end in /v1.")
        case 413:
            return make(
                .tooLarge,
                "the request of \(Self.mebibytes(sentBytes)) is too large for the server",
                "Send fewer pages at a time, or raise the limit of the server or the proxy before it."
            )
        case 429:
            return make(.rateLimited, "too many requests")
        case 408, 409, 425, 500...:
            return make(.serverFailure, "the server failed or is busy")
        default:
            guard let report, Self.isContext(report) else {
                return make(.badRequest, "the server refused the request")
            }
            return make(
                .contextExceeded,
                "the pages do not fit into the model's context",
                Self.shorterPrompt
            )
        }
    }

    /// A 200 whose body is no answer: a proxy's or a login page, or another kind of server.
    func notAnAPI(_ body: [UInt8]) -> ReadingError {
        error(
            .unexpectedContent,
            "something other than an API answered: \"\(shortened(Self.plainText(body)).prefix(160))\"",
            remedy: "Check the address; a proxy or a login page may be in the way.",
            status: 200
        )
    }

    /// The visible text of an HTML error page, or the body as it is.
    static func plainText(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(4096), as: UTF8.self)
        guard text.first(where: { !$0.isWhitespace }) == "<" else { return text }
        var inTag = false
        return String(
            text.map { character -> Character in
                if character == "<" { inTag = true }
                defer { if character == ">" { inTag = false } }
                return inTag ? " " : character
            }
        )
    }

    private static func mebibytes(_ bytes: Int) -> String {
        let tenths = (bytes * 10 + (1 << 19)) >> 20
        return tenths == 0 ? "\(bytes) bytes" : "\(tenths / 10).\(tenths % 10) MiB"
    }
}
