// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTypeset

/// How a training page looks that is typeset as the product does it, instead of in cells.
struct PageStyle: Sendable {
    let family: StyleFamily
    let config: RenderConfig
    /// The side in pixels of what the page is drawn with: above 1 letters are made of squares.
    let zoom: Int

    /// The height of an em in the pixels that the letters are drawn with.
    var em: Double { config.fontSize * config.scale }

    /// Whether letters can be told apart, and the page has room for a few words: the paper's rules leave out
    /// combinations of factors that make no page.
    ///
    /// Checked before layout, so that an error of the layout is always a fault.
    var isProper: Bool {
        // Below 7 pixels an em DejaVu's small letters have less than four rows.
        guard em * config.horizontalScale >= (zoom > 1 ? 9 : 7) else { return false }
        // The official frame is padded, keeps two lines together, and borders stand outside of it.
        let isOfficial = config.layout == .official
        let padding = isOfficial ? 12.0 : 0
        let width = config.pageWidth - 2 * config.marginX - padding - config.leftIndent - config.rightIndent
        let height = config.pageHeight - 2 * config.marginY - padding
        return width - max(0, config.firstLineIndent) >= 8 * config.fontSize
            && height >= (isOfficial ? 2.5 : 1) * config.lineHeight
            && config.marginX >= config.borderPadding + config.borderWidth
            && config.leftIndent + config.firstLineIndent >= 0
    }
}

/// The paper's themes, each with colours that go together.
enum StyleFamily: String, Sendable, CaseIterable {
    case document, web, dark, code
    /// Letters of square dots, as screens had them.
    case pixel

    struct Colors: Sendable {
        let page: Color
        /// Behind the text, in the official layout.
        let paragraph: Color
        let ink: Color

        init(_ page: UInt32, _ paragraph: UInt32, _ ink: UInt32) {
            (self.page, self.paragraph, self.ink) = (Self.color(page), Self.color(paragraph), Self.color(ink))
        }

        private static func color(_ value: UInt32) -> Color {
            Color(red: UInt8(value >> 16 & 255), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
        }
    }

    var colors: [Colors] {
        switch self {
        case .document:
            [
                Colors(0xFFFFFF, 0xFFFFFF, 0x000000), Colors(0xFFFFFF, 0xFFFFFF, 0x303030),
                Colors(0xFDF8EC, 0xFDF8EC, 0x1C1A17), Colors(0xF0EADC, 0xF0EADC, 0x3B2F24),
            ]
        case .web:
            [
                Colors(0xFFFFFF, 0xFFFFFF, 0x24292F), Colors(0xEEF2F5, 0xFFFFFF, 0x202124),
                Colors(0xF6F6EF, 0xF6F6EF, 0x333333), Colors(0xE3ECF7, 0xF7FAFD, 0x0B3C6F),
            ]
        case .dark:
            [
                Colors(0x000000, 0x000000, 0xFFFFFF), Colors(0x121212, 0x1E1E1E, 0xE6E6E6),
                Colors(0x0D1117, 0x0D1117, 0xC9D1D9), Colors(0x2E3440, 0x3B4252, 0xECEFF4),
            ]
        case .code:
            [
                Colors(0x353031, 0x353031, 0xF8F8F2), Colors(0x272822, 0x272822, 0xE6DB74),
                Colors(0xFDF6E3, 0xFDF6E3, 0x586E75), Colors(0xFFFFFF, 0xFFFFFF, 0x24292E),
            ]
        case .pixel:
            [
                Colors(0x9BBC0F, 0x9BBC0F, 0x0F380F), Colors(0x000000, 0x000000, 0x33FF33),
                Colors(0x352879, 0x352879, 0xA59CEC), Colors(0xFFFFFF, 0xFFFFFF, 0x000000),
            ]
        }
    }

    /// Whether lines are the author's, and so neither joined nor set otherwise than from the left.
    var keepsLines: Bool { self == .code }
}

extension PageImage {
    /// The image with every pixel made `ink` or `paper`, whichever is nearer, and a square of `side` pixels.
    func dotted(_ ink: Color, on paper: Color, side: Int) -> PageImage {
        let channels = format == .rgb ? 3 : 1
        let inked = [ink.red, ink.green, ink.blue].prefix(channels).map(Int.init)
        let empty = [paper.red, paper.green, paper.blue].prefix(channels).map(Int.init)
        var result: [UInt8] = []
        result.reserveCapacity(pixels.count * side * side)
        for y in 0..<height {
            var row: [UInt8] = []
            for start in stride(from: y * width * channels, to: (y + 1) * width * channels, by: channels) {
                // How much nearer ink is than paper, over all channels.
                var lead = 0
                for channel in 0..<channels {
                    let level = Int(pixels[start + channel])
                    lead += abs(level - empty[channel]) - abs(level - inked[channel])
                }
                for _ in 0..<side {
                    for channel in 0..<channels { row.append(UInt8((lead > 0 ? inked : empty)[channel])) }
                }
            }
            for _ in 0..<side { result += row }
        }
        return PageImage(width: width * side, height: height * side, format: format, pixels: result)
    }
}
