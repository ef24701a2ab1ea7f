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
            guard let sentence = sentence(around: place) else { continue }
            // Of a line without end, what was just quoted holds the next places, too.
            if found.last.map({ $0.upperBound < place.upperBound }) ?? true { found.append(sentence) }
        }
        return found.map(passage)
    }

    /// The sentence, or the sentences, that a place is in.
    private func sentence(around place: Range<Int>) -> Range<Int>? {
        let first = index(ofSentenceAfter: place.lowerBound)
        let touched = sentences[first...].prefix { $0.lowerBound < place.upperBound }
        guard let last = touched.last else { return nil }
        return lines(around: place, in: sentences[first].lowerBound..<last.upperBound)
    }

    /// The first sentence that ends behind a byte.
    private func index(ofSentenceAfter byte: Int) -> Int { sentences.sortedIndex { $0.upperBound > byte } }

    /// The sentence that names most of what is sought, or a line of it that names as much.
    ///
    /// - Returns: Of several that name as much, the shortest; nil where none names two thirds of the words, and at least
    ///   two, or where one word is sought and several sentences have it. Where the question has nothing but a phrase, the
    ///   first sentence that holds it.
    func nearest(to sought: SoughtWords) -> Passage? {
        if sought.telling.isEmpty {
            return sought.phrase.flatMap { firstPlace(of: $0) }.flatMap(sentence).map(passage)
        }
        var best: (count: Int, range: Range<Int>)?
        var others = 0
        for sentence in sentences {
            let whole = sentence.lowerBound..<sentence.upperBound
            let lines = bytes[whole].split(separator: UInt8(ascii: "\n")).map { $0.startIndex..<$0.endIndex }
            guard sought.count(in: String(decoding: bytes[whole], as: UTF8.self)) > 0 else { continue }
            others += 1
            for range in [whole] + lines where range.count <= Self.longestSentence {
                let count = sought.count(in: String(decoding: bytes[range], as: UTF8.self))
                if (count, -range.count) > (best?.count ?? 0, -(best?.range.count ?? 0)) { best = (count, range) }
            }
        }
        guard let best, best.count * 3 >= sought.telling.count * 2, best.count > 1 || others == 1 else { return nil }
        return passage(best.range)
    }

    /// What is longer is a table or a list, and no sentence.
    private static let longestSentence = 600

    /// A place's own lines, where a sentence is so long that it must be a table or a list, or of a line without end the
    /// words around the place.
    private func lines(around place: Range<Int>, in sentence: Range<Int>) -> Range<Int> {
        guard sentence.count > Self.longestSentence else { return sentence }
        let (newline, space) = (UInt8(ascii: "\n"), UInt8(ascii: " "))
        let room = Self.longestSentence / 2
        let first = min(place.lowerBound, max(sentence.lowerBound, place.lowerBound - room))
        let before = bytes[first..<place.lowerBound]
        let after = bytes[place.upperBound..<max(place.upperBound, min(sentence.upperBound, place.upperBound + room))]
        var (start, end) = (before.startIndex, after.endIndex)
        if let line = before.lastIndex(of: newline) {
            start = line + 1
        } else if start > sentence.lowerBound {
            start = before.firstIndex(of: space).map { $0 + 1 } ?? start
            while start < place.lowerBound, bytes[start] & 0xC0 == 0x80 { start += 1 }
        }
        if let line = after.firstIndex(of: newline) {
            end = line
        } else if end < sentence.upperBound {
            end = after.lastIndex(of: space) ?? end
            while end > place.upperBound, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        }
        return start..<end
    }

    /// Wherever the text says these words, with what follows until the clause, the line or the sentence ends.
    func clauses(beginning words: String) -> [Passage] {
        places(of: words).map(clause)
    }

    /// A quotation that ends with its window, with the rest of the clause; nil if it ends elsewhere, or with the text.
    func completed(_ quotation: String, of window: Int) -> Passage? {
        let end = windows[window].bytes.upperBound
        let sought = NormalizedText(quotation, foldsCase: true).scalars
        // What ends with a line is not cut off; a word or a number may be, and is none by itself.
        guard end < bytes.count, bytes[end] != UInt8(ascii: "\n"), !sought.isEmpty else { return nil }
        let next = normalized.ends.sortedIndex { $0 > end }
        guard next >= sought.count, normalized.ends[next - 1] == end,
            normalized.scalars[(next - sought.count)..<next].elementsEqual(sought)
        else { return nil }
        return clause(from: normalized.starts[next - sought.count]..<end)
    }

    /// What begins at a place, until the clause, the line or the sentence ends.
    private func clause(from place: Range<Int>) -> Passage {
        let index = index(ofSentenceAfter: place.lowerBound)
        let sentenceEnd = index < sentences.count ? sentences[index].upperBound : bytes.count
        let rest = bytes[place.upperBound..<max(sentenceEnd, place.upperBound)]
        let ends = [UInt8(ascii: ";"), UInt8(ascii: "\n")]
        // A line may end right after the words, before what they lead to.
        let begun = rest.firstIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") } ?? rest.endIndex
        var end = rest[begun...].firstIndex(where: ends.contains) ?? rest.endIndex
        while end > begun, [UInt8(ascii: "."), UInt8(ascii: " ")].contains(bytes[end - 1]) { end -= 1 }
        return passage(place.lowerBound..<end)
    }

    /// Where a quotation of a page stands, as a byte offset; it may begin on the page before.
    func start(of quotation: String, onPage page: Int) -> Int? {
        let window = windows.sortedIndex { $0.pages.upperBound >= page }
        let first = window < windows.count ? windows[max(0, window - 1)].bytes.lowerBound : 0
        return (firstPlace(of: quotation, from: first) ?? firstPlace(of: quotation))?.lowerBound
    }

    private func firstPlace(of phrase: String, from byte: Int = 0) -> Range<Int>? {
        places(of: phrase, from: normalized.starts.sortedIndex { $0 >= byte }, atMost: 1).first
    }

    private func places(
        of phrase: String,
        from start: Int = 0,
        atMost count: Int = .max
    ) -> [Range<Int>] {
        let sought = NormalizedText(phrase, foldsCase: true).scalars
        guard !sought.isEmpty else { return [] }
        var places: [Range<Int>] = []
        var from = start
        while places.count < count, let found = normalized.range(of: sought, from: from, edges: .wholeWords) {
            places.append(normalized.starts[found.lowerBound]..<normalized.ends[found.upperBound - 1])
            from = found.upperBound
        }
        return places
    }

    private func passage(_ range: Range<Int>) -> Passage {
        let first = windows[max(0, windows.sortedIndex { $0.bytes.lowerBound > range.lowerBound } - 1)].pages
        let last = windows[max(0, windows.sortedIndex { $0.bytes.lowerBound >= range.upperBound } - 1)].pages
        return Passage(
            text: String(decoding: bytes[range], as: UTF8.self).collapsedWhiteSpace,
            pages: first.lowerBound...max(first.upperBound, last.upperBound),
            start: range.lowerBound
        )
    }
}
