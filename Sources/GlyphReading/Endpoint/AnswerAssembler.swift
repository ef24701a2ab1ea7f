// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage

/// Puts an answer together from the events of a stream or from one JSON body.
///
/// A pure state machine: it knows what a complete answer is, and nothing of connections or time.
struct AnswerAssembler {
    /// Why an answer cannot be used; the caller adds where it came from.
    enum Fault: Error, Equatable {
        case reported(APIError)
        case unreadable(String)
        case truncated
        case empty(Ending)
        /// There are thoughts and no answer; `isOpen` if the model did not say that the thoughts had ended.
        case onlyThoughts(Ending, isOpen: Bool)
        case declined(String)
    }

    /// A piece of the answer.
    enum Piece: Equatable {
        case text(String)
        case reasoning(String)
    }

    /// What is known at the end.
    struct Ending: Equatable {
        var finishReason: FinishReason
        var usage: Usage?
        var model: String?
        var meanLogprob: Double?
    }

    /// The token after which a reader that thinks begins to answer.
    private static let thoughtEnd = "</think>"

    /// The model named the reason why it stopped: nothing of the answer is missing any more.
    var isComplete: Bool { finishReason != nil }
    /// `[DONE]` came: nothing at all follows.
    private(set) var isDone = false

    private var finishReason: FinishReason?
    private var usage: Usage?
    private var model: String?
    /// Takes thoughts out of an answer that begins with them, as servers without a parser for them give it.
    ///
    /// Marks around the answer itself stay: they may be what was asked for.
    private var splitter = ReasoningSplitter(ReasoningTags(openAnswer: nil))
    private var refusal = ""
    private var hasText = false
    private var hasThoughts = false
    private var logprobs: (sum: Double, count: Int) = (0, 0)

    /// Takes one event of a stream.
    mutating func take(_ event: ServerSentEvents.Event) throws(Fault) -> [Piece] {
        if event.data == ServerSentEvents.done {
            isDone = true
            return []
        }
        guard !event.data.isEmpty else { return [] }
        return try take(json: Array(event.data.utf8))
    }

    /// Takes one JSON object: a chunk of a stream or a whole answer.
    mutating func take(json bytes: [UInt8]) throws(Fault) -> [Piece] {
        if let error = APIError(ifReportedIn: bytes) { throw .reported(error) }
        let part: ChatCompletion
        do {
            part = try WireJSON.decode(ChatCompletion.self, from: bytes, at: "answer")
        } catch {
            throw .unreadable("\(error)")
        }
        usage = part.usage ?? usage
        model = part.model ?? model
        // Glyph asks for one choice; others could only be mixed up with it.
        guard let choice = part.choices.first(where: { ($0.index ?? 0) == 0 }) else { return [] }
        if let reason = choice.finishReason, !reason.isEmpty { finishReason = FinishReason(reason) }
        for token in choice.logprobs?.content ?? [] {
            // How sure a reader is of its answer does not depend on what it thought before.
            logprobs = token.token == Self.thoughtEnd ? (0, 0) : (logprobs.sum + token.logprob, logprobs.count + 1)
        }
        guard let answer = choice.delta ?? choice.message else { return [] }
        refusal += answer.refusal ?? ""
        var pieces: [Piece] = []
        if let reasoning = answer.reasoningContent, !reasoning.isEmpty {
            hasThoughts = true
            pieces.append(.reasoning(reasoning))
        }
        if let text = answer.content, !text.isEmpty {
            let parts = splitter.push(text)
            pieces += noted(parts)
        }
        return pieces
    }

    /// Says that nothing follows, and returns what was held back because it might have become a mark.
    mutating func finish() -> [Piece] {
        let rest = splitter.finish()
        return noted(rest)
    }

    /// Judges what came.
    func end() throws(Fault) -> Ending {
        guard isDone || isComplete else { throw .truncated }
        let mean = logprobs.count > 0 ? logprobs.sum / Double(logprobs.count) : nil
        let ending = Ending(finishReason: finishReason ?? .stop, usage: usage, model: model, meanLogprob: mean)
        guard hasText else {
            guard refusal.isEmpty else { throw .declined(refusal) }
            guard ending.finishReason != .contentFilter else {
                throw .declined("a content filter withheld the answer")
            }
            guard hasThoughts, ending.finishReason != .length else { throw .empty(ending) }
            throw .onlyThoughts(ending, isOpen: splitter.isReasoning)
        }
        return ending
    }

    private mutating func noted(_ parts: [ReasoningSplitter.Piece]) -> [Piece] {
        parts.map { part in
            switch part {
            case .reasoning(let thought):
                hasThoughts = true
                return .reasoning(thought)
            case .answer(let text):
                hasText = hasText || text.contains { !$0.isWhitespace }
                return .text(text)
            }
        }
    }
}
