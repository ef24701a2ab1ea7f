// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
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
            if let quote {
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
        let pages = cut.map { Summary.range($0.pages) }.listed(atMost: 8)
        let remedy =
            if cut.allSatisfy({ $0.finishReason == .contentFilter }) {
                "by the server's filter."
            } else if cut.allSatisfy({ $0.finishReason == .thoughts }) {
                "and may miss something: only thoughts, no answer."
            } else if let quote {
                "and may miss something; of an answer this model writes \(quote) tokens at most."
            } else {
                "and may miss something; raise --max-tokens"
                    + (cut.contains { $0.pages.count > 1 } ? ", or read fewer pages at a time." : ".")
            }
        let noun = cut.count == 1 && cut[0].pages.count == 1 ? "page" : "pages"
        return "What was read of \(cut.count) of \(Summary.counted(count, "window")) was cut (\(noun) \(pages)) "
            + remedy
    }
}

/// What people are told about a reading on standard error, in the same words wherever they read.
enum ReadingNotices {
    /// That a request is sent again; a bar that shows progress makes room on its line.
    static func sayRetrying(_ pause: Duration, _ cause: ReadingError) {
        let room = Terminal.columns == nil ? "" : "\r\u{1B}[K"
        Terminal.say("\(room)\(cause)\nTrying again in \(Summary.time(pause.milliseconds)) …\n")
    }

    /// What of an answer is not as the reader wrote it, and what of it the text does not have.
    static func say(_ corrections: [FactCorrector.Correction], unfound: [String] = []) {
        for correction in corrections {
            let change = Terminal.harmless("\(correction.read) → \(correction.written)", for: STDERR_FILENO)
            Terminal.say("Put right from the text: \(change)\n")
        }
        for line in unfound {
            Terminal.say("Not found in the text: \(Terminal.harmless(line, for: STDERR_FILENO))\n")
        }
    }

    /// What was asked for and not found, and what comes nearest to it.
    ///
    /// - Parameters:
    ///   - unanswered: What was not found.
    ///   - isAll: Whether nothing else was asked for, and the answer says so already.
    static func say(_ unanswered: [WindowedReading.Unanswered], isAll: Bool) {
        for item in unanswered {
            if !isAll { Terminal.say("Not answered: \(Terminal.harmless(item.question, for: STDERR_FILENO))\n") }
            if let nearest = item.nearest, let pages = item.pages {
                let shown = Terminal.harmless(nearest, for: STDERR_FILENO)
                Terminal.say("Nearest, on \(Summary.pages(pages)): \(shown)\n")
            }
        }
        if isAll, !unanswered.isEmpty, unanswered.allSatisfy({ $0.nearest == nil }) {
            Terminal.say(
                "This model finds what follows words of the question; ask as in \"What is the notice period?\"\n"
            )
        }
    }
}
