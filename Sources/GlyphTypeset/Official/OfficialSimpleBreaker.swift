// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// reportlab's line breaking for a paragraph of one fragment (`Paragraph.breakLines`, kind 0): no tags, no entities.
enum OfficialSimpleBreaker {
    /// The words of a single fragment.
    static func words(of text: OfficialText, font: OfficialFont) -> [OfficialWord] {
        var words: [OfficialWord] = []
        var index = 0
        while index < text.scalars.count {
            if text.scalars[index] == 0x20 {
                index += 1
                continue
            }
            let start = index
            while index < text.scalars.count, text.scalars[index] != 0x20 { index += 1 }
            words.append(word(start..<index, of: text, font: font))
        }
        return words
    }

    /// Undoes the cutting of over-long words (`_yieldBLParaWords`); widths are measured anew.
    static func rejoin(
        _ words: some Sequence<OfficialWord>,
        of text: OfficialText,
        font: OfficialFont
    ) -> [OfficialWord] {
        var result: [OfficialWord] = []
        var open: OfficialWord?
        func flush() {
            guard var joined = open else { return }
            if joined.width < .infinity {
                joined = word(Int(joined.start)..<Int(joined.end), of: text, font: font)
            }
            (joined.kind, joined.hasSpaceAfter) = (.plain, true)
            result.append(joined)
            open = nil
        }
        for next in words {
            if next.isCut {
                var joined = open ?? next
                // Of the width only matters whether it is known: if so it is measured anew.
                (joined.end, joined.width) = (next.end, max(joined.width, next.width))
                open = joined
                if next.kind == .cutEnd { flush() }
            } else {
                flush()
                result.append(next)
            }
        }
        flush()
        return result
    }

    private static func word(_ range: Range<Int>, of text: OfficialText, font: OfficialFont) -> OfficialWord {
        var sum = 0.0
        for at in range { sum += font.character(text.scalars[at]).width }
        return OfficialWord(
            start: Int32(range.lowerBound),
            end: Int32(range.upperBound),
            width: font.widthFactor * sum,
            kind: .plain,
            hasSpaceAfter: true
        )
    }

    /// Breaks `words` into lines; each line remembers its words so that a page break can rejoin them.
    ///
    /// What follows after `enough` lines may be broken wrongly; the next page breaks it again.
    static func run(
        _ words: [OfficialWord],
        of text: OfficialText,
        font: OfficialFont,
        firstWidth: Double,
        otherWidth: Double,
        enough: Int
    ) -> (lines: [OfficialLine], words: [OfficialWord]) {
        var lines: [OfficialLine] = []
        var used: [OfficialWord] = []
        var lineWords: [OfficialWord] = []
        let space = font.spaceWidth
        var currentWidth = -space
        var forcedSplit = false
        var pending = Array(words.reversed())
        func width(ofLine index: Int) -> Double { index == 0 ? firstWidth : otherWidth }
        func finishLine(extraSpace: Double) {
            var line = OfficialLine()
            line.isSimple = true
            line.extraSpace = extraSpace
            line.wordCount = lineWords.count
            line.firstWord = used.count
            for (position, word) in lineWords.enumerated() {
                if position > 0 { line.pieces.append(.space) }
                line.pieces.append(OfficialLine.Piece(start: word.start, end: word.end))
            }
            used += lineWords
            lines.append(line)
            lineWords = []
        }
        while let word = pending.popLast() {
            let isEmptyCut = word.start == word.end && word.isCut
            if isEmptyCut { forcedSplit = true }
            let maxWidth = width(ofLine: lines.count)
            let newWidth = currentWidth + space + word.width
            let limit = maxWidth + OfficialBreaker.spaceShrinkage * space * Double(lineWords.count)
            if newWidth > limit, !forcedSplit, !word.isCut, word.width > maxWidth {
                let parts = cut(word, lineWidth: currentWidth + space, line: lines.count, enough, text, font, width)
                pending.append(contentsOf: parts.reversed())
                forcedSplit = true
                continue
            }
            if newWidth <= limit || lineWords.isEmpty || forcedSplit {
                if word.start < word.end { lineWords.append(word) }
                if forcedSplit {
                    forcedSplit = false
                    finishLine(extraSpace: maxWidth - newWidth)
                    currentWidth = -space
                } else {
                    currentWidth = newWidth
                }
            } else {
                finishLine(extraSpace: maxWidth - currentWidth)
                lineWords = [word]
                currentWidth = word.width
            }
        }
        if !lineWords.isEmpty { finishLine(extraSpace: width(ofLine: lines.count) - currentWidth) }
        return (lines, used)
    }

    /// Cuts a word that fits no line (`_splitWord`), but leaves in one part what no page will show now.
    private static func cut(
        _ word: OfficialWord,
        lineWidth start: Double,
        line index: Int,
        _ enough: Int,
        _ text: OfficialText,
        _ font: OfficialFont,
        _ width: (Int) -> Double
    ) -> [OfficialWord] {
        var parts: [OfficialWord] = []
        var lineWidth = start
        var line = index
        var maxWidth = width(line)
        let nextWidth = width(line + 1)
        var partStart = word.start
        func part(_ end: Int32, _ kind: OfficialWord.Kind) -> OfficialWord {
            var part = Self.word(Int(partStart)..<Int(end), of: text, font: font)
            part.kind = kind
            return part
        }
        for at in word.start..<word.end {
            let characterWidth = font.widthFactor * font.character(text.scalars[Int(at)]).width
            var newWidth = lineWidth + characterWidth
            if newWidth > maxWidth, partStart < at || characterWidth <= nextWidth {
                parts.append(part(at, .cut))
                line += 1
                maxWidth = width(line)
                newWidth = characterWidth
                partStart = at
                if line > max(enough, index + 1) {
                    parts.append(.uncut(at..<word.end, hasSpaceAfter: true))
                    return parts
                }
            }
            lineWidth = newWidth
        }
        parts.append(part(word.end, .cutEnd))
        return parts
    }
}
