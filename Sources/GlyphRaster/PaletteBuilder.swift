// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The colours of an RGB page, when there are at most 256 of them, in order of first appearance.
struct PaletteBuilder {
    private(set) var colors: [Color] = []
    // Open addressing over 24-bit colours; an entry is index + 1, 0 when free.
    private var slots = [UInt16](repeating: 0, count: 1024)

    init?(_ canvas: Canvas, width: Int, height: Int) {
        guard canvas.channels == 3 else { return nil }
        for y in 0..<height {
            let row = canvas.pixels + y * canvas.stride
            for x in 0..<width {
                let color = Color(red: row[x * 3], green: row[x * 3 + 1], blue: row[x * 3 + 2])
                if color == colors.last { continue }
                let slot = self.slot(of: color)
                if slots[slot] != 0 { continue }
                guard colors.count < 256 else { return nil }
                colors.append(color)
                slots[slot] = UInt16(colors.count)
            }
        }
    }

    /// The index of a colour that the page is known to hold.
    func index(ofPixel pixel: UnsafePointer<UInt8>) -> UInt8 {
        let slot = slot(of: Color(red: pixel[0], green: pixel[1], blue: pixel[2]))
        return UInt8(truncatingIfNeeded: slots[slot] &- 1)
    }

    private func slot(of color: Color) -> Int {
        let key = UInt32(color.red) << 16 | UInt32(color.green) << 8 | UInt32(color.blue)
        var slot = Int((key &* 2_654_435_761) >> 22)
        while slots[slot] != 0, colors[Int(slots[slot]) - 1] != color { slot = (slot + 1) & 1023 }
        return slot
    }
}
