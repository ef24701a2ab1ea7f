// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// reportlab's greedy line breaking (`Paragraph.breakLines`) for paragraphs of several fragments.
///
/// The order of floating-point operations is reportlab's, because a line that just fits must just fit here too.
struct OfficialBreaker {
    let text: OfficialText
    let font: OfficialFont
    /// The widths of the first line and of the others, in points.
    let firstWidth: Double
    let otherWidth: Double
    /// What follows after so many lines may be broken wrongly; the next page breaks it again.
    let enough: Int

    private var lines: [OfficialLine] = []
    private var line = OfficialLine()
    private var hasContent = false
    private var currentWidth = 0.0
    private var spaceWidth = 0.0
    /// The colour of the line's last fragment, and whether it has no text yet.
    private var lastColor: UInt16 = 0
    private var lastIsEmpty = true
    /// The spaces in each fragment of the line but the last, where there are any, and in the last.
    private var earlierSpaces: [Int] = []
    private var lastSpaces = 0

    init(text: OfficialText, font: OfficialFont, firstWidth: Double, otherWidth: Double, enough: Int) {
        self.text = text
        self.font = font
        self.firstWidth = firstWidth
        self.otherWidth = otherWidth
        self.enough = enough
    }

    /// reportlab's `spaceShrinkage`: a line may overflow by this share of its spaces, which are then narrowed.
    static let spaceShrinkage = 0.05

    /// How far the running line may overflow, summed fragment by fragment as reportlab does.
    private var shrinkableWidth: Double {
        guard hasContent else { return 0 }
        var width = spaceWidth
        for count in earlierSpaces { width += Double(count) * font.spaceWidth }
        if lastSpaces > 0 { width += Double(lastSpaces) * font.spaceWidth }
        return width * Self.spaceShrinkage
    }

    private mutating func startFragment() {
        if lastSpaces > 0 { earlierSpaces.append(lastSpaces) }
        lastSpaces = 0
    }

    private mutating func startLine() {
        line.pieces.reserveCapacity(48)
        earlierSpaces.removeAll(keepingCapacity: true)
        lastSpaces = 0
        lastIsEmpty = true
    }

    private func width(ofLine index: Int) -> Double { index == 0 ? firstWidth : otherWidth }

    /// Breaks `pending` into lines; returns them with the words as they were finally used, cut words in parts.
    mutating func run(_ pending: [OfficialWord]) -> (lines: [OfficialLine], words: [OfficialWord]) {
        var used: [OfficialWord] = []
        used.reserveCapacity(pending.count + 8)
        lines.reserveCapacity(32)
        var inserted: [OfficialWord] = []  // a stack: words to look at before the next pending one
        var next = 0
        var maxWidth = width(ofLine: 0)
        while true {
            let word: OfficialWord
            if let top = inserted.popLast() {
                word = top
            } else if next < pending.count {
                word = pending[next]
                next += 1
            } else {
                break
            }
            if !hasContent {
                line.wordCount = 0
                spaceWidth = 0
                currentWidth = 0
            }
            let newWidth = word.width > 0 ? currentWidth + spaceWidth + word.width : currentWidth
            let limit = maxWidth + shrinkableWidth
            if !word.isBreak, newWidth > limit, !word.isCut, word.width > maxWidth {
                let parts = cut(word, room: maxWidth - spaceWidth - currentWidth, line: lines.count)
                let at = word.start
                inserted.append(contentsOf: parts.dropFirst().reversed())
                inserted.append(
                    OfficialWord(start: at, end: at, width: 0, kind: .injectedBreak, hasSpaceAfter: false)
                )
                inserted.append(parts[0])
                continue
            }
            used.append(word)
            if !((newWidth > limit && line.wordCount > 0) || word.isBreak) {
                add(word)
                currentWidth = newWidth
                continue
            }
            line.extraSpace = maxWidth - currentWidth
            line.endsWithBreak = word.kind == .lineBreak
            lines.append(line)
            line = OfficialLine()
            line.firstWord = used.count - 1
            maxWidth = width(ofLine: lines.count)
            hasContent = false
            if word.isBreak { continue }
            start(with: word)
        }
        if hasContent {
            line.extraSpace = maxWidth - currentWidth
            lines.append(line)
        }
        return (lines, used)
    }

    /// Adds a word to the running line, with the space that the previous word left.
    private mutating func add(_ word: OfficialWord) {
        let isEmpty = word.start == word.end
        if !isEmpty { line.wordCount += 1 }
        let color = firstColor(of: word)
        if !hasContent {
            startLine()
            lastColor = color
        } else if color != lastColor {
            if spaceWidth > 0, line.pieces.last?.isSpace != true || lastIsEmpty { appendSpace() }
            startFragment()
            lastColor = color
            lastIsEmpty = true
        } else if spaceWidth > 0, lastIsEmpty || line.pieces.last?.isSpace != true {
            appendSpace()
        }
        append(word)
        spaceWidth = word.hasSpaceAfter ? font.spaceWidth : 0
    }

    /// Starts a line with a word that did not fit the previous one.
    private mutating func start(with word: OfficialWord) {
        startLine()
        lastColor = firstColor(of: word)
        append(word)
        line.wordCount = 1
        currentWidth = word.width
        spaceWidth = word.hasSpaceAfter ? font.spaceWidth : 0
    }

    private mutating func appendSpace() {
        line.pieces.append(.space)
        lastSpaces += 1
        lastIsEmpty = false
    }

    private mutating func append(_ word: OfficialWord) {
        hasContent = true
        guard word.start < word.end else { return }
        line.pieces.append(OfficialLine.Piece(start: word.start, end: word.end))
        lastIsEmpty = false
        let last = text.fragmentOf[Int(word.end) - 1]
        if last != text.fragmentOf[Int(word.start)] { startFragment() }
        lastColor = text.fragments[Int(last)].color
    }

    private func firstColor(of word: OfficialWord) -> UInt16 {
        guard Int(word.start) < text.fragmentOf.count else { return lastColor }
        return text.fragments[Int(text.fragmentOf[Int(word.start)])].color
    }

    /// Cuts a word that fits no line into parts that each fill one (`_splitFragWord`), but leaves in one part what no
    /// page will show now.
    private mutating func cut(_ word: OfficialWord, room: Double, line index: Int) -> [OfficialWord] {
        var parts: [OfficialWord] = []
        var maxWidth = room
        var lineIndex = index
        let nextWidth = width(ofLine: index + 1)
        var lineWidth = 0.0
        var partWidth = 0.0
        var partStart = word.start
        for at in word.start..<word.end {
            let characterWidth = font.widthFactor * font.character(text.scalars[Int(at)]).width
            var newWidth = lineWidth + characterWidth
            if newWidth > maxWidth, partWidth != 0 || characterWidth <= nextWidth {
                parts.append(
                    OfficialWord(start: partStart, end: at, width: partWidth, kind: .cut, hasSpaceAfter: false)
                )
                lineIndex += 1
                maxWidth = nextWidth
                newWidth = characterWidth
                partWidth = 0
                partStart = at
                if lineIndex > max(enough, index + 1) {
                    parts.append(.uncut(at..<word.end, hasSpaceAfter: word.hasSpaceAfter))
                    return parts
                }
            }
            partWidth += characterWidth
            lineWidth = newWidth
        }
        parts.append(
            OfficialWord(
                start: partStart,
                end: word.end,
                width: partWidth,
                kind: .cutEnd,
                hasSpaceAfter: word.hasSpaceAfter
            )
        )
        return parts
    }
}
