// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CFreeType
import GlyphTypeset

/// Coverage bitmaps of glyphs at quarter-pixel positions, rasterised once by FreeType.
///
/// Follows poppler's `SplashFTFont`: FreeType is set to the rounded pixel size, the rest of the scale and the
/// quarter-pixel offset go into the outline's transform, and hinting is off. One cache belongs to one worker.
final class GlyphCache {
    /// A glyph's bitmap inside `coverage`; rows are padded with zeros to a multiple of eight columns.
    struct Bitmap {
        /// The start in `coverage`.
        var offset: Int
        /// Columns from the pen's pixel to the bitmap's first column, and rows from the baseline up to its first row.
        var left: Int32
        var top: Int32
        /// The inked size; `stride` is the padded width.
        var width: Int32
        var rows: Int32
        var stride: Int32
    }

    /// One font at one size.
    private final class Instance {
        let face: FontFace
        /// Indices into `bitmaps`, plus 1, by `glyph × 4 + fraction`; 0 when not yet drawn.
        let indices: UnsafeMutableBufferPointer<Int32>
        let size: FT_UInt
        var matrix: FT_Matrix

        init(_ instance: FontInstance) throws {
            face = try FontFace(instance.file)
            indices = .allocate(capacity: face.glyphCount * 4)
            indices.initialize(repeating: 0)
            let rounded = max(1, (instance.pixelsPerEm + 0.5).rounded(.down))
            size = FT_UInt(rounded)
            let scale = FT_Fixed(instance.pixelsPerEm / rounded * 65_536)
            matrix = FT_Matrix(xx: scale, xy: 0, yx: 0, yy: scale)
            FT_Set_Pixel_Sizes(face.handle, 0, size)
        }

        deinit { indices.deallocate() }
    }

    // Few, so an array; the first use of a dictionary costs as much as a quarter of a page.
    private var instances: [(font: FontInstance, instance: Instance)] = []
    private var active: [Instance] = []
    /// The indices of the active fonts, so that a look-up counts no references.
    private var activeIndices: [UnsafeMutableBufferPointer<Int32>] = []
    private var activeFonts: [FontInstance] = []
    // Plain buffers, because they are read for every glyph of every page.
    /// Every bitmap drawn so far; the first is empty, for glyphs without ink.
    private var bitmaps = UnsafeMutablePointer<Bitmap>.allocate(capacity: 256)
    private var bitmapCount = 1
    private var bitmapCapacity = 256
    /// The coverage of all bitmaps, 0 to 255.
    private var coverage = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 16)
    private var coverageCount = 0
    private var coverageCapacity = 1 << 16

    init() { bitmaps.initialize(to: Bitmap(offset: 0, left: 0, top: 0, width: 0, rows: 0, stride: 0)) }

    deinit {
        bitmaps.deallocate()
        coverage.deallocate()
    }

    /// Opens the fonts that a page uses, so that `bitmap(font:)` can find them by index.
    func activate(_ fonts: [FontInstance]) throws {
        if fonts == activeFonts { return }
        active = try fonts.map { font in
            if let known = instances.first(where: { $0.font == font }) { return known.instance }
            let instance = try Instance(font)
            instances.append((font, instance))
            return instance
        }
        activeIndices = active.map(\.indices)
        activeFonts = fonts
    }

    /// The bitmap of a glyph at a fraction of a pixel (quarters, 0 to 3).
    @inline(__always)
    func bitmap(font: Int, glyph: Int, quarter: Int) -> Bitmap {
        let indices = activeIndices[font]
        let key = glyph * 4 + quarter
        guard key < indices.count else { return bitmaps[0] }
        let index = indices[key]
        return index > 0 ? bitmaps[Int(index) &- 1] : draw(active[font], glyph: glyph, quarter: quarter, key: key)
    }

    /// The coverage of a bitmap, row by row; valid until the next glyph is drawn.
    func coverage(of bitmap: Bitmap) -> UnsafePointer<UInt8> { UnsafePointer(coverage + bitmap.offset) }

    private func reserve(_ count: Int) {
        guard coverageCount + count > coverageCapacity else { return }
        coverageCapacity = max(coverageCapacity * 2, coverageCount + count)
        Self.grow(&coverage, coverageCount, to: coverageCapacity)
    }

    private func append(_ bitmap: Bitmap) {
        if bitmapCount == bitmapCapacity {
            bitmapCapacity *= 2
            Self.grow(&bitmaps, bitmapCount, to: bitmapCapacity)
        }
        bitmaps[bitmapCount] = bitmap
        bitmapCount += 1
    }

    private static func grow<Element>(_ buffer: inout UnsafeMutablePointer<Element>, _ count: Int, to capacity: Int) {
        let grown = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        grown.moveInitialize(from: buffer, count: count)
        buffer.deallocate()
        buffer = grown
    }

    /// Rasterises a glyph; one that FreeType cannot draw counts as empty, as in poppler.
    private func draw(_ instance: Instance, glyph: Int, quarter: Int, key: Int) -> Bitmap {
        var offset = FT_Vector(x: FT_Pos(quarter * 16), y: 0)
        FT_Set_Transform(instance.face.handle, &instance.matrix, &offset)
        let flags = FT_Int32(FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP)
        guard FT_Load_Glyph(instance.face.handle, FT_UInt(glyph), flags) == 0,
            let slot = instance.face.handle.pointee.glyph,
            FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) == 0, slot.pointee.bitmap.width > 0,
            slot.pointee.bitmap.rows > 0
        else {
            instance.indices[key] = 1
            return bitmaps[0]
        }
        let source = slot.pointee.bitmap
        let width = Int(source.width)
        let rows = Int(source.rows)
        let stride = (width + 7) & ~7
        let start = coverageCount
        reserve(stride * rows)
        coverageCount += stride * rows
        for row in 0..<rows {
            let target = coverage + start + row * stride
            target.update(from: source.buffer + row * Int(source.pitch), count: width)
            (target + width).update(repeating: 0, count: stride - width)
        }
        let bitmap = Bitmap(
            offset: start,
            left: slot.pointee.bitmap_left,
            top: slot.pointee.bitmap_top,
            width: Int32(width),
            rows: Int32(rows),
            stride: Int32(stride)
        )
        append(bitmap)
        instance.indices[key] = Int32(bitmapCount)
        return bitmap
    }
}
