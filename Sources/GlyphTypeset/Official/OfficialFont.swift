// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CFreeType
import Foundation
import GlyphPage

/// The main font as reportlab and poppler measure it: widths for breaking lines, advances for placing glyphs.
///
/// Two different numbers: reportlab breaks lines with unrounded font units, poppler moves the pen by the widths that
/// reportlab printed into the PDF.
final class OfficialFont {
    struct Character {
        /// The glyph that is drawn; the font's box or blank when it has none.
        var glyph: UInt32
        /// The width in 1/1000 em, unrounded (`TTFontFace.charWidths`).
        var width: Double
        /// The pen's advance in points (poppler: PDF width × 0.001 × font size).
        var advance: Double
        var isMissing: Bool
        /// False in memory that is all zero.
        var isMeasured = true

        /// Nothing measured yet.
        static let unknown = Character(glyph: 0, width: 0, advance: 0, isMissing: false, isMeasured: false)
    }

    let face: FontFace
    /// The font size in points as poppler reads it.
    let writtenSize: Double
    /// 0.001 × font size, the factor `stringWidth` applies to a sum of widths.
    let widthFactor: Double
    /// The width of a space in points.
    private(set) var spaceWidth = 0.0

    private let toThousandths: Double
    /// Metrics by code point in blocks of 256, measured on first use; plain buffers because they are read for every
    /// character of the document.
    private let blocks: UnsafeMutablePointer<UnsafeMutablePointer<Character>?>
    private static let blockCount = 0x1100

    init(_ file: FontFile, size: Double) throws {
        face = try FontFace(file)
        writtenSize = PDFNumber.written(size)
        widthFactor = 0.001 * size
        toThousandths = 1000 / Double(face.unitsPerEm)
        blocks = .allocate(capacity: Self.blockCount)
        blocks.initialize(repeating: nil, count: Self.blockCount)
        spaceWidth = widthFactor * character(0x20).width
    }

    deinit {
        for index in 0..<Self.blockCount { blocks[index]?.deallocate() }
        blocks.deallocate()
    }

    /// The metrics of a code point (at most U+10FFFF).
    @inline(__always)
    func character(_ scalar: UInt32) -> Character {
        if let block = blocks[Int(scalar >> 8)] {
            let known = block[Int(scalar & 0xFF)]
            if known.isMeasured { return known }
        }
        return lookUp(scalar)
    }

    /// The same of a code point that has been asked for before, as every one in a line whose width is known.
    @inline(__always)
    func measuredCharacter(_ scalar: UInt32) -> Character {
        guard let block = blocks[Int(scalar >> 8)] else { return .unknown }
        assert(block[Int(scalar & 0xFF)].isMeasured)
        return block[Int(scalar & 0xFF)]
    }

    @inline(never)
    private func lookUp(_ scalar: UInt32) -> Character {
        let index = Int(scalar >> 8)
        let block = blocks[index] ?? .allocate(capacity: 256)
        if blocks[index] == nil {
            block.initialize(repeating: .unknown, count: 256)
            blocks[index] = block
        }
        let measured = measure(scalar)
        block[Int(scalar & 0xFF)] = measured
        return measured
    }

    private func measure(_ scalar: UInt32) -> Character {
        // reportlab gives U+00A0 the width and the code of the space.
        let mapped = scalar == 0xA0 ? 0x20 : scalar
        let glyph = face.glyph(for: mapped)
        let width = Double(face.advance(ofGlyph: glyph)) * toThousandths
        // reportlab measures a missing character as .notdef but writes it as code 0, which is whatever the font has
        // for U+0000.
        let drawn = glyph == 0 ? face.glyph(for: 0) : glyph
        let drawnWidth = drawn == glyph ? width : Double(face.advance(ofGlyph: drawn)) * toThousandths
        let advance = PDFNumber.written(drawnWidth) * 0.001 * writtenSize
        return Character(glyph: drawn, width: width, advance: advance, isMissing: glyph == 0)
    }

    /// Whether poppler places this font's glyphs on whole pixels: it drops the fraction when the font's bounding box
    /// is higher than 50 pixels (SplashFont.cc, `glyphH`).
    func isPlacedOnWholePixels(pixelsPerEm: Double) -> Bool {
        let box = face.handle.pointee.bbox
        let divisor = (box.xMax > 20_000 ? 65_536.0 : 1) * Double(face.unitsPerEm)
        let low = Int(-pixelsPerEm * Double(box.yMin) / divisor)
        let high = Int(-pixelsPerEm * Double(box.yMax) / divisor)
        return abs(high - low) + 3 > 50
    }
}
