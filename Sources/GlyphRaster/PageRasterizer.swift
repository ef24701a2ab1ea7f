// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CDeflate
public import GlyphPage
public import GlyphTypeset

/// Turns page layouts into pixels and PNG files; one instance belongs to one worker at a time.
///
/// Deterministic: the bytes depend on the layout and the font files only, not on what was drawn before.
public final class PageRasterizer {
    private let cache: GlyphCache
    private let canvas = Canvas()
    private let encoder = PNGEncoder()
    private let format: RenderConfig.ImageFormat
    private let compression: Compression

    /// What the size of a file may cost; the pixels are the same.
    public enum Compression: String, CaseIterable, Sendable {
        /// For pages that go over a network.
        case small
        /// For pages that stay here: dark text on white takes a third of the time, in files larger by two thirds.
        case quick
    }

    public convenience init(format: RenderConfig.ImageFormat = .auto, compression: Compression = .small) {
        self.init(format: format, compression: compression, GlyphCache())
    }

    /// One of several that share what FreeType drew.
    init(format: RenderConfig.ImageFormat, compression: Compression, _ cache: GlyphCache) {
        self.format = format
        self.compression = compression
        self.cache = cache
    }

    /// Builds ahead what the first page in the process would otherwise wait for.
    public static func prepare() { cdeflate_text_prepare() }

    /// The finished page as pixels.
    ///
    /// - Throws: `InputError` when a font cannot be opened.
    public func image(of page: PageLayout) throws -> PageImage {
        let size = try draw(page)
        return canvas.image(width: size.width, height: size.height)
    }

    /// The size of the finished page in pixels, without encoding it.
    public func size(of page: PageLayout) throws -> (width: Int, height: Int) {
        if page.crop == Crop(), page.horizontalScale == 1 { return (page.width, page.height) }
        return try draw(page)
    }

    /// The finished page as a PNG file.
    ///
    /// Grey pages get 8 bits a pixel. Coloured pages get a palette when 256 colours suffice and RGB otherwise,
    /// because pages are never altered to fit a palette.
    public func encode(_ page: PageLayout) throws -> EncodedPage {
        let size = try draw(page)
        let png: [UInt8]
        if format == .bilevel {
            png = try encodeBilevel(size)
        } else if canvas.channels == 1, format == .auto, compression == .quick, page.isOnWhite {
            png = try encoder.encodeText(
                canvas.pixels,
                stride: canvas.stride,
                width: size.width,
                height: size.height
            )
        } else if canvas.channels == 1, format == .auto {
            png = try encoder.encode(width: size.width, height: size.height, rowBytes: size.width, color: .grey) {
                y,
                row in row.update(from: canvas.pixels + y * canvas.stride, count: size.width)
            }
        } else if format == .auto, let palette = PaletteBuilder(canvas, width: size.width, height: size.height) {
            png = try encoder.encode(
                width: size.width,
                height: size.height,
                rowBytes: size.width,
                color: .palette(palette.colors)
            ) { y, row in
                for x in 0..<size.width { row[x] = palette.index(ofPixel: canvas.pixels + y * canvas.stride + x * 3) }
            }
        } else {
            png = try encodeRGB(size)
        }
        return EncodedPage(number: page.number, width: size.width, height: size.height, png: png)
    }

    /// Draws a page without making a file of it, and returns its size in pixels.
    @discardableResult
    public func draw(_ page: PageLayout) throws -> (width: Int, height: Int) {
        try canvas.draw(page, cache: cache)
        if page.horizontalScale != 1 { canvas.resample(horizontally: page.horizontalScale) }
        return Cropping.size(of: canvas, page.crop)
    }

    private func encodeRGB(_ size: (width: Int, height: Int)) throws -> [UInt8] {
        try encoder.encode(width: size.width, height: size.height, rowBytes: size.width * 3, color: .rgb) { y, row in
            let source = canvas.pixels + y * canvas.stride
            if canvas.channels == 3 {
                row.update(from: source, count: size.width * 3)
            } else {
                for x in 0..<size.width { (row + x * 3).update(repeating: source[x], count: 3) }
            }
        }
    }

    private func encodeBilevel(_ size: (width: Int, height: Int)) throws -> [UInt8] {
        let rowBytes = (size.width + 7) / 8
        return try encoder.encode(width: size.width, height: size.height, rowBytes: rowBytes, color: .bilevel) {
            y,
            row in
            row.update(repeating: 0, count: rowBytes)
            let source = canvas.pixels + y * canvas.stride
            for x in 0..<size.width {
                let pixel = source + x * canvas.channels
                let level = canvas.channels == 1 ? Int(pixel[0]) : (Int(pixel[0]) + Int(pixel[1]) + Int(pixel[2])) / 3
                if level >= 128 { row[x >> 3] |= 0x80 >> UInt8(x & 7) }
            }
        }
    }
}

extension PageLayout {
    /// Whether nothing but white lies under the text.
    fileprivate var isOnWhite: Bool {
        background == .white && rectangles.allSatisfy { $0.color == .white }
    }
}
