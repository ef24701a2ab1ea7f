// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A paragraph on its way down the page: broken into lines, and split when the page ends.
///
/// Mirrors reportlab's `Paragraph.wrap` and `Paragraph.split`, including what they do to a paragraph the second time.
struct OfficialParagraph {
    /// The widths of the first and the other lines, and the leading, in points.
    struct Measure {
        var firstWidth: Double
        var otherWidth: Double
        var leading: Double
        /// The most lines that a page can hold.
        var linesPerPage: Int
    }

    private enum Content {
        case words([OfficialWord])
        case simpleWords([OfficialWord])
        case units([OfficialCJKBreaker.Unit], isSimple: Bool)
        case empty
    }

    let text: OfficialText
    /// Whether the last line is stretched like the others; true for the upper part of a split paragraph.
    private(set) var justifiesLastLine = false
    /// Whether this is the lower part of a split paragraph, which has no first-line indent.
    private(set) var isContinuation = false
    private(set) var lines: [OfficialLine] = []
    private var content: Content
    /// Words not yet looked at.
    ///
    /// A paragraph is broken in windows of words that fill a page and more, because breaking
    /// the rest of a 10 MB line anew on every page, as reportlab does, takes time quadratic in its length.
    private var rest: ArraySlice<OfficialWord> = []
    private let windowSize: Int
    static let defaultWindowSize = 8192
    private var usedWords: [OfficialWord] = []
    private var brokenUnits: [(line: OfficialLine, units: Range<Int>)] = []
    /// Whether breaking the rest anew, as reportlab does on every page, would give the same lines.
    private var isSettled = false
    /// Set on the upper part of a split CJK paragraph, whose lines reportlab keeps.
    private var hasFixedLines = false
    private var isBroken = false

    init(_ text: OfficialText, wrapsAnywhere: Bool, font: OfficialFont, windowSize: Int = defaultWindowSize) {
        self.text = text
        self.windowSize = windowSize
        let isSingle = text.fragments.count == 1
        if text.fragments.isEmpty {
            content = .empty
        } else if wrapsAnywhere {
            let units = isSingle && text.fragments[0].isLineBreak ? [] : OfficialCJKBreaker.units(of: text, font: font)
            content = .units(units, isSimple: isSingle)
        } else if isSingle {
            let words = OfficialSimpleBreaker.words(of: text, font: font)
            content = .simpleWords(Array(words.prefix(windowSize)))
            rest = words.dropFirst(windowSize)
        } else {
            let words = OfficialWords.split(text, font: font)
            content = .words(Array(words.prefix(windowSize)))
            rest = words.dropFirst(windowSize)
        }
    }

    private init(copying whole: OfficialParagraph, content: Content) {
        text = whole.text
        windowSize = whole.windowSize
        self.content = content
    }

    /// Breaks the paragraph into lines (`wrap`) and returns its height in points.
    mutating func wrap(_ measure: Measure, font: OfficialFont) -> Double {
        if !hasFixedLines, !isBroken { breakLines(measure, font: font) }
        return Double(lines.count) * measure.leading
    }

    private mutating func breakLines(_ measure: Measure, font: OfficialFont) {
        let first = isContinuation ? measure.otherWidth : measure.firstWidth
        // A page and what `split` looks at beyond it; without windows all of it, as reportlab does.
        let enough = windowSize == .max ? .max : measure.linesPerPage + 3
        switch content {
        case .empty: lines = []
        case .words(let words):
            let window = fillWindow(words, measure) { [text] window in
                var breaker = OfficialBreaker(
                    text: text,
                    font: font,
                    firstWidth: first,
                    otherWidth: measure.otherWidth,
                    enough: enough
                )
                return breaker.run(window)
            }
            // reportlab breaks the used words again the next time; only cut words can make a difference then.
            let hasCuts = usedWords.contains(where: \.isCut)
            content = .words(hasCuts ? OfficialWords.rejoin(usedWords[...]) : window)
            isBroken = !hasCuts
            isSettled = !hasCuts && rest.isEmpty && windowSize < .max
        case .simpleWords(let words):
            let window = fillWindow(words, measure) { [text] window in
                OfficialSimpleBreaker.run(
                    window,
                    of: text,
                    font: font,
                    firstWidth: first,
                    otherWidth: measure.otherWidth,
                    enough: enough
                )
            }
            content = .simpleWords(window)
            isBroken = true
        case .units(let units, let isSimple):
            brokenUnits = OfficialCJKBreaker.run(
                units,
                isSimple: isSimple,
                firstWidth: first,
                otherWidth: measure.otherWidth,
                enough: enough
            )
            lines = brokenUnits.map(\.line)
            isBroken = true
            isSettled = isSimple && windowSize < .max && OfficialCJKBreaker.areWhole(brokenUnits)
        }
    }

