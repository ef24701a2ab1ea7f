// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What a reader wrote down of a document, put together as its pages follow each other.
struct WrittenText {
    /// A part of it, with the pages that it stands on.
    struct Passage: Equatable {
        /// Without line ends: runs of white space are one space.
        var text: String
        var pages: ClosedRange<Int>
        /// The byte at which it begins.
        var start: Int
    }

    private let bytes: [UInt8]
    private let normalized: NormalizedText
    private let sentences: [SourceRange]
    /// The pages of each window, and where what was written down of them stands.
    private let windows: [(pages: ClosedRange<Int>, bytes: Range<Int>)]

    /// - Parameters:
    ///   - pieces: What was written down of each window.
    ///   - windows: The pages of each, in order.
    ///   - joints: What stands between pages; without it every window is a line of its own.
    init(_ pieces: [String], of windows: [ClosedRange<Int>], joints: PageJoints?) {
        var text = ""
        var parts: [(pages: ClosedRange<Int>, bytes: Range<Int>)] = []
        for (piece, window) in zip(pieces, windows) {
            if let before = parts.last?.pages {
                let follows = before.upperBound + 1 == window.lowerBound
                text += follows ? joints?.before(page: window.lowerBound) ?? "\n" : "\n\n"
            }
            let start = text.utf8.count
            text += piece
            parts.append((window, start..<text.utf8.count))
        }
        bytes = Array(text.utf8)
        normalized = NormalizedText(bytes[...], foldsCase: true)
        sentences = SentenceSplitter.ranges(of: text)
        self.windows = parts
    }

    /// The sentences that hold a phrase, each once; capitals and the kind of white space do not matter.
    func sentences(holding phrase: String) -> [Passage] {
        var found: [Range<Int>] = []
        for place in places(of: phrase) {
            let touched = sentences.filter { $0.upperBound > place.lowerBound && $0.lowerBound < place.upperBound }
            guard let first = touched.first, let last = touched.last else { continue }
            let range = first.lowerBound..<last.upperBound
            let whole = lines(around: place, in: range)
            if found.last != whole { found.append(whole) }
        }
        return found.map(passage)
    }

    /// The sentence that names most of what is sought, or a line of it that names as much.
    ///
    /// - Returns: Of several that name as much, the shortest; nil where none names two thirds of the words, and at least
    ///   two, or where one word is sought and several sentences have it. Where the question has nothing but a phrase, the
    ///   first sentence that holds it.
    func nearest(to sought: SoughtWords) -> Passage? {
        if sought.telling.isEmpty { return sought.phrase.flatMap { sentences(holding: $0).first } }
        var best: (count: Int, range: Range<Int>)?
        var others = 0
        for sentence in sentences {
            let whole = sentence.lowerBound..<sentence.upperBound
            let lines = bytes[whole].split(separator: UInt8(ascii: "\n")).map { $0.startIndex..<$0.endIndex }
            guard sought.count(in: String(decoding: bytes[whole], as: UTF8.self)) > 0 else { continue }
            others += 1
            for range in whole.count <= Self.longestSentence ? [whole] + lines : lines {
                let count = sought.count(in: String(decoding: bytes[range], as: UTF8.self))
                if (count, -range.count) > (best?.count ?? 0, -(best?.range.count ?? 0)) { best = (count, range) }
            }
        }
        guard let best, best.count * 3 >= sought.telling.count * 2, best.count > 1 || others == 1 else { return nil }
        return passage(best.range)
    }

    /// What is longer is a table or a list, and no sentence.
    private static let longestSentence = 600

    /// A place's own lines, where a sentence is so long that it must be a table or a list.
    private func lines(around place: Range<Int>, in sentence: Range<Int>) -> Range<Int> {
        guard sentence.count > Self.longestSentence else { return sentence }
        let newline = UInt8(ascii: "\n")
        let start = bytes[sentence.lowerBound..<place.lowerBound].lastIndex(of: newline).map { $0 + 1 }
        let end = bytes[place.upperBound..<max(sentence.upperBound, place.upperBound)].firstIndex(of: newline)
        return (start ?? sentence.lowerBound)..<(end ?? sentence.upperBound)
    }

    /// Wherever the text says these words, with what follows until the clause, the line or the sentence ends.
    func clauses(beginning words: String) -> [Passage] {
        places(of: words).map(clause)
    }

    /// A quotation that ends with its window, with the rest of the clause; nil if it ends elsewhere, or with the text.
    func completed(_ quotation: String, of window: Int) -> Passage? {
        let window = windows[window].bytes
        // What ends with a line is not cut off; a word or a number may be, and is none by itself.
        guard window.upperBound < bytes.count, bytes[window.upperBound] != UInt8(ascii: "\n"),
            let place = places(of: quotation, edges: .anywhere).last(where: { $0.upperBound == window.upperBound })
        else { return nil }
        return clause(from: place)
    }

    /// What begins at a place, until the clause, the line or the sentence ends.
    private func clause(from place: Range<Int>) -> Passage {
        let sentence = sentences.first { $0.upperBound > place.lowerBound }
        let rest = bytes[place.upperBound..<max(sentence?.upperBound ?? bytes.count, place.upperBound)]
        let ends = [UInt8(ascii: ";"), UInt8(ascii: "\n")]
        // A line may end right after the words, before what they lead to.
        let begun = rest.firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") } ?? rest.endIndex
        var end = rest[begun...].firstIndex(where: ends.contains) ?? rest.endIndex
        while end > begun, [UInt8(ascii: "."), UInt8(ascii: " ")].contains(bytes[end - 1]) { end -= 1 }
        return passage(place.lowerBound..<end)
    }

    /// Where a quotation stands first, as a byte offset.
    func start(of quotation: String) -> Int? { places(of: quotation).first?.lowerBound }

    private func places(of phrase: String, edges: NormalizedText.Edges = .wholeWords) -> [Range<Int>] {
        let sought = NormalizedText(phrase, foldsCase: true).scalars
        guard !sought.isEmpty else { return [] }
        var places: [Range<Int>] = []
        var from = 0
        while let found = normalized.range(of: sought, from: from, edges: edges) {
            places.append(normalized.starts[found.lowerBound]..<normalized.ends[found.upperBound - 1])
            from = found.upperBound
        }
        return places
    }

    private func passage(_ range: Range<Int>) -> Passage {
        let words = String(decoding: bytes[range], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let first = windows.last { $0.bytes.lowerBound <= range.lowerBound }?.pages ?? windows[0].pages
        let last = windows.last { $0.bytes.lowerBound < range.upperBound }?.pages ?? first
        return Passage(
            text: words.joined(separator: " "),
            pages: first.lowerBound...max(first.upperBound, last.upperBound),
            start: range.lowerBound
        )
    }
}
