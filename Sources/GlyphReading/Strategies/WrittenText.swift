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
    /// The windows that have a text, and the byte at which each begins.
    private let windows: [(pages: ClosedRange<Int>, start: Int)]

    /// - Parameters:
    ///   - pieces: What was written down of each window.
    ///   - windows: The pages of each, in order.
    ///   - joints: What stands between pages; without it every window is a line of its own.
    init(_ pieces: [String], of windows: [ClosedRange<Int>], joints: PageJoints?) {
        var text = ""
        var starts: [(pages: ClosedRange<Int>, start: Int)] = []
        for (piece, window) in zip(pieces, windows) {
            if let before = starts.last?.pages {
                let follows = before.upperBound + 1 == window.lowerBound
                text += follows ? joints?.before(page: window.lowerBound) ?? "\n" : "\n\n"
            }
            starts.append((window, text.utf8.count))
            text += piece
        }
        bytes = Array(text.utf8)
        normalized = NormalizedText(bytes[...], foldsCase: true)
        sentences = SentenceSplitter.ranges(of: text)
        self.windows = starts
    }

    /// The sentences that hold a phrase, each once; capitals and the kind of white space do not matter.
    func sentences(holding phrase: String) -> [Passage] {
        var found: [Range<Int>] = []
        for place in places(of: phrase) {
            let touched = sentences.filter { $0.upperBound > place.lowerBound && $0.lowerBound < place.upperBound }
            guard let first = touched.first, let last = touched.last else { continue }
            let range = first.lowerBound..<last.upperBound
            if found.last != range { found.append(range) }
        }
        return found.map(passage)
    }

    /// Wherever the text says these words, with what follows until the clause, the line or the sentence ends.
    func clauses(beginning words: String) -> [Passage] {
        places(of: words).map { place in
            let sentence = sentences.first { $0.upperBound > place.lowerBound }
            var end = sentence?.upperBound ?? bytes.count
            let ends = [UInt8(ascii: ";"), UInt8(ascii: "\n")]
            // A line may end right after the words, before what they lead to.
            let rest = bytes[place.upperBound..<max(end, place.upperBound)]
            let begun = rest.firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") } ?? rest.endIndex
            end = rest[begun...].firstIndex(where: ends.contains) ?? rest.endIndex
            while end > begun, [UInt8(ascii: "."), UInt8(ascii: " ")].contains(bytes[end - 1]) { end -= 1 }
            return passage(place.lowerBound..<end)
        }
    }

    /// Where a quotation stands first, as a byte offset.
    func start(of quotation: String) -> Int? { places(of: quotation).first?.lowerBound }

    private func places(of phrase: String) -> [Range<Int>] {
        let sought = NormalizedText(phrase, foldsCase: true).scalars
        guard !sought.isEmpty else { return [] }
        var places: [Range<Int>] = []
        var from = 0
        while let found = normalized.range(of: sought, from: from, asWords: true) {
            places.append(normalized.starts[found.lowerBound]..<normalized.ends[found.upperBound - 1])
            from = found.upperBound
        }
        return places
    }

    private func passage(_ range: Range<Int>) -> Passage {
        let words = String(decoding: bytes[range], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let first = windows.last { $0.start <= range.lowerBound }?.pages ?? windows[0].pages
        let last = windows.last { $0.start < range.upperBound }?.pages ?? first
        return Passage(
            text: words.joined(separator: " "),
            pages: first.lowerBound...max(first.upperBound, last.upperBound),
            start: range.lowerBound
        )
    }
}
