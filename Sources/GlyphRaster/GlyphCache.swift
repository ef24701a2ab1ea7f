// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CFreeType
import GlyphTypeset
import Synchronization

/// Coverage bitmaps of glyphs at quarter-pixel positions, rasterised once by FreeType for all workers of a run.
///
/// Follows poppler's `SplashFTFont`: FreeType is set to the rounded pixel size, the rest of the scale and the
/// quarter-pixel offset go into the outline's transform, and hinting is off.
///
/// Workers look bitmaps up without a lock: an entry is written once, when its bitmap is complete, and bitmaps stay where
/// they are as long as the cache lives.
final class GlyphCache: Sendable {
    /// A glyph's bitmap; its ``coverage(of:)`` follows in memory.
    struct Bitmap {
        /// Columns from the pen's pixel to the bitmap's first column, and rows from the baseline up to its first row.
        var left: Int32
        var top: Int32
        /// The inked size; `stride` is the padded width.
        var width: Int32
        var rows: Int32
        var stride: Int32
        /// The rows with one of padding where they are odd.
        var paddedRows: Int { (Int(rows) + 1) & ~1 }

        fileprivate static let empty = Bitmap(left: 0, top: 0, width: 0, rows: 0, stride: 0)
        /// What a bitmap takes, a multiple of eight, so that coverage lies at one as well.
        fileprivate static let size = 24
    }

    /// The addresses of a font's bitmaps by `glyph × 4 + fraction`, 0 when not yet drawn; valid as long as the font.
    struct Table {
        fileprivate let entries: UnsafeMutablePointer<Atomic<UInt>>
        let count: Int

        /// The bitmap at an index below `count`, if it is drawn.
        @inline(__always)
        subscript(index: Int) -> UnsafePointer<Bitmap>? {
            UnsafePointer(bitPattern: entries[index].load(ordering: .acquiring))
        }
    }

    /// One font at one size.
    final class Font: @unchecked Sendable {
        let table: Table
        // FreeType's face is used by one worker at a time, under the cache's lock.
        fileprivate let face: FontFace
        fileprivate var matrix: FT_Matrix

        fileprivate init(_ instance: FontInstance) throws {
            face = try FontFace(instance.file)
            table = Table(entries: .allocate(capacity: face.glyphCount * 4), count: face.glyphCount * 4)
            for index in 0..<table.count { (table.entries + index).initialize(to: Atomic(0)) }
            let rounded = max(1, (instance.pixelsPerEm + 0.5).rounded(.down))
            let scale = FT_Fixed(instance.pixelsPerEm / rounded * 65_536)
            matrix = FT_Matrix(xx: scale, xy: 0, yx: 0, yy: scale)
            FT_Set_Pixel_Sizes(face.handle, 0, FT_UInt(rounded))
        }

        deinit { table.entries.deallocate() }
    }

    private struct Contents {
        // Few, so an array.
        var fonts: [(instance: FontInstance, font: Font)] = []
        /// What bitmaps lie in, and the room that is left in the last.
        var blocks: [UnsafeMutableRawPointer] = []
        var room = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    private let contents = Mutex(Contents())
    private static let blockSize = 1 << 16

    deinit { contents.withLock { contents in for block in contents.blocks { block.deallocate() } } }

    /// The font at its size, opened when it is first asked for.
    ///
    /// - Throws: `InputError` when it cannot be opened.
    func font(_ instance: FontInstance) throws -> Font {
        try contents.withLock { contents in
            if let known = contents.fonts.first(where: { $0.instance == instance }) { return known.font }
            let font = try Font(instance)
            contents.fonts.append((instance, font))
            return font
        }
    }

    /// The bitmap at an index of a font's table, drawn if nobody has.
    func bitmap(_ index: Int, of font: Font) -> UnsafePointer<Bitmap> {
        contents.withLock { contents in
            if let known = font.table[index] { return known }
            let bitmap = Self.draw(font, glyph: index / 4, quarter: index % 4, &contents)
            font.table.entries[index].store(UInt(bitPattern: bitmap), ordering: .releasing)
            return bitmap
        }
    }

    /// The coverage of a bitmap, 0 to 255, row by row, padded with zeros to a multiple of eight
    /// columns and an even number of rows.
    @inline(__always)
    static func coverage(of bitmap: UnsafePointer<Bitmap>) -> UnsafePointer<UInt8> {
        (UnsafeRawPointer(bitmap) + Bitmap.size).assumingMemoryBound(to: UInt8.self)
    }

    /// Rasterises a glyph; one that FreeType cannot draw counts as empty, as in poppler.
    private static func draw(
        _ font: Font,
        glyph: Int,
        quarter: Int,
        _ contents: inout Contents
    ) -> UnsafePointer<Bitmap> {
        let face = font.face.handle
        var offset = FT_Vector(x: FT_Pos(quarter * 16), y: 0)
        FT_Set_Transform(face, &font.matrix, &offset)
        let flags = FT_Int32(FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP)
        guard FT_Load_Glyph(face, FT_UInt(glyph), flags) == 0, let slot = face.pointee.glyph,
            FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) == 0, slot.pointee.bitmap.width > 0,
            slot.pointee.bitmap.rows > 0
        else { return place(.empty, &contents).bitmap }
        let source = slot.pointee.bitmap
        let (width, rows) = (Int(source.width), Int(source.rows))
        let stride = (width + 7) & ~7
        let placed = place(
            Bitmap(
                left: slot.pointee.bitmap_left,
                top: slot.pointee.bitmap_top,
                width: Int32(width),
                rows: Int32(rows),
                stride: Int32(stride)
            ),
            &contents
        )
        for row in 0..<rows {
            let target = placed.coverage + row * stride
            target.update(from: source.buffer + row * Int(source.pitch), count: width)
            (target + width).update(repeating: 0, count: stride - width)
        }
        (placed.coverage + rows * stride).update(
            repeating: 0,
            count: (placed.bitmap.pointee.paddedRows - rows) * stride
        )
        return placed.bitmap
    }

    /// Makes room for a bitmap and the coverage behind it.
    private static func place(
        _ bitmap: Bitmap,
        _ contents: inout Contents
    ) -> (bitmap: UnsafePointer<Bitmap>, coverage: UnsafeMutablePointer<UInt8>) {
        let size = Bitmap.size + Int(bitmap.stride) * bitmap.paddedRows
        if contents.room.count < size {
            contents.room = .allocate(byteCount: max(blockSize, size), alignment: 16)
            contents.blocks.append(contents.room.baseAddress.unsafelyUnwrapped)
        }
        let start = contents.room.baseAddress.unsafelyUnwrapped
        contents.room = UnsafeMutableRawBufferPointer(rebasing: contents.room[size...])
        let header = start.bindMemory(to: Bitmap.self, capacity: 1)
        header.initialize(to: bitmap)
        let coverage = (start + Bitmap.size).assumingMemoryBound(to: UInt8.self)
        return (UnsafePointer(header), coverage)
    }
}
