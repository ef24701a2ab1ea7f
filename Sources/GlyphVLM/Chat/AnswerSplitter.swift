// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Separates what the model thinks from what it answers, piece by piece as the text arrives.
///
/// `<think>…</think>` at the start of the text is the thought; what follows is the answer, without the line feeds
/// between and without the `<answer>…</answer>` that some members of the family put around it. A text that does not
/// start with `<think>` is all answer. Pieces that could be the start of a tag are held back until they are not.
public struct AnswerSplitter: Sendable {
    public enum Piece: Sendable, Equatable {
        case thought(String)
        case answer(String)
    }

    private enum State {
        case start, thought, behindThought, answer, markedAnswer
    }

    private var state = State.start
    private var held = ""

    public init() {}

    /// The pieces that are certain now that `text` has arrived.
    public mutating func append(_ text: String) -> [Piece] {
        held += text
        var pieces: [Piece] = []
        while let piece = step() {
            if let piece = piece.value { pieces.append(piece) }
        }
        return pieces
    }

    /// What was held back when the text ended.
    public mutating func finish() -> [Piece] {
        defer { held = "" }
        guard !held.isEmpty else { return [] }
        switch state {
        case .thought: return [.thought(held)]
        case .behindThought:
            let rest = String(held.drop(while: \.isWhitespace))
            return rest.isEmpty ? [] : [.answer(rest)]
        case .start, .answer, .markedAnswer: return [.answer(held)]
        }
    }

    /// A finished step; nil in its place means that more text is needed.
    private struct Step {
        var value: Piece?
    }

    private mutating func step() -> Step? {
        switch state {
        case .start: open("<think>", found: .thought, otherwise: .answer, dropsSpace: false)
        case .behindThought: open("<answer>", found: .markedAnswer, otherwise: .answer, dropsSpace: true)
        case .thought: close("</think>", next: .behindThought, as: Piece.thought)
        case .markedAnswer: close("</answer>", next: .answer, as: Piece.answer)
        case .answer: take(held.endIndex, as: Piece.answer)
        }
    }

    /// Decides whether the text goes on with `tag`, after white space.
    private mutating func open(_ tag: String, found: State, otherwise: State, dropsSpace: Bool) -> Step? {
        let rest = held.drop(while: \.isWhitespace)
        if rest.hasPrefix(tag) {
            held = String(rest.dropFirst(tag.count))
            state = found
            return Step()
        }
        guard !tag.hasPrefix(rest) else { return nil }
        if dropsSpace { held = String(rest) }
        state = otherwise
        return Step()
    }

    /// Passes text on up to `tag`.
    private mutating func close(_ tag: String, next: State, as piece: (String) -> Piece) -> Step? {
        if let end = held.firstRange(of: tag) {
            let text = String(held[..<end.lowerBound])
            held = String(held[end.upperBound...])
            state = next
            return Step(value: text.isEmpty ? nil : piece(text))
        }
        // The longest end of the text that a tag could start with stays.
        var kept = min(tag.count - 1, held.count)
        while kept > 0, !tag.hasPrefix(held.suffix(kept)) { kept -= 1 }
        return take(held.index(held.endIndex, offsetBy: -kept), as: piece)
    }

    private mutating func take(_ end: String.Index, as piece: (String) -> Piece) -> Step? {
        guard end > held.startIndex else { return nil }
        let text = String(held[..<end])
        held = String(held[end...])
        return Step(value: piece(text))
    }
}
