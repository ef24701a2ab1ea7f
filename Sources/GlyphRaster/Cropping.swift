// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTypeset

/// The official renderer's trimming of empty margins (`auto-crop-width`, `auto-crop-last-page`).
enum Cropping {
    /// A pixel is ink when it differs from the background by more grey levels than this.
    private static let tolerance = 5.0

    /// The size that is left of a page after cropping.
    ///
    /// The background is the median of the four pixels in the upper left corner.
    static func size(of canvas: Canvas, _ crop: Crop) -> (width: Int, height: Int) {
        var size = (width: canvas.width, height: canvas.height)
        guard crop.rightMargin != nil || crop.bottomMargin != nil else { return size }
        let background = cornerMedian(canvas)
        if let margin = crop.rightMargin, let last = lastInkColumn(canvas, background) {
            size.width = min(canvas.width, rounded(Double(last + 1) + margin))
        }
        if let margin = crop.bottomMargin, let last = lastInkRow(canvas, background) {
            size.height = max(1, min(canvas.height, rounded(Double(last) + margin)))
        }
        return size
    }

    /// Rounds as Pillow's `crop` does: halves to even.
    private static func rounded(_ value: Double) -> Int { Int(value.rounded(.toNearestOrEven)) }

    private static func cornerMedian(_ canvas: Canvas) -> Double {
        var corner: [Double] = []
        for y in 0..<min(2, canvas.height) {
            for x in 0..<min(2, canvas.width) { corner.append(Double(grey(canvas, x, y))) }
        }
        corner.sort()
        return (corner[(corner.count - 1) / 2] + corner[corner.count / 2]) / 2
    }

    /// Luma as Pillow computes it (`convert("L")`).
    private static func grey(_ canvas: Canvas, _ x: Int, _ y: Int) -> Int {
        let pixel = canvas.pixels + y * canvas.stride + x * canvas.channels
        if canvas.channels == 1 { return Int(pixel[0]) }
        return (Int(pixel[0]) * 19_595 + Int(pixel[1]) * 38_470 + Int(pixel[2]) * 7_471 + 0x8000) >> 16
    }

    private static func isInk(_ canvas: Canvas, _ x: Int, _ y: Int, _ background: Double) -> Bool {
        abs(Double(grey(canvas, x, y)) - background) > tolerance
    }

    private static func lastInkColumn(_ canvas: Canvas, _ background: Double) -> Int? {
        var last = -1
        for y in 0..<canvas.height { last = lastInk(canvas, row: y, background, after: last) ?? last }
        return last >= 0 ? last : nil
    }

    private static func lastInkRow(_ canvas: Canvas, _ background: Double) -> Int? {
        for y in stride(from: canvas.height - 1, through: 0, by: -1)
        where lastInk(canvas, row: y, background, after: -1) != nil { return y }
        return nil
    }

    /// The last inked column of a row to the right of `bound`.
    private static func lastInk(_ canvas: Canvas, row: Int, _ background: Double, after bound: Int) -> Int? {
        var x = canvas.width - 1
        if canvas.channels == 1, background == background.rounded() {
            // Skip eight background pixels at a time.
            let bytes = UnsafeRawPointer(canvas.pixels + row * canvas.stride)
            let empty = UInt64(background) &* 0x0101_0101_0101_0101
            while x - 7 > bound, bytes.loadUnaligned(fromByteOffset: x - 7, as: UInt64.self) == empty { x -= 8 }
        }
        while x > bound {
            if isInk(canvas, x, row, background) { return x }
            x -= 1
        }
        return nil
    }
}
