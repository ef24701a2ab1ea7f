// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The marks around what a model thinks before it answers, as GLM-4.1V and most models that think aloud write them.
public struct ReasoningTags: Sendable, Equatable {
    public static let open = "<think>"
    public static let close = "</think>"
    static let closeAnswer = "</answer>"
    /// The mark that some models put before the answer behind their thoughts; without it nothing is looked for there.
    public var openAnswer: String?

    public init(openAnswer: String? = "<answer>") { self.openAnswer = openAnswer }
}

/// Separates `<think>…</think>` at the beginning of an answer from the answer itself.
///
/// A pure state machine over text pieces. Only the beginning counts: a later `<think>` is part of the answer, because
/// the model may be quoting. White space between the marks of thoughts and their text belongs to neither; the marks
/// around an answer are left out where they follow thoughts.
public struct ReasoningSplitter: Sendable {
    /// A piece of one or the other.
    public enum Piece: Sendable, Equatable {
        case reasoning(String)
        case answer(String)
    }

    private enum State {
        case beginning, reasoning, behindReasoning, answer, markedAnswer
    }

    private let tags: ReasoningTags?
    private var state: State
    private var held = ""
    private var skipsSpace = false

    /// - Parameter tags: The model's marks; nil makes everything answer.
    public init(_ tags: ReasoningTags?) {
        self.tags = tags
        state = tags == nil ? .answer : .beginning
    }

    /// Whether the model is thinking as far as the text shows.
    public var isReasoning: Bool { state == .reasoning }

    /// Takes the next text and returns the pieces that are certain.
    public mutating func push(_ text: String) -> [Piece] {
        guard tags != nil else { return text.isEmpty ? [] : [.answer(text)] }
        held += text
        var pieces: [Piece] = []
        while let piece = step() { pieces.append(contentsOf: piece) }
        return pieces
    }

    /// Returns what was held back.
    public mutating func finish() -> [Piece] {
        defer { held = "" }
        let rest = state == .behindReasoning ? String(held.drop(while: \.isWhitespace)) : held
        guard !rest.isEmpty else { return [] }
        return [state == .reasoning ? .reasoning(rest) : .answer(rest)]
    }

    /// One transition with the pieces it completes; nil when more text is needed.
    private mutating func step() -> [Piece]? {
        guard let tags, !held.isEmpty else { return nil }
        if skipsSpace {
            held = String(held.drop(while: \.isWhitespace))
            guard !held.isEmpty else { return nil }
            skipsSpace = false
        }
        switch state {
        case .beginning:
            return open(ReasoningTags.open, then: .reasoning)
        case .behindReasoning:
            guard let mark = tags.openAnswer else {
                state = .answer
                return []
            }
            return open(mark, then: .markedAnswer)
        case .reasoning:
            return text(until: ReasoningTags.close, then: .behindReasoning, keepsSpaceAtEnd: false).map {
                $0.map(Piece.reasoning)
            }
        case .markedAnswer:
            return text(until: ReasoningTags.closeAnswer, then: .answer, keepsSpaceAtEnd: true).map {
                $0.map(Piece.answer)
            }
        case .answer:
            defer { held = "" }
            return [.answer(held)]
        }
    }

    /// Finds out whether the text goes on with a mark, behind white space.
    private mutating func open(_ mark: String, then next: State) -> [Piece]? {
        let start = held.drop(while: \.isWhitespace)
        if start.hasPrefix(mark) {
            held = String(start.dropFirst(mark.count))
            skipsSpace = next == .reasoning
            state = next
            return []
        }
        guard !mark.hasPrefix(start) else { return nil }
        state = .answer
        return []
    }

    /// Takes what is certain of the text before a mark.
    private mutating func text(until mark: String, then next: State, keepsSpaceAtEnd: Bool) -> [String]? {
        if let close = held.firstRange(of: mark) {
            let text = held[..<close.lowerBound]
            let kept = String(keepsSpaceAtEnd ? text : text.droppingSpaceAtEnd)
            held = String(held[close.upperBound...])
            skipsSpace = next == .behindReasoning
            state = next
            return kept.isEmpty ? [] : [kept]
        }
        let open = held.dropLast(held.openSuffixLength(of: mark))
        let certain = keepsSpaceAtEnd ? open : open.droppingSpaceAtEnd
        guard !certain.isEmpty else { return nil }
        let text = String(certain)
        held = String(held[certain.endIndex...])
        return [text]
    }
}

extension StringProtocol {
    /// How many characters at the end could begin `mark`.
    fileprivate func openSuffixLength(of mark: String) -> Int {
        stride(from: Swift.min(mark.count - 1, count), to: 0, by: -1).first { mark.hasPrefix(suffix($0)) } ?? 0
    }

    fileprivate var droppingSpaceAtEnd: SubSequence {
        self[..<(lastIndex { !$0.isWhitespace }.map(index(after:)) ?? startIndex)]
    }
}
