// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Cuts a paragraph's fragments into words, as reportlab's `_getFragWords` does.
struct OfficialWords {
    let text: OfficialText
    let font: OfficialFont
    private var words: [OfficialWord] = []
    // The word being collected; nil when there is none.
    private var start: Int?
    private var width = 0.0
    private var end = 0

    /// The words of a paragraph of several fragments.
    static func split(_ text: OfficialText, font: OfficialFont) -> [OfficialWord] {
        var splitter = OfficialWords(text: text, font: font)
        splitter.run()
        return splitter.words
    }

    /// Undoes the cutting of over-long words (`_rejoinSplitFragWords`), so that the paragraph can be broken anew.
    static func rejoin(_ words: ArraySlice<OfficialWord>) -> [OfficialWord] {
        var result: [OfficialWord] = []
        var open: OfficialWord?
        for word in words where word.kind != .injectedBreak {
            if word.isCut {
                if var joined = open {
                    joined.end = word.end
                    joined.width += word.width
                    joined.hasSpaceAfter = word.hasSpaceAfter
                    open = joined
                } else {
                    open = word
                    open?.kind = .plain
                }
                if word.hasSpaceAfter, let joined = open {
                    result.append(joined)
                    open = nil
                }
            } else {
                if let joined = open { result.append(joined) }
                open = nil
                result.append(word)
            }
        }
        if let joined = open { result.append(joined) }
        return result
    }

    private init(text: OfficialText, font: OfficialFont) {
        self.text = text
        self.font = font
        words.reserveCapacity(text.scalars.count / 4)
    }

    private mutating func run() {
        var stripsLeading = true
        for fragment in text.fragments {
            if fragment.isLineBreak {
                close(hasSpaceAfter: false)
                let at = Int32(fragment.start)
                words.append(OfficialWord(start: at, end: at, width: 0, kind: .lineBreak, hasSpaceAfter: false))
                stripsLeading = true
                continue
            }
            var from = fragment.start
            if stripsLeading {
                while from < fragment.end, text.scalars[from] == 0x20 { from += 1 }
                if from == fragment.end { continue }
                stripsLeading = false
            }
            add(from..<fragment.end, hasNoBreakSpace: fragment.hasNoBreakSpace)
        }
        close(hasSpaceAfter: false)
        if words.isEmpty, !text.fragments.isEmpty {
            words.append(OfficialWord(start: 0, end: 0, width: 0, kind: .plain, hasSpaceAfter: false))
        }
    }

    private mutating func add(_ range: Range<Int>, hasNoBreakSpace: Bool) {
        let startsWithSpace = text.scalars[range.lowerBound] == 0x20
        let endsWithSpace = text.scalars[range.upperBound - 1] == 0x20
        var pieces = 0
        var needsEmptyFirst = false
        let isBlank = startsWithSpace && !hasNoBreakSpace && text.scalars[range].allSatisfy { $0 == 0x20 }
        if startsWithSpace {
            let previousHasSpace: Bool
            if start != nil {
                close(hasSpaceAfter: false)
                previousHasSpace = false
            } else {
                previousHasSpace = words.last?.hasSpaceAfter ?? false
            }
            if previousHasSpace, isBlank { return }
            needsEmptyFirst = !previousHasSpace
        }
        // Python's str.split drops empty ends; the regular expression used around no-break spaces keeps them.
        if needsEmptyFirst {
            open(at: range.lowerBound)
            pieces += 1
        }
        if hasNoBreakSpace, startsWithSpace {
            if pieces > 0 { close(hasSpaceAfter: true) }
            open(at: range.lowerBound)
            pieces += 1
        }
        var index = range.lowerBound
        while index < range.upperBound {
            if text.scalars[index] == 0x20 {
                index += 1
                continue
            }
            var wordEnd = index
            var sum = 0.0
            text.scalars.withUnsafeBufferPointer { scalars in
                while wordEnd < range.upperBound, scalars[wordEnd] != 0x20 {
                    sum += font.character(scalars[wordEnd]).width
                    wordEnd += 1
                }
            }
            if pieces > 0 { close(hasSpaceAfter: true) }
            open(at: index)
            width += font.widthFactor * sum
            end = wordEnd
            pieces += 1
            index = wordEnd
        }
        if hasNoBreakSpace, endsWithSpace {
            if pieces > 0 { close(hasSpaceAfter: true) }
            open(at: range.upperBound - 1)
            pieces += 1
        }
        if endsWithSpace { close(hasSpaceAfter: true) }
    }

    /// Continues the word being collected, or starts one; an empty word still belongs to the fragment at `index`.
    private mutating func open(at index: Int) {
        if start == nil {
            start = index
            width = 0
            end = index
        }
    }

    private mutating func close(hasSpaceAfter: Bool) {
        guard let first = start else { return }
        words.append(
            OfficialWord(
                start: Int32(first),
                end: Int32(end),
                width: width,
                kind: .plain,
                hasSpaceAfter: hasSpaceAfter
            )
        )
        start = nil
    }
}