    /// Breaks a window of words, widened until it holds more lines than a page or the whole paragraph.
    ///
    /// The last line of a window that is not the paragraph's last is left out: more words may belong to it.
    private mutating func fillWindow(
        _ words: [OfficialWord],
        _ measure: Measure,
        _ breakLines: ([OfficialWord]) -> (lines: [OfficialLine], words: [OfficialWord])
    ) -> [OfficialWord] {
        var window = words
        while true {
            (lines, usedWords) = breakLines(window)
            if rest.isEmpty { return window }
            if lines.count > measure.linesPerPage + 1 {
                lines.removeLast()
                return window
            }
            window += rest.prefix(windowSize)
            rest = rest.dropFirst(windowSize)
        }
    }

    /// Splits the wrapped paragraph at a height (`split`), or returns nil when too little fits.
    ///
    /// reportlab refuses to leave a single line behind (`allowOrphans` is 0).
    mutating func split(
        availableHeight: Double,
        _ measure: Measure,
        font: OfficialFont
    ) -> (upper: OfficialParagraph, lower: OfficialParagraph?)? {
        let fitting = Int(availableHeight / measure.leading)
        guard fitting > 1 else { return nil }
        guard lines.count > fitting else { return (self, nil) }
        var upper: OfficialParagraph
        var lower: OfficialParagraph
        switch content {
        // A line break at the boundary would become an empty line on the next page.
        case .words where isSettled && !usedWords[lines[fitting].firstWord].isBreak:
            let boundary = lines[fitting].firstWord
            upper = OfficialParagraph(copying: self, content: .words([]))
            upper.lines = Array(lines[..<fitting])
            lower = OfficialParagraph(copying: self, content: .words([]))
            lower.lines = Array(lines[fitting...])
            for index in lower.lines.indices { lower.lines[index].firstWord -= boundary }
            lower.usedWords = Array(usedWords[boundary...])
            (upper.isBroken, lower.isBroken, lower.isSettled) = (true, true, true)
        case .words:
            let boundary = lines[fitting].firstWord
            var head = usedWords[..<boundary]
            while head.last?.kind == .injectedBreak { head.removeLast() }
            upper = OfficialParagraph(copying: self, content: .words(OfficialWords.rejoin(head)))
            lower = OfficialParagraph(copying: self, content: .words(OfficialWords.rejoin(usedWords[boundary...])))
        case .simpleWords:
            let boundary = lines[fitting].firstWord
            let head = OfficialSimpleBreaker.rejoin(usedWords[..<boundary], of: text, font: font)
            let tail = OfficialSimpleBreaker.rejoin(usedWords[boundary...], of: text, font: font)
            upper = OfficialParagraph(copying: self, content: .simpleWords(head))
            lower = OfficialParagraph(copying: self, content: .simpleWords(tail))
        case .units(_, let isSimple) where isSettled:
            upper = OfficialParagraph(copying: self, content: .units([], isSimple: isSimple))
            upper.lines = Array(lines[..<fitting])
            upper.hasFixedLines = true
            lower = OfficialParagraph(copying: self, content: content)
            lower.lines = Array(lines[fitting...])
            lower.brokenUnits = Array(brokenUnits[fitting...])
            (lower.isBroken, lower.isSettled) = (true, true)
        case .units(let units, let isSimple):
            let tail = OfficialCJKBreaker.remainder(
                brokenUnits[fitting...],
                of: units,
                isSimple: isSimple,
                spaceWidth: font.spaceWidth
            )
            upper = OfficialParagraph(copying: self, content: .units([], isSimple: isSimple))
            upper.lines = Array(lines[..<fitting])
            upper.hasFixedLines = true
            // A single remaining fragment takes the other path; reportlab finds no text in a lone line break.
            let isLoneBreak = tail.count == 1 && tail[0].isBreak
            let isSingle = lines.count - fitting == 1 && (isLoneBreak || !tail.contains(where: \.isBreak))
            lower = OfficialParagraph(
                copying: self,
                content: .units(isLoneBreak ? [] : tail, isSimple: isSimple || isSingle)
            )
        case .empty: return (self, nil)
        }
        lower.rest = rest
        upper.justifiesLastLine = !lines[fitting - 1].endsWithBreak
        upper.isContinuation = isContinuation
        lower.isContinuation = true
        return (upper, lower)
    }
}
