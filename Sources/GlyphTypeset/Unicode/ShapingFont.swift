// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CHarfBuzz
import GlyphPage

/// An open HarfBuzz font, scaled to font units: the single owner of its handles.
///
/// Not `Sendable`, like every handle here; each layouter opens its own. The file is mapped, not read, so a large CJK
/// collection costs only the pages it touches.
final class ShapingFont {
    /// The HarfBuzz font, owned (+1); borrow it only while this object lives.
    let handle: OpaquePointer
    let unitsPerEm: Double
    private let unicode = hb_unicode_funcs_get_default()

    /// Opens a font.
    ///
    /// - Throws: `InputError` when the file is missing or not an OpenType font.
    init(_ file: FontFile) throws {
        let blob = hb_blob_create_from_file_or_fail(file.path)
        defer { hb_blob_destroy(blob) }
        guard blob != nil, UInt32(file.faceIndex) < hb_face_count(blob) else {
            throw InputError(
                at: file.path,
                "cannot be opened as a font",
                expected: "a readable TrueType or OpenType file with face \(file.faceIndex)",
                remedy: "Check the path; 'glyph doctor' lists the fonts found"
            )
        }
        let face = hb_face_create(blob, UInt32(file.faceIndex))
        defer { hb_face_destroy(face) }
        let units = Int32(hb_face_get_upem(face))
        guard let font = hb_font_create(face), units > 0, hb_face_get_glyph_count(face) > 0 else {
            throw InputError(at: file.path, "holds no glyphs", expected: "a scalable TrueType or OpenType font")
        }
        hb_font_set_scale(font, units, units)
        handle = font
        unitsPerEm = Double(units)
    }

    deinit { hb_font_destroy(handle) }

    /// Ascent and descent (positive down) in ems.
    var extents: (ascent: Double, descent: Double) {
        var extents = hb_font_extents_t()
        hb_font_get_h_extents(handle, &extents)
        return (Double(extents.ascender) / unitsPerEm, -Double(extents.descender) / unitsPerEm)
    }

    /// The nominal glyph of a character, or nil.
    func glyph(for scalar: UInt32) -> UInt32? {
        var glyph: hb_codepoint_t = 0
        return hb_font_get_nominal_glyph(handle, scalar, &glyph) != 0 ? glyph : nil
    }

    /// The advance of a character's nominal glyph in ems, or nil when the font has none.
    func advance(of scalar: UInt32) -> Double? {
        glyph(for: scalar).map { Double(hb_font_get_glyph_h_advance(handle, $0)) / unitsPerEm }
    }

    /// Whether the font can show a character, as itself or decomposed, as HarfBuzz will try.
    func covers(_ scalar: UInt32) -> Bool {
        if glyph(for: scalar) != nil { return true }
        var (first, second): (hb_codepoint_t, hb_codepoint_t) = (0, 0)
        guard hb_unicode_decompose(unicode, scalar, &first, &second) != 0 else { return false }
        return covers(first) && (second == 0 || covers(second))
    }

    /// Whether the font can show `mark` after `base` as one precomposed character.
    func composes(_ base: UInt32, _ mark: UInt32) -> Bool {
        var composed: hb_codepoint_t = 0
        return hb_unicode_compose(unicode, base, mark, &composed) != 0 && glyph(for: composed) != nil
    }
}
