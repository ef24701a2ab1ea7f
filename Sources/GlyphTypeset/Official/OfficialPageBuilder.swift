// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Draws paragraphs into a page layout the way reportlab's canvas and poppler's Splash do together.
///
/// Coordinates are PDF user space (points, y upwards) until the very last step. The arithmetic follows poppler's
/// order of operations, with every number rounded as the PDF file rounds it.
struct OfficialPageBuilder {
    private let config: RenderConfig
    private let font: OfficialFont
    private let fontInstance: FontInstance
    private let palette: [Color]
    private let isOnWholePixels: Bool
    private let scale: Double
    private let writtenHeight: Double
    private let leading: Double
    private(set) var page: PageLayout
    /// The end of the last byte shown so far, across pages.
    private var lastEnd = 0

    init(config: RenderConfig, font: OfficialFont, palette: [Color]) {
        self.config = config
        self.font = font
        self.palette = palette
        scale = config.dpi / 72
        writtenHeight = PDFNumber.written(config.pageHeight)
        leading = PDFNumber.written(config.lineHeight)
        fontInstance = FontInstance(file: font.face.file, pixelsPerEm: font.writtenSize * scale)
        isOnWholePixels = font.isPlacedOnWholePixels(pixelsPerEm: fontInstance.pixelsPerEm)
        page = Self.emptyPage(1, start: 0, config, [fontInstance], palette)
        page.glyphs.reserveCapacity(6000)
    }

    private static func emptyPage(
        _ number: Int,
        start: Int,
        _ config: RenderConfig,
        _ fonts: [FontInstance],
        _ palette: [Color]
    ) -> PageLayout {
        // pdftoppm rounds the page up to whole pixels but fills the page's rectangle rounded to nearest, so that a
        // dark page can keep a white edge.
        let scale = config.dpi / 72
        let width = PDFNumber.written(config.pageWidth) * scale
        let height = PDFNumber.written(config.pageHeight) * scale
        var page = PageLayout(
            number: number,
            width: Int(width.rounded(.up)),
            height: Int(height.rounded(.up)),
            background: .white,
            palette: palette,
            fonts: fonts,
            source: SourceRange(start, start),
            crop: Crop(rightMargin: config.autoCropWidth ? config.marginX : nil),
            horizontalScale: config.horizontalScale
        )
        page.isTransparent = true
        page.rectangles = [
            FilledRectangle(
                minX: 0,
                minY: 0,
                maxX: Int((width + 0.5).rounded(.down)),
                maxY: Int((height + 0.5).rounded(.down)),
                color: config.pageBackground
            )
        ]
        return page
    }

    /// Ends the page and starts the next.
    mutating func finishPage(isLast: Bool, textEnd: Int) -> PageLayout {
        var finished = page
        finished.source.upperBound = isLast ? textEnd : lastEnd
        if isLast, config.autoCropLastPage {
            finished.crop.bottomMargin = config.marginY
        }
        page = Self.emptyPage(page.number + 1, start: finished.source.upperBound, config, [fontInstance], palette)
        // Pages of a text hold about as much as the one before.
        page.glyphs.reserveCapacity(finished.glyphs.count * 9 / 8)
        page.lines.reserveCapacity(finished.lines.count)
        return finished
    }

    mutating func countDropped(_ count: Int) { page.losses.dropped += count }

    /// Draws a wrapped paragraph whose lower left corner is at (`x`, `y`) in points.
    mutating func draw(_ paragraph: OfficialParagraph, x: Double, y: Double, width: Double) {
        let originX = PDFNumber.written(x) * scale
        let originY = PDFNumber.written(y) * -scale + scale * writtenHeight
        let height = Double(paragraph.lines.count) * config.lineHeight
        drawBox(originX: originX, originY: originY, width: width, height: height)
        guard !paragraph.lines.isEmpty else { return }
        var text = OfficialTextObject(
            x: PDFNumber.written(config.leftIndent),
            y: PDFNumber.written(height - config.fontSize),
            leading: leading
        )
        let firstIndent = paragraph.isContinuation ? 0 : config.firstLineIndent
        for (index, line) in paragraph.lines.enumerated() {
            let isLast = index == paragraph.lines.count - 1 && !paragraph.justifiesLastLine
            let placement = line.placement(
                config.alignment,
                offset: index == 0 ? firstIndent : 0,
                isLast: isLast,
                in: paragraph.text
            )
            text.move(placement.before)
            text.setWordSpace(placement.wordSpace)
            text.flush()
            show(line, of: paragraph.text, at: text, originX, originY)
            // Only a first word that has no room beside the indent leaves such a line.
            text.nextLine(hasLeading: !(line.isSimple && line.pieces.isEmpty))
            if placement.wordSpace != nil { text.setWordSpace(0) }
            text.move(placement.after)
        }
    }

