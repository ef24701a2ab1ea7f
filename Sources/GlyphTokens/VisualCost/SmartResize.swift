// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// `smart_resize` of the GLM-4V and Qwen-VL image processors: sides rounded to a grid within an area.
///
/// Transcribed from `transformers` 5.23 with its order of floating-point operations, because a different order rounds
/// differently at cell boundaries. For GLM the pixel limits count both frames of the temporal patch that a still
/// image is repeated into.
package struct SmartResize: Sendable {
    /// The side of the square that becomes one token, in pixels.
    package let cell: Int
    /// How many equal frames a still image counts as: 2 for GLM-4V, 1 for Qwen-VL.
    package let frames: Int
    /// Limits on frames × height × width, in pixels.
    package let pixels: ClosedRange<Int>
    /// Images thinner than a cell are enlarged first (GLM-4V).
    package let enlargesThinImages: Bool

    private static let steepestAspect = 200.0

    package init(cell: Int, frames: Int, pixels: ClosedRange<Int>, enlargesThinImages: Bool) {
        self.cell = cell
        self.frames = frames
        self.pixels = pixels
        self.enlargesThinImages = enlargesThinImages
    }

    package func size(width: Int, height: Int) throws -> (width: Int, height: Int) {
        var (width, height) = (Double(width), Double(height))
        let cell = Double(cell)
        if enlargesThinImages, height < cell || width < cell {
            let scale = max(cell / height, cell / width)
            (width, height) = ((width * scale).rounded(.towardZero), (height * scale).rounded(.towardZero))
        }
        guard max(height, width) / min(height, width) <= Self.steepestAspect else {
            throw InputError(
                at: "image size",
                "the sides \(Int(width))×\(Int(height)) are too unequal",
                expected: "an aspect ratio of at most 200"
            )
        }
        func snapped(_ side: Double, _ rule: FloatingPointRoundingRule) -> Double { side.rounded(rule) * cell }
        var newHeight = snapped(height / cell, .toNearestOrEven)
        var newWidth = snapped(width / cell, .toNearestOrEven)
        let frames = Double(frames)
        let area = frames * newHeight * newWidth
        if area > Double(pixels.upperBound) {
            let shrink = ((frames * height * width) / Double(pixels.upperBound)).squareRoot()
            newHeight = max(cell, snapped(height / shrink / cell, .down))
            newWidth = max(cell, snapped(width / shrink / cell, .down))
        } else if area < Double(pixels.lowerBound) {
            let growth = (Double(pixels.lowerBound) / (frames * height * width)).squareRoot()
            newHeight = snapped(height * growth / cell, .up)
            newWidth = snapped(width * growth / cell, .up)
        }
        return (Int(newWidth), Int(newHeight))
    }
}
