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
        let seconds = fault.retryAfter.map { max(1, Int(($0 / .seconds(1)).rounded(.up))) }
        let refusal = Self.refusal(fault)
        self.init(
            status,
            refusal ?? "the reader cannot answer: \(Self.description(of: fault))",
            param: refusal.flatMap(Self.field),
            code: code,
            retryAfter: seconds ?? (status == 429 ? 5 : nil)
        )
    }

    /// What the reader itself said of a request that it refused; nil where it did not say it in OpenAI's shape.
    ///
    /// `FaultReport` of GlyphReading puts the words after the status, and the error's code or type, which objects of
    /// that shape have, after them in brackets.
    private static func refusal(_ fault: ReadingError) -> String? {
        guard fault.kind == .badRequest, let status = fault.status,
            let mark = fault.problem.firstRange(of: "(HTTP \(status)): ")
        else { return nil }
        let said = fault.problem[mark.upperBound...]
        guard said.hasSuffix("]"), let bracket = said.lastIndex(of: "["), said[..<bracket].hasSuffix(" ") else {
            return nil
        }
        return String(said[..<bracket].dropLast())
    }

    /// The field of a chat request that a message begins with, such as `messages[0].content`.
    private static func field(_ message: String) -> String? {
        guard let colon = message.firstRange(of: ": ") else { return nil }
        let path = message[..<colon.lowerBound]
        let name = path.prefix { $0 != "[" && $0 != "." }
        return path.contains(" ") || ChatRequest.CodingKeys(rawValue: String(name)) == nil ? nil : String(path)
    }

    /// The fault, without the socket of an engine on this machine, which tells nobody anything.
    private static func description(of fault: ReadingError) -> String {
        let words = "\(fault)"
        return fault.endpoint.hasPrefix("http+unix:") ? String(words.dropFirst(fault.endpoint.count + 2)) : words
    }
}
