// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CHarfBuzz

/// What decides a run's shape beside its text.
struct ShapeStyle: Hashable {
    var font: UInt16
    var script: hb_script_t
    var rightToLeft: Bool

    /// What ASCII text is shaped with.
    static let latin = ShapeStyle(font: 0, script: HB_SCRIPT_LATIN, rightToLeft: false)

    /// All of the style in one word, for hashing and comparing.
    var bits: UInt64 { UInt64(font) << 33 | UInt64(rightToLeft ? 1 : 0) << 32 | UInt64(script.rawValue) }
}

/// One glyph of a shaped run, in font units; x and y say where its origin is from the start of the run.
struct ShapedGlyph {
    var glyph: UInt32
    var x: Int32
    var y: Int32
    var advance: Int32
    /// The byte of the run its cluster starts at.
    var cluster: Int32
}

/// Turns the text of one run into glyphs with HarfBuzz; owns the buffer.
final class Shaper {
    private let buffer = hb_buffer_create()

    deinit { hb_buffer_destroy(buffer) }

    /// Shapes UTF-8 with the font's default features (kerning, ligatures, marks, joining) and appends its glyphs.
    ///
    /// A run that starts with a combining mark gets a dotted circle under it: a mark alone would be drawn over its
    /// neighbour and read as something else. A variation selector, which is a mark too, draws nothing.
    ///
    /// - Returns: the advance of the run in font units.
    func shape(
        _ text: UnsafeBufferPointer<UInt8>,
        style: ShapeStyle,
        font: ShapingFont,
        into glyphs: inout [ShapedGlyph]
    ) -> Int32 {
        hb_buffer_clear_contents(buffer)
        hb_buffer_set_flags(
            buffer,
            hb_buffer_flags_t(
                HB_BUFFER_FLAG_BOT.rawValue | HB_BUFFER_FLAG_EOT.rawValue
                    | HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES.rawValue
            )
        )
        let start = Int32(Self.selectorBytes(text))
        text.withMemoryRebound(to: CChar.self) {
            hb_buffer_add_utf8(buffer, $0.baseAddress, Int32($0.count), UInt32(start), Int32($0.count) - start)
        }
        hb_buffer_set_direction(buffer, style.rightToLeft ? HB_DIRECTION_RTL : HB_DIRECTION_LTR)
        hb_buffer_set_script(buffer, style.script)
        hb_shape(font.handle, buffer, nil, 0)
        var count: UInt32 = 0
        guard let infos = hb_buffer_get_glyph_infos(buffer, &count),
            let positions = hb_buffer_get_glyph_positions(buffer, &count)
        else { return 0 }
        var pen: Int32 = 0
        for i in 0..<Int(count) {
            let position = positions[i]
            glyphs.append(
                ShapedGlyph(
                    glyph: infos[i].codepoint,
                    x: pen &+ position.x_offset,
                    y: position.y_offset,
                    advance: position.x_advance,
                    cluster: Int32(bitPattern: infos[i].cluster)
                )
            )
            pen &+= position.x_advance
        }
        return pen
    }

    /// How many bytes of variation selectors (U+FE00 to U+FE0F) a run begins with.
    private static func selectorBytes(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        while count + 3 <= text.count, text[count] == 0xEF, text[count + 1] == 0xB8, text[count + 2] & 0xF0 == 0x80 {
            count += 3
        }
        return count
    }
}
