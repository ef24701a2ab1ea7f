// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import GlyphAPI
import GlyphPage

/// Turns everything that can go wrong with one URL into a `ReadingError`.
///
/// Every message of an `EndpointReader` is made here, so the key is removed and foreign text is shortened in one place.
struct FaultReport {
    let url: String
    let key: APIKey?
    /// What is between here and the URL.
    var proxy: Proxy?

    func error(
        _ kind: ReadingError.Kind,
        _ problem: String,
        remedy: String? = nil,
        status: Int? = nil,
        report: APIError? = nil,
        retryAfter: Duration? = nil
    ) -> ReadingError {
        ReadingError(
            kind,
            endpoint: url,
            problem: redacted(problem),
            remedy: remedy.map(redacted),
            status: status,
            report: report.map(shortened),
            retryAfter: retryAfter
        )
    }

    /// A fault of the answer itself.
    func error(_ fault: AnswerAssembler.Fault) -> ReadingError {
        switch fault {
        case .reported(let report):
            error(
                Self.isContext(report) ? .contextExceeded : .failedMidway,
                "the server reported: \(quote(report))",
                remedy: Self.isContext(report) ? Self.shorterPrompt : nil,
                report: report
            )
        case .unreadable(let problem):
            error(.unexpectedContent, "the answer cannot be understood: \(shortened(problem))")
        case .truncated:
            error(
                .truncated,
                "the answer broke off before its end",
                remedy: "The server or a proxy closed the connection; what was written so far is incomplete."
            )
        case .empty(let ending):
            empty(ending)
        case .onlyThoughts(let ending, let isOpen):
            onlyThoughts(ending, isOpen)
        case .declined(let words):
            error(.declined, "the model declined to answer: \(shortened(words))")
        }
    }

    /// An answer without words; what it took is kept.
    private func empty(_ ending: AnswerAssembler.Ending) -> ReadingError {
        let reason = shortened(ending.finishReason.description)
        var fault =
            ending.finishReason == .length
            ? error(
                .emptyAnswer,
                "the model wrote no answer before it reached the token limit",
                remedy: "Allow more tokens; reasoning counts too."
            )
            : error(.emptyAnswer, "the model wrote nothing (finish reason \(reason))")
        fault.summary = ReadingSummary(finishReason: ending.finishReason, usage: ending.usage, model: ending.model)
        return fault
    }

    /// Thoughts without an answer.
    ///
    /// A model that did not end them has not said that there is none.
    private func onlyThoughts(_ ending: AnswerAssembler.Ending, _ isOpen: Bool) -> ReadingError {
        let reason = shortened(ending.finishReason.description)
        var fault = error(
            .emptyAnswer,
            "the model wrote only thoughts and no answer (finish reason \(reason))",
            remedy: "Ask again, or ask another model."
        )
        fault.summary = ReadingSummary(
            finishReason: isOpen ? .thoughts : ending.finishReason,
            usage: ending.usage,
            model: ending.model
        )
        return fault
    }

    /// What to do where a prompt does not fit.
    static let shorterPrompt = "Render denser pages, read in windows, or use a model with a longer context."

    /// A wait that took too long.
    func error(_ expired: Watchdog.Expired) -> ReadingError {
        switch expired.wait {
        case .firstToken:
            error(
                .timedOut,
                "no answer began within \(seconds(expired.limit))",
                remedy: "Long documents take long to read: allow more time, or send fewer pages."
            )
        case .nextBytes:
            error(.stalled, "the answer stopped arriving for \(seconds(expired.limit))")
        }
    }

    /// The server's own words, on one line, with its error code.
    func quote(_ report: APIError) -> String {
        let code = report.code ?? report.type
        return shortened(report.message) + (code.map { " [\(shortened($0).prefix(60))]" } ?? "")
    }

    /// Foreign text on one line of at most 400 characters, without the key.
    func shortened(_ text: String) -> String {
        // The key goes first: cut in half it would no longer be recognised.
        let line = redacted(text).collapsedWhiteSpace
        return line.count > 400 ? line.prefix(400) + "…" : line
    }

    private func shortened(_ report: APIError) -> APIError {
        APIError(
            message: shortened(report.message),
            type: report.type.map(shortened),
            param: report.param.map(shortened),
            code: report.code.map(shortened)
        )
    }

    static func isContext(_ report: APIError) -> Bool {
        let message = report.message.lowercased()
        // OpenAI's word, and llama.cpp's.
        let words = ["context_length_exceeded", "exceed_context_size_error"]
        return words.contains { $0 == report.code || $0 == report.type }
            || ["context length", "context window", "context size", "max_model_len"].contains { message.contains($0) }
    }

    private func redacted(_ text: String) -> String {
        key?.redacted(in: text) ?? text
    }

    private func seconds(_ duration: Duration) -> String {
        let seconds = duration.seconds
        return seconds >= 10 || seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
