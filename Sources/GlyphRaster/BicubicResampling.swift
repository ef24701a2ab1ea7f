// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// Horizontal bicubic resampling with Pillow's fixed-point arithmetic, which `horizontal-scale` goes through in the
/// official renderer (`Image.resize`; libImaging/Resample.c: a = −0.5, 22-bit coefficients, antialiased).
enum BicubicResampling {
    private static let precisionBits = 22

    static func horizontally(_ image: PageImage, width newWidth: Int, channels: Int) -> [UInt8] {
        let scale = Double(image.width) / Double(newWidth)
        let filterScale = max(scale, 1)
        let support = 2 * filterScale
        var result = [UInt8](repeating: 0, count: newWidth * image.height * channels)
        for x in 0..<newWidth {
            let center = (Double(x) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let last = min(image.width, Int(center + support + 0.5))
            var weights = (first..<last).map { weight((Double($0) - center + 0.5) / filterScale) }
            let total = weights.reduce(0, +)
            if total != 0 { weights = weights.map { $0 / total } }
            let coefficients = weights.map { weight in
                Int((weight < 0 ? -0.5 : 0.5) + weight * Double(1 << precisionBits))
            }
            for y in 0..<image.height {
                for channel in 0..<channels {
                    var sum = 1 << (precisionBits - 1)
                    for (index, coefficient) in coefficients.enumerated() {
                        sum += coefficient * Int(image.pixels[(y * image.width + first + index) * channels + channel])
                    }
                    result[(y * newWidth + x) * channels + channel] = UInt8(clamping: sum >> precisionBits)
                }
            }
        }
        return result
    }

    private static func weight(_ distance: Double) -> Double {
        let a = -0.5
        let x = abs(distance)
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
        return 0
    }
}
