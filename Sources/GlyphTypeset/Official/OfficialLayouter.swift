// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// The layout of the published pipeline: reportlab paragraphs of 30 lines in a frame, drawn by poppler.
///
/// Reference: `scripts/word2png_function.py` of thu-coai/Glyph at 61afa7f, reportlab 5.1.0 (`Paragraph`, `Frame`,
/// `SimpleDocTemplate`) and poppler 22.12 (Splash). Its oddities are kept on purpose: a page that continues a
/// paragraph after a line break starts with an empty line, a paragraph's background covers the descenders of the
/// one above, a lone line is never left behind.
public struct OfficialLayouter: PageLayouter {
    /// reportlab's `Frame` pads its content by 6 points on each side.
    static let framePadding = 6.0

    private let config: RenderConfig
    private let font: OfficialFont
    private let wrapsAnywhere: Bool
    private let windowSize: Int
    private let textEnd: Int
    private var reader: OfficialReader
    private var builder: OfficialPageBuilder
    private let measure: OfficialParagraph.Measure
    private let frameX: Double
    private let frameTop: Double
    private let frameBottom: Double
    private let frameWidth: Double
    private var pending: OfficialParagraph?
    private var y: Double
    private var isAtTop = true
    private var previousSpaceAfter = 0.0
    private var isPostponed = false
    private var isFinished = false

    /// Prepares the layout of a document.
    ///
    /// - Throws: `InputError` when the font cannot be opened or the frame's padding leaves no width.
    public init(text: SourceText, config: RenderConfig) throws {
        try self.init(text: text, config: config, windowSize: OfficialParagraph.defaultWindowSize)
    }

    /// The same, with the number of words that are broken at a time, which changes no page; with all of them at once,
    /// what is left of a paragraph is broken anew on every page, as reportlab does.
    init(text: SourceText, config: RenderConfig, windowSize: Int) throws {
        self.windowSize = windowSize
        self.config = config
        font = try OfficialFont(config.font, size: config.fontSize)
        wrapsAnywhere = CJKDetection.hasIdeograph(text.utf8)
        textEnd = text.utf8.count
        var palette = [config.fontColor]
        if case .text(_, let color?) = config.newlineMarkup { palette.append(color) }
        reader = OfficialReader(text: text, markup: config.newlineMarkup, markupColor: 1)
        builder = OfficialPageBuilder(config: config, font: font, palette: palette)
        let padding = Self.framePadding
        frameX = config.marginX + padding
        frameTop = config.marginY + (config.pageHeight - config.marginY - config.marginY) - padding
        frameBottom = config.marginY + padding
        let frameRight = config.marginX + (config.pageWidth - config.marginX - config.marginX)
        frameWidth = frameRight - config.marginX - padding - padding
        guard frameWidth > OfficialCJKBreaker.fuzz else {
            throw InputError(
                at: "margin-x",
                "leaves \(frameWidth) points for text",
                expected: "a page wider than its margins and the frame's padding of \(2 * padding) points",
                remedy: "Lower margin-x, or use \"layout\": \"unicode\""
            )
        }
        measure = OfficialParagraph.Measure(
            firstWidth: frameWidth - (config.leftIndent + config.firstLineIndent) - config.rightIndent,
            otherWidth: frameWidth - config.leftIndent - config.rightIndent,
            leading: config.lineHeight,
            linesPerPage: Int((frameTop - frameBottom) / config.lineHeight) + 1
        )
        y = frameTop
        // Each page adds a space to every line that is left. Where one does not fit behind a character it is a line of its
        // own, and the pages never end.
        let narrowest = min(measure.firstWidth, measure.otherWidth)
        let needed = config.fontSize + font.spaceWidth
        guard !wrapsAnywhere || narrowest >= needed else {
            throw InputError(
                at: "page-size",
                "leaves \(narrowest) points for a line of Chinese, Japanese or Korean text",
                expected: "at least \(needed) points",
                remedy: "Make pages wider or indents smaller, or use \"layout\": \"unicode\""
            )
        }
    }

    public mutating func nextPage() throws -> PageLayout? {
        if isFinished { return nil }
        while true {
            if pending == nil {
                guard let text = reader.next() else {
                    isFinished = true
                    return builder.finishPage(isLast: true, textEnd: textEnd)
                }
                builder.countDropped(text.dropped)
                pending = OfficialParagraph(
                    text,
                    wrapsAnywhere: wrapsAnywhere,
                    font: font,
                    windowSize: windowSize
                )
                isPostponed = false
            }
            guard var paragraph = pending else { continue }
            pending = nil
            if add(&paragraph) { continue }
            if let available = availableHeight(),
                let parts = paragraph.split(availableHeight: available, measure, font: font)
            {
                var upper = parts.upper
                guard add(&upper) else { throw tooLarge() }
                pending = parts.lower
                isPostponed = false
                continue
            }
            if isPostponed { throw tooLarge() }
            isPostponed = true
            pending = paragraph
            startFrame()
            return builder.finishPage(isLast: false, textEnd: textEnd)
        }
    }

    private mutating func startFrame() {
        y = frameTop
        isAtTop = true
        previousSpaceAfter = 0
    }

    /// The space above a paragraph here: `space-before` less the `space-after` it overlaps with.
    private var spaceAbove: Double {
        isAtTop ? 0 : max(config.spaceBefore - previousSpaceAfter, 0)
    }

    private func availableHeight() -> Double? {
        let height = y - frameBottom - spaceAbove
        return height > 0 ? height : nil
    }

    /// Draws a paragraph if all of it fits (`Frame._add`).
    private mutating func add(_ paragraph: inout OfficialParagraph) -> Bool {
        guard availableHeight() != nil else { return false }
        let above = spaceAbove
        let height = paragraph.wrap(measure, font: font) + above
        let bottom = y - height
        guard bottom >= frameBottom - OfficialCJKBreaker.fuzz else { return false }
        builder.draw(paragraph, x: frameX, y: bottom, width: frameWidth)
        previousSpaceAfter = config.spaceAfter
        let next = bottom - config.spaceAfter
        if next != y { isAtTop = false }
        y = next
        return true
    }

    private func tooLarge() -> InputError {
        InputError(
            at: "line-height",
            "fewer than two lines of \(config.lineHeight) points fit the page",
            expected: "room for two lines, which the official layout keeps together",
            remedy: "Lower line-height or margin-y, or use \"layout\": \"unicode\""
        )
    }
}

/// The official test for CJK wrapping: any character from U+4E00 to U+9FFF.
enum CJKDetection {
    static func hasIdeograph(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { buffer in
            var index = 0
            let end = buffer.count
            while index < end {
                if index + 8 <= end {
                    let word = UnsafeRawBufferPointer(buffer).loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    if word & 0x8080_8080_8080_8080 == 0 {
                        index += 8
                        continue
                    }
                }
                // U+4E00…U+9FFF are the three-byte sequences E4 B8 80 … E9 BF BF.
                let byte = buffer[index]
                if byte >= 0xE4, byte <= 0xE9, byte != 0xE4 || (index + 1 < end && buffer[index + 1] >= 0xB8) {
                    return true
                }
                index += 1
            }
            return false
        }
    }
}
