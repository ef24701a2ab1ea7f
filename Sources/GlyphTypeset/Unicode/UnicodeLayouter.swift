// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// The default layout: text of any language, shaped by HarfBuzz and broken by the Unicode algorithms.
///
/// - Lines break where UAX #14 allows (ICU), words wider than a line between grapheme clusters; white space at the end
///   of a line hangs.
/// - Every source line is a paragraph with the direction of its first strong character (UAX #9).
/// - Each grapheme cluster is set in the first font of the chain that has all of it. What no font has is written as
///   its name, `[grinning face]`, or number, `[U+0E01]`, and counted in `PageLayout.losses`. Control characters appear
///   as their pictures (U+2400…). Characters that are invisible by nature (joiners, bidirectional controls, variation
///   selectors, soft hyphens) steer the layout and draw nothing.
/// - Every byte of the text belongs to exactly one `LineBox.source`, line ends and hanging spaces included.
///
/// Memory does not grow with the text: an over-long source line is analysed in windows, the next of which starts at
/// the last line begun in the one before. Copies share their state; use one.
public struct UnicodeLayouter: PageLayouter {
    private let text: SourceText
    private let config: RenderConfig
    private let options: LayoutOptions
    private let tokenCounter: Typesetter.TokenCounter?
    private let metrics: LayoutMetrics
    private let fonts: [FontInstance]
    private let shaper: WindowShaper
    private var filler: LineFiller
    private var painter: LinePainter

    /// Where the next window starts, and whether it continues a paragraph.
    private var nextWindow = 0
    private var continuesParagraph = false
    private var window = ParagraphScanner.Window(start: 0, contentEnd: 0, end: 0, isPartial: false, isPlain: true)
    /// The lines of the current window still to be placed.
    private var pendingLines = 0..<0
    private var nextMissing = 0
    private var sourceLine = 0
    private var pageNumber = 0
    private var isFinished = false

    /// Prepares to lay out a text.
    ///
    /// - Parameters:
    ///   - text: the document.
    ///   - config: the page; `newlineMarkup`, borders and the paragraph's background are the official layout's.
    ///   - tokenCounter: applied to each line for `config.pageTextTokens`, which needs it. A page holds at most that
    ///     many tokens, unless its first line alone has more.
    /// - Throws: `InputError` when a font cannot be opened, there is no room for text or a token counter is lacking.
    public init(text: SourceText, config: RenderConfig, tokenCounter: Typesetter.TokenCounter? = nil) throws {
        try self.init(text: text, config: config, tokenCounter: tokenCounter, options: LayoutOptions())
    }

    init(
        text: SourceText,
        config: RenderConfig,
        tokenCounter: Typesetter.TokenCounter? = nil,
        options: LayoutOptions
    ) throws {
        try config.validate(at: "configuration")
        try Typesetter.check(tokenCounter, for: config)
        self.text = text
        self.config = config
        self.options = options
        self.tokenCounter = tokenCounter
        let chain = try FontChain(main: config.font, fallback: config.fontFallback ?? FontLibrary.fallbackChain())
        let lineCount = config.lineNumbers ? text.utf8.withUnsafeBufferPointer(ParagraphScanner.countLineEnds) + 1 : 0
        metrics = try LayoutMetrics(
            config: config,
            font: chain.font(at: 0),
            lineNumberDigits: config.lineNumbers ? String(lineCount).utf8.count : nil
        )
        fonts = chain.files.map { [metrics] in FontInstance(file: $0, pixelsPerEm: metrics.pixelsPerEm) }
        shaper = try WindowShaper(chain: chain, metrics: metrics, options: options)
        filler = LineFiller(metrics: metrics)
        painter = LinePainter(metrics: metrics, alignment: config.alignment)
    }

