// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphReading

/// What is said of an answer of which something is missing.
struct CutNotice {
    /// The most tokens of an answer: `--max-tokens`.
    let limit: Int
    /// The most tokens that the model says at once, if its card has such a limit.
    let quote: Int?

    /// Of one answer.
    ///
    /// - Parameters:
    ///   - reason: Why it ended.
    ///   - tokens: How many it has, if the server tells.
    /// - Returns: A line, or nothing if it is whole.
    func text(_ reason: FinishReason, written tokens: Int?) -> String? {
        switch reason {
        case .stop, .other: return nil
        case .contentFilter: return "The server's filter cut the answer; what it took out is missing."
        case .thoughts: return "The reader stopped while it was still thinking; what it would have answered is missing."
        case .length:
            if let quote, quote <= limit {
                return "The answer was cut at \(quote) tokens, the most that this model quotes at once."
            }
            if let tokens, tokens < limit {
                return "The answer was cut after \(Summary.counted(tokens, "token")), before the \(limit) of "
                    + "--max-tokens: the reader's context is full. Send fewer pages, or fewer at a time."
            }
            return "The answer was cut at \(limit) tokens; raise --max-tokens for more."
        }
    }

    /// Of a reading window by window.
    func text(_ read: DividedReading.Outcome) -> String? {
        text(read.windows.cut, of: read.windows.findings.count)
            ?? text(read.finishReason, written: read.tokensUntilCut)
    }

    /// Of windows of a reading.
    ///
    /// - Parameters:
    ///   - cut: Those of which something is missing.
    ///   - count: How many there are.
    /// - Returns: A line, or nothing if all are whole.
    func text(_ cut: [WindowedReading.Finding], of count: Int) -> String? {
        guard !cut.isEmpty else { return nil }
        let pages = cut.prefix(8).map { Summary.range($0.pages) }.joined(separator: ", ") + (cut.count > 8 ? ", …" : "")
        let remedy =
            if cut.allSatisfy({ $0.finishReason == .contentFilter }) {
                "by the server's filter."
            } else if cut.allSatisfy({ $0.finishReason == .thoughts }) {
                "and may miss something: only thoughts, no answer."
            } else {
                "and may miss something; raise --max-tokens, or read fewer pages at a time."
            }
        return "What was read of \(cut.count) of \(Summary.counted(count, "window")) was cut (pages \(pages)) " + remedy
    }
}

/// What people are told about a reading on standard error, in the same words wherever they read.
enum ReadingNotices {
    /// That a request is sent again; a bar that shows progress makes room on its line.
    static func sayRetrying(_ pause: Duration, _ cause: ReadingError) {
        let room = Terminal.columns == nil ? "" : "\r\u{1B}[K"
        Terminal.say("\(room)\(cause)\nTrying again in \(Summary.time(pause.milliseconds)) …\n")
    }

    /// Which exact strings of an answer are not as the reader wrote them.
    static func say(_ corrections: [FactCorrector.Correction]) {
        for correction in corrections {
            Terminal.say("Put right from the text: \(correction.read) → \(correction.written)\n")
        }
    }
}
