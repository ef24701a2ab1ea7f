// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Where poppler puts a glyph: on the quarter of a pixel, or the whole one, to the left of its pen.
struct PixelGrid {
    /// Steps a pixel, and quarters a step.
    private let steps: Double
    private let quarters: Int32
    /// Steps that are too far away to be counted in quarters.
    private let limit: Double

    static let quarters = PixelGrid(steps: 4, quarters: 1, limit: 0x1p31)
    static let whole = PixelGrid(steps: 1, quarters: 4, limit: 0x1p29)

    /// A position in pixels on the grid, in quarters of a pixel, as far as they can be counted.
    @inline(__always)
    func quarters(_ position: Double) -> Int32 {
        let value = position * steps
        guard abs(value) < limit else { return value < 0 ? .min : .max }
        // ⌊value⌋ without a conversion that checks, or the call that rounding is on processors of the base line: numbers
        // of this size have whole numbers as their last bits.
        let shift = 0x1.8p52
        let shifted = value + shift
        let nearest = Int32(truncatingIfNeeded: shifted.bitPattern)
        return (shifted - shift > value ? nearest &- 1 : nearest) &* quarters
    }
}