    /// The next page, or nil after the last one.
    ///
    /// - Throws: `InputError` when a fallback font cannot be opened.
    public mutating func nextPage() throws -> PageLayout? {
        guard !isFinished else { return nil }
        pageNumber += 1
        var page = emptyPage()
        var top = metrics.top
        var tokens = 0
        while try prepareLine() {
            let line = filler.lines[pendingLines.lowerBound]
            let source = documentRange(of: line)
            let lineTokens = countTokens(source)
            if !page.lines.isEmpty {
                // Space after one paragraph and before the next overlap, as in the official layout.
                if line.isFirst { top += max(metrics.spaceBefore, metrics.spaceAfter) }
                let isOver = config.pageTextTokens.map { tokens + lineTokens > $0 } ?? false
                if isOver || top + metrics.lineHeight > metrics.bottom + 1e-6 { return page }
            }
            try place(line, source: source, top: top, onto: &page)
            pendingLines = pendingLines.dropFirst()
            top += metrics.lineHeight
            tokens += lineTokens
        }
        isFinished = true
        // The margin begins with the last row that has ink: without one that row would go, as in the official layout.
        if config.autoCropLastPage { page.crop.bottomMargin = max(1, config.marginY) }
        return page
    }

    private func emptyPage() -> PageLayout {
        var palette = [config.fontColor]
        if config.lineNumbers { palette.append(config.fontColor.mixed(with: config.pageBackground)) }
        let start = pendingLines.first.map { documentRange(of: filler.lines[$0]).lowerBound } ?? nextWindow
        return PageLayout(
            number: pageNumber,
            width: metrics.pageWidth,
            height: metrics.pageHeight,
            background: config.pageBackground,
            palette: palette,
            fonts: fonts,
            source: SourceRange(start, start),
            crop: Crop(rightMargin: config.autoCropWidth ? config.marginX : nil),
            horizontalScale: config.horizontalScale
        )
    }

    private mutating func place(_ line: Line, source: SourceRange, top: Double, onto page: inout PageLayout) throws {
        if let right = metrics.numbersRight, line.isFirst {
            try painter.paintNumber(sourceLine, right: right, from: shaper, top: top, onto: &page)
        }
        try painter.paint(line, of: filler, from: shaper, source: source, top: top, onto: &page)
        page.source.upperBound = source.upperBound
        while nextMissing < shaper.missing.count, shaper.missing[nextMissing].byte < line.end {
            if let scalar = Unicode.Scalar(shaper.missing[nextMissing].scalar) {
                page.losses.missing[scalar, default: 0] += 1
            }
            nextMissing += 1
        }
    }

    /// Makes sure that a line is pending, or returns false at the end of the text.
    private mutating func prepareLine() throws -> Bool {
        if !pendingLines.isEmpty { return true }
        guard nextWindow < text.utf8.count else { return false }
        let isFirst = !continuesParagraph
        let direction = isFirst ? nil : shaper.direction
        window = try text.utf8.withUnsafeBufferPointer { bytes in
            let window = ParagraphScanner.window(in: bytes, from: nextWindow, atMost: options.windowLimit)
            let content = UnsafeBufferPointer(rebasing: bytes[window.start..<window.contentEnd])
            try shaper.shape(content, isPlain: window.isPlain, direction: direction)
            try filler.fill(
                from: shaper,
                text: content,
                startsParagraph: isFirst,
                byteLimit: options.windowLimit / 2
            )
            return window
        }
        nextMissing = 0
        if isFirst { sourceLine += 1 }
        // The last line of a partial window may be cut short by the window, so the next one starts with it.
        let usable = window.isPartial ? max(1, filler.lines.count - 1) : filler.lines.count
        nextWindow = window.isPartial ? window.start + filler.lines[usable - 1].end : window.end
        continuesParagraph = window.isPartial
        pendingLines = 0..<usable
        return true
    }

    private func documentRange(of line: Line) -> SourceRange {
        let endsWindow = !window.isPartial && line.end == window.contentEnd - window.start && line.isLast
        return SourceRange(window.start + line.start, endsWindow ? window.end : window.start + line.end)
    }

    private func countTokens(_ source: SourceRange) -> Int {
        guard config.pageTextTokens != nil, let tokenCounter else { return 0 }
        return text.utf8.withUnsafeBufferPointer {
            tokenCounter(UnsafeBufferPointer(rebasing: $0[source.lowerBound..<source.upperBound]))
        }
    }
}
