// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GRDB
import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphReading

extension ServerFault {
    /// Gives any error of the service its status.
    ///
    /// What went wrong between the service and its reader is a 502 or 504: the client's key and address were right.
    init(service failure: any Error) {
        switch failure {
        case let fault as ServerFault: self = fault
        case let fault as InputError: self.init(fault)
        case let fault as ReadingError: self.init(fault)
        case let fault as DatabaseError: self.init(fault)
        case let fault as DiskFault: self.init(fault)
        case is PlaceQueue.Full:
            self.init(
                429,
                "every place is taken and the queue is full; try again later",
                code: "queue_full",
                retryAfter: 5
            )
        default: self.init(500, "internal error: \(type(of: failure))")
        }
    }

    private init(_ fault: ReadingError) {
        let (status, code): (Int, String) =
            switch fault.kind {
            case .badRequest, .declined: (400, "reader_refused")
            case .contextExceeded: (400, "context_length_exceeded")
            case .tooLarge: (413, "request_too_large")
            case .rateLimited: (429, "reader_busy")
            case .timedOut, .stalled: (504, "reader_timeout")
            case .engineFailure: (503, "engine_failure")
            default: (502, "reader_failure")
            }
        let seconds = fault.retryAfter.map { max(1, Int($0.seconds.rounded(.up))) }
        let refusal = Self.refusal(fault)
        self.init(
            status,
            refusal?.message ?? "the reader cannot answer: \(Self.description(of: fault))",
            param: refusal.flatMap(Self.field),
            code: code,
            retryAfter: seconds ?? (status == 429 ? 5 : nil)
        )
    }

    /// What the reader itself said of a request that it refused; nil where it did not say it in OpenAI's shape, which
    /// has a code or a type.
    private static func refusal(_ fault: ReadingError) -> APIError? {
        guard fault.kind == .badRequest, let report = fault.report, report.code != nil || report.type != nil else {
            return nil
        }
        return report
    }

    /// The field of a chat request at fault, such as `messages[0].content`.
    ///
    /// Servers that do not name it as `param` begin their message with it.
    private static func field(_ report: APIError) -> String? {
        let start = report.message.firstRange(of: ": ").map { String(report.message[..<$0.lowerBound]) }
        return [report.param, start].compactMap { $0 }.first { path in
            let name = path.prefix { $0 != "[" && $0 != "." }
            return !path.contains(" ") && ChatRequest.CodingKeys(rawValue: String(name)) != nil
        }
    }

    /// The fault, without the socket of an engine on this machine, which tells nobody anything.
    private static func description(of fault: ReadingError) -> String {
        let words = "\(fault)"
        return fault.endpoint.hasPrefix("http+unix:") ? String(words.dropFirst(fault.endpoint.count + 2)) : words
    }
}
