// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CBlend
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
    typealias Bitmap = cblend_bitmap

    /// The bitmaps of a font by `glyph × 4 + fraction`, null when not yet drawn; valid as long as the font.
    struct Table {
        fileprivate let entries: UnsafeMutablePointer<Atomic<UInt>>
        let count: Int

        /// The bitmap at an index below `count`, if it is drawn.
        subscript(index: Int) -> UnsafePointer<Bitmap>? {
            UnsafePointer(bitPattern: entries[index].load(ordering: .acquiring))
        }

        /// The same for `cblend_glyphs`.
        var forBlending: cblend_font {
            let bitmaps = UnsafeRawPointer(entries).assumingMemoryBound(to: UnsafePointer<Bitmap>?.self)
            return cblend_font(bitmaps: bitmaps, count: count)
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

    /// The coverage of a bitmap, in tiles.
    static func coverage(of bitmap: UnsafePointer<Bitmap>) -> UnsafePointer<UInt8> {
        UnsafeRawPointer(bitmap + 1).assumingMemoryBound(to: UInt8.self)
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
        else { return place(Bitmap(), &contents).bitmap }
        let source = slot.pointee.bitmap
        let (width, rows) = (Int(source.width), Int(source.rows))
        let bitmap = Bitmap(
            left: slot.pointee.bitmap_left,
            top: slot.pointee.bitmap_top,
            width: Int32(width),
            rows: Int32(rows)
        )
        let placed = place(bitmap, &contents)
        for row in 0..<rows {
            for column in stride(from: 0, to: width, by: Bitmap.side) {
                (placed.coverage + bitmap.offset(row: row, column: column)).update(
                    from: source.buffer + row * Int(source.pitch) + column,
                    count: min(Bitmap.side, width - column)
                )
            }
        }
        return placed.bitmap
    }

    /// Makes room for a bitmap and the coverage behind it, which is zero.
    private static func place(
        _ bitmap: Bitmap,
        _ contents: inout Contents
    ) -> (bitmap: UnsafePointer<Bitmap>, coverage: UnsafeMutablePointer<UInt8>) {
        let size = MemoryLayout<Bitmap>.size + bitmap.coverageSize
        if contents.room.count < size {
            contents.room = .allocate(byteCount: max(blockSize, size), alignment: 16)
            contents.blocks.append(contents.room.baseAddress.unsafelyUnwrapped)
        }
        let start = contents.room.baseAddress.unsafelyUnwrapped
        contents.room = UnsafeMutableRawBufferPointer(rebasing: contents.room[size...])
        let header = start.bindMemory(to: Bitmap.self, capacity: 1)
        header.initialize(to: bitmap)
        let coverage = UnsafeMutableRawPointer(header + 1).bindMemory(to: UInt8.self, capacity: bitmap.coverageSize)
        coverage.initialize(repeating: 0, count: bitmap.coverageSize)
        return (UnsafePointer(header), coverage)
    }
}

extension GlyphCache.Bitmap {
    fileprivate static var side: Int { Int(CBLEND_TILE) }
    private var tileColumns: Int { (Int(width) + Self.side - 1) / Self.side }
    private var tileRows: Int { (Int(rows) + Self.side - 1) / Self.side }

    var coverageSize: Int { tileColumns * tileRows * Self.side * Self.side }

    /// Where the coverage of a pixel lies.
    func offset(row: Int, column: Int) -> Int {
        let tile = row / Self.side * tileColumns + column / Self.side
        return (tile * Self.side + row % Self.side) * Self.side + column % Self.side
    }
}
