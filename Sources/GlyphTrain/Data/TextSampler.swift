// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks

/// Draws texts to fill pages with: prose to learn language from, and shuffled words and random strings so that the model
/// reads what is there instead of guessing what should be.
struct TextSampler: Sendable {
    let corpus: Corpus
    let mixture: TextMixture

    /// At most `count` characters that neither begin nor end with white space.
    func text(_ count: Int, _ random: inout SplitMix64) -> [Unicode.Scalar] {
        switch mixture.draw(&random) {
        case .prose: return corpus.prose(count, &random)
        case .shuffled: return words(count, &random) { corpus.words[Int.random(in: corpus.words.indices, using: &$0)] }
        case .random: return words(count, &random) { Self.randomString(length: Int.random(in: 3...9, using: &$0), &$0) }
        case .keys: return words(count, &random) { Self.key(&$0) }
        case .signs: return TypesetSigns.set(corpus.prose(count, &random), using: &random)
        }
    }

    private func words(
        _ count: Int,
        _ random: inout SplitMix64,
        _ word: (inout SplitMix64) -> [Unicode.Scalar]
    ) -> [Unicode.Scalar] {
        var text: [Unicode.Scalar] = []
        while text.count < count {
            if !text.isEmpty { text.append(Int.random(in: 0..<24, using: &random) == 0 ? "\n" : " ") }
            text += word(&random)
        }
        return Array(text.prefix(count)).trimmed
    }

    private static let letters = Array(
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_".unicodeScalars
    )

    static func randomString(length: Int, _ random: inout SplitMix64) -> [Unicode.Scalar] {
        (0..<length).map { _ in letters[Int.random(in: letters.indices, using: &random)] }
    }

    /// What must be copied exactly: numbers, hexadecimal strings and UUIDs.
    static func key(_ random: inout SplitMix64) -> [Unicode.Scalar] {
        let hexadecimal = Array("0123456789abcdef".unicodeScalars)
        func digits(_ count: Int, _ base: Int, _ random: inout SplitMix64) -> [Unicode.Scalar] {
            (0..<count).map { _ in hexadecimal[Int.random(in: 0..<base, using: &random)] }
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let groups = [8, 4, 4, 4, 12].map { digits($0, 16, &random) }
            return Array(groups.joined(separator: ["-"]))
        case 1: return digits(Int.random(in: 6...16, using: &random), 16, &random)
        default: return digits(Int.random(in: 3...10, using: &random), 10, &random)
        }
    }
}

extension Unicode.Scalar {
    var isSpace: Bool { self == " " || self == "\n" }
}

extension [Unicode.Scalar] {
    /// Without punctuation at the ends.
    var withoutMarks: [Unicode.Scalar] {
        let marks = ".,;:!?()[]\"'“”‘’".unicodeScalars
        return Array(self.drop { marks.contains($0) }.reversed().drop { marks.contains($0) }.reversed())
    }

    /// Without white space at the ends, which would be asked for without being seen; never empty.
    var trimmed: [Unicode.Scalar] {
        var text = self[...]
        while text.first?.isSpace == true { text = text.dropFirst() }
        while text.last?.isSpace == true { text = text.dropLast() }
        return text.isEmpty ? ["x"] : Array(text)
    }
}
