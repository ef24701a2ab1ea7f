// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import CFreeType
import GlyphPage

/// An open FreeType face: the single owner of its library and face handles.
///
/// Not `Sendable`: FreeType faces may be used by one thread at a time.
public final class FontFace {
    private let library: FT_Library
    /// The FreeType face, owned (+1) and released in `deinit`; borrow it only while this object lives.
    public let handle: FT_Face
    public let file: FontFile

    /// Opens a font.
    ///
    /// - Throws: `InputError` when the file is missing, unreadable or not a scalable font.
    public init(_ file: FontFile) throws {
        var library: FT_Library?
        guard FT_Init_FreeType(&library) == 0, let library else {
            throw InputError(at: file.path, "FreeType could not be initialised")
        }
        var face: FT_Face?
        let status = FT_New_Face(library, file.path, FT_Long(file.faceIndex), &face)
        guard status == 0, let face else {
            FT_Done_FreeType(library)
            throw InputError(
                at: file.path,
                "cannot be opened as a font (FreeType error \(status))",
                expected: "a readable TrueType or OpenType file with face \(file.faceIndex)",
                remedy: "Check the path; 'glyph doctor' lists the fonts found"
            )
        }
        guard face.pointee.face_flags & FT_Long(FT_FACE_FLAG_SCALABLE) != 0, face.pointee.units_per_EM > 0 else {
            FT_Done_Face(face)
            FT_Done_FreeType(library)
            throw InputError(at: file.path, "is a bitmap font", expected: "a scalable TrueType or OpenType font")
        }
        self.library = library
        self.handle = face
        self.file = file
    }

    deinit {
        FT_Done_Face(handle)
        FT_Done_FreeType(library)
    }

    /// Font units per em.
    public var unitsPerEm: Int { Int(handle.pointee.units_per_EM) }

    /// The number of glyphs in the font.
    public var glyphCount: Int { Int(handle.pointee.num_glyphs) }

    /// The glyph for a code point, or 0 (`.notdef`) when the font has none.
    public func glyph(for scalar: UInt32) -> UInt32 {
        FT_Get_Char_Index(handle, FT_ULong(scalar))
    }

    /// The unhinted horizontal advance of a glyph in font units.
    public func advance(ofGlyph glyph: UInt32) -> Int {
        let flags = FT_Int32(FT_LOAD_NO_SCALE)
        guard FT_Load_Glyph(handle, glyph, flags) == 0 else { return 0 }
        return Int(handle.pointee.glyph.pointee.metrics.horiAdvance)
    }

    /// The typographic ascent (positive, up) and descent (negative, down) in font units, from the `hhea` table.
    public var verticalExtent: (ascent: Int, descent: Int) {
        (Int(handle.pointee.ascender), Int(handle.pointee.descender))
    }
}