    private mutating func show(
        _ line: OfficialLine,
        of text: OfficialText,
        at cursor: OfficialTextObject,
        _ originX: Double,
        _ originY: Double
    ) {
        let baseline = Int32((cursor.y * -scale + originY).rounded(.down))
        let startX = cursor.x * scale + originX
        let spaceAdvance = font.character(0x20).advance + cursor.wordSpace
        let (isColored, scale, font) = (palette.count > 1, scale, font)
        let pixels = isOnWholePixels ? PixelGrid.whole : PixelGrid.quarters
        var x = cursor.x
        var start: Int?
        var isMissing = false
        // Room first and then values, and no calls between them: appending one by one takes three times as long.
        var end = page.glyphs.count
        let blank = PlacedGlyph(glyph: 0, font: 0, color: 0, quarterX: 0, y: baseline)
        page.glyphs.append(contentsOf: repeatElement(blank, count: line.characterCount))
        page.glyphs.withUnsafeMutableBufferPointer { glyphs in
            text.scalars.withUnsafeBufferPointer { scalars in
                for piece in line.pieces {
                    if piece.isSpace {
                        x += spaceAdvance
                        continue
                    }
                    for index in Int(piece.start)..<Int(piece.end) {
                        let scalar = scalars[index]
                        if scalar == 0x20 || scalar == 0xA0 {
                            x += spaceAdvance
                            continue
                        }
                        let character = font.measuredCharacter(scalar)
                        isMissing = isMissing || character.isMissing
                        glyphs[end].glyph = character.glyph
                        glyphs[end].quarterX = pixels.quarters(x * scale + originX)
                        if isColored { glyphs[end].color = text.fragments[Int(text.fragmentOf[index])].color }
                        end += 1
                        x += character.advance
                    }
                }
            }
        }
        page.glyphs.removeLast(page.glyphs.count - end)
        if isMissing { countMissing(line, of: text) }
        if let first = line.pieces.first(where: { !$0.isSpace }), let last = line.pieces.last(where: { !$0.isSpace }) {
            // The mark for a newline is one byte, and may stand on two lines.
            start = max(lastEnd, text.offsets[Int(first.start)])
            lastEnd = text.end(of: Int(last.end) - 1)
        }
        addLine(from: start, startX: startX, endX: x * scale + originX, baseline: baseline)
    }

    private mutating func countMissing(_ line: OfficialLine, of text: OfficialText) {
        for piece in line.pieces where !piece.isSpace {
            for scalar in text.scalars[Int(piece.start)..<Int(piece.end)] where font.character(scalar).isMissing {
                guard scalar != 0x20, scalar != 0xA0, let missing = Unicode.Scalar(scalar) else { continue }
                page.losses.missing[missing, default: 0] += 1
            }
        }
    }

    private mutating func addLine(from start: Int?, startX: Double, endX: Double, baseline: Int32) {
        if endX > Double(page.width) || baseline > page.height { page.losses.clippedLines += 1 }
        let top = (Double(baseline) - config.fontSize * scale).rounded()
        page.lines.append(
            LineBox(
                source: SourceRange(start ?? lastEnd, lastEnd),
                x: Int32(startX.rounded(.down)),
                y: Int32(top),
                width: Int32((endX - startX).rounded(.up)),
                height: Int32((leading * scale).rounded())
            )
        )
    }

    private mutating func drawBox(originX: Double, originY: Double, width: Double, height: Double) {
        let box = OfficialBox(config, originX: originX, originY: originY, width: width, height: height)
        for var rectangle in box.rectangles {
            rectangle.paintedBefore = page.glyphs.count
            page.rectangles.append(rectangle)
        }
    }
}
