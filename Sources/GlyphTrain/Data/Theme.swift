// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// How a training page looks: its colours, and what a bad copy did to it.
struct Theme: Sendable {
    var ink: Color
    var paper: Color
    /// The standard deviation of the noise, in levels of 255.
    var noise: Double
    /// Whether every pixel is mixed with its neighbours.
    var isBlurred: Bool
    var seed: UInt64

    static let plain = Theme(ink: .black, paper: .white, noise: 0, isBlurred: false, seed: 0)

    /// Draws a theme: `share` of the pages are dark, tinted, noisy or blurred, in equal parts; the others are plain.
    static func draw(share: Double, _ random: inout SplitMix64) -> Theme {
        var theme = Theme.plain
        guard Double.random(in: 0..<1, using: &random) < share else { return theme }
        func grey(_ range: ClosedRange<UInt8>) -> Color {
            let level = UInt8.random(in: range, using: &random)
            return Color(red: level, green: level, blue: level)
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: (theme.ink, theme.paper) = (grey(200...255), grey(0...48))
        case 1: (theme.ink, theme.paper) = (grey(0...80), grey(220...255))
        case 2: theme.noise = Double.random(in: 4...24, using: &random)
        default: theme.isBlurred = true
        }
        theme.seed = random.next()
        return theme
    }

    /// Blurs the page, then adds noise.
    func spoil(_ image: PageImage) -> PageImage {
        var image = image
        if isBlurred { image.pixels = Self.blurred(image) }
        if noise > 0 {
            var random = SplitMix64(state: seed)
            for index in image.pixels.indices {
                // The sum of four uniform numbers is near enough to normal.
                let sum = (0..<4).reduce(0.0) { total, _ in total + Double(random.next() >> 40) / Double(1 << 24) } - 2
                let level = Double(image.pixels[index]) + sum * noise * 1.732
                image.pixels[index] = UInt8(min(255, max(0, level)).rounded())
            }
        }
        return image
    }

    /// Each pixel becomes the mean of its 3×3 neighbourhood, itself counted four times and its sides twice.
    private static func blurred(_ image: PageImage) -> [UInt8] {
        let channels = image.format == .rgb ? 3 : 1
        let (width, height) = (image.width * channels, image.height)
        var result = image.pixels
        for y in 0..<height {
            for x in 0..<width {
                var sum = 0
                for (dy, rowWeight) in [(-1, 1), (0, 2), (1, 1)] {
                    let row = min(max(y + dy, 0), height - 1) * width
                    for (dx, weight) in [(-channels, 1), (0, 2), (channels, 1)] {
                        let column = (0..<width).contains(x + dx) ? x + dx : x
                        sum += Int(image.pixels[row + column]) * rowWeight * weight
                    }
                }
                result[y * width + x] = UInt8((sum + 8) / 16)
            }
        }
        return result
    }
}
