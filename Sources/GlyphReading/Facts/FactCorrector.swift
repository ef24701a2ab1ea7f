// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Puts exact strings right that a reader misread, while its answer is being written.
///
/// A string of an answer that the document does not hold is compared with those that it does. If one of them is far
/// nearer than all others it replaces what was read. Numbers are left alone where a reader may have computed them.
public struct FactCorrector: Sendable {
    /// One string that was put right.
    public struct Correction: Sendable, Equatable {
        public var read: String
        public var written: String
    }

    public private(set) var corrections: [Correction] = []
    private let facts: [Fact.Kind: [String]]
    private let known: Set<String>
    private let correctsNumbers: Bool
    /// The end of the answer so far, which may go on.
    private var open = ""

    /// - Parameters:
    ///   - facts: the strings that the reader may have seen.
    ///   - correctsNumbers: whether numbers are only ever copied, as by readers that extract.
    public init(_ facts: some Sequence<Fact>, correctsNumbers: Bool) {
        let texts = Set(facts.map { KindAndText(kind: $0.kind, text: $0.text) })
        self.facts = Dictionary(grouping: texts, by: \.kind).mapValues { $0.map(\.text).sorted() }
        known = Set(texts.map(\.text))
        self.correctsNumbers = correctsNumbers
    }

    /// A whole answer put right.
    ///
    /// - Parameters:
    ///   - answer: what was read.
    ///   - facts: the strings that the reader may have seen.
    ///   - correctsNumbers: whether numbers are only ever copied.
    /// - Returns: the answer, and what was put right in it.
    public static func corrected(
        _ answer: String,
        by facts: some Sequence<Fact>,
        correctsNumbers: Bool
    ) -> (text: String, corrections: [Correction]) {
        var corrector = FactCorrector(facts, correctsNumbers: correctsNumbers)
        let text = corrector.next(answer) + corrector.finish()
        return (text, corrector.corrections)
    }

    /// Takes the next piece of an answer and returns what of it is certain.
    public mutating func next(_ piece: String) -> String {
        guard !known.isEmpty else { return piece }
        open += piece
        let bytes = Array(open.utf8)
        guard let end = bytes.lastIndex(where: { !FactFinder.belongsToRun($0) }) else {
            // A run that is too long to be a string that is known need not be held back.
            guard bytes.count > FactFinder.longestRun else { return "" }
            defer { open = "" }
            return open
        }
        open = String(decoding: bytes[(end + 1)...], as: UTF8.self)
        return corrected(Array(bytes[...end]))
    }

    /// The rest of the answer.
    public mutating func finish() -> String {
        defer { open = "" }
        return corrected(Array(open.utf8))
    }

    private mutating func corrected(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        var end = 0
        for fact in FactFinder.facts(in: bytes) where !known.contains(fact.text) {
            guard let written = nearest(to: fact) else { continue }
            result += bytes[end..<fact.source.lowerBound] + Array(written.utf8)
            end = fact.source.upperBound
            corrections.append(Correction(read: fact.text, written: written))
        }
        return String(decoding: result + bytes[end...], as: UTF8.self)
    }

    private func nearest(to fact: Fact) -> String? {
        guard fact.isOpaque, fact.kind != .number || correctsNumbers else { return nil }
        // A misread letter makes hexadecimal digits an identifier, or a number hexadecimal.
        let kinds: [Fact.Kind] = fact.kind == .number ? [.number] : [.uuid, .hex, .identifier, .email, .url]
        let read = Array(fact.text.utf8)
        let limit = max(1, read.count / 4)
        var best: (text: String, distance: Int)?
        var second = Int.max
        for text in kinds.flatMap({ facts[$0] ?? [] }) where abs(text.utf8.count - read.count) <= limit {
            let distance = Self.distance(read, Array(text.utf8))
            if distance < best?.distance ?? .max {
                second = best?.distance ?? .max
                best = (text, distance)
            } else {
                second = min(second, distance)
            }
        }
        // Twice as near as any other: otherwise it might be either.
        guard let best, best.distance <= limit, second / 2 >= best.distance else { return nil }
        return best.text
    }

    /// Insertions, deletions and substitutions between two short strings.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substituted = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }

    private struct KindAndText: Hashable {
        var kind: Fact.Kind
        var text: String
    }
}
