// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The marks around what a model thinks before it answers.
public struct ReasoningTags: Sendable, Equatable {
    public var open: String
    public var close: String

    public init(open: String = "<think>", close: String = "</think>") {
        self.open = open
        self.close = close
    }
}

/// Separates `<think>…</think>` at the beginning of an answer from the answer itself.
///
/// A pure state machine over text pieces. Only the beginning counts: a later `<think>` is part of the answer, because
/// the model may be quoting. White space between the marks and their text belongs to neither.
public struct ReasoningSplitter: Sendable {
    /// A piece of one or the other.
    public enum Piece: Sendable, Equatable {
        case reasoning(String)
        case answer(String)
    }

    private enum State {
        case beginning, reasoning, answer
    }

    private let tags: ReasoningTags?
    private var state: State
    private var held = ""
    private var skipsSpace: Bool

    /// - Parameters:
    ///   - tags: The model's marks; nil makes everything answer.
    ///   - startsInReasoning: The prompt ends with the opening mark, so the model writes only the closing one.
    public init(_ tags: ReasoningTags?, startsInReasoning: Bool = false) {
        self.tags = tags
        state = tags == nil ? .answer : startsInReasoning ? .reasoning : .beginning
        skipsSpace = startsInReasoning && tags != nil
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
        guard !held.isEmpty else { return [] }
        return [state == .reasoning ? .reasoning(held) : .answer(held)]
    }

    /// One transition; nil when more text is needed.
    private mutating func step() -> [Piece]? {
        guard let tags, !held.isEmpty else { return nil }
        if skipsSpace {
            held = String(held.drop(while: \.isWhitespace))
            guard !held.isEmpty else { return nil }
            skipsSpace = false
        }
        switch state {
        case .beginning:
            let start = held.drop(while: \.isWhitespace)
            if start.hasPrefix(tags.open) {
                held = String(start.dropFirst(tags.open.count))
                (state, skipsSpace) = (.reasoning, true)
                return []
            }
            if tags.open.hasPrefix(start) { return nil }
            state = .answer
            return []
        case .reasoning:
            if let close = held.firstRange(of: tags.close) {
                let thought = held[..<close.lowerBound].droppingSpaceAtEnd
                held = String(held[close.upperBound...])
                (state, skipsSpace) = (.answer, true)
                return thought.isEmpty ? [] : [.reasoning(String(thought))]
            }
            let certain = held.dropLast(held.openSuffixLength(of: tags.close)).droppingSpaceAtEnd
            guard !certain.isEmpty else { return nil }
            let piece = Piece.reasoning(String(certain))
            held = String(held[certain.endIndex...])
            return [piece]
        case .answer:
            defer { held = "" }
            return [.answer(held)]
        }
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
