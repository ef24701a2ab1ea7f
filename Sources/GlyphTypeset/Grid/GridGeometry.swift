// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A grid page in pixels: cells on the patches that a vision–language model cuts its images into.
///
/// The reader's vision tower looks at 14×14 px patches and merges 2×2 of them into one visual token. A page that is
/// not a multiple of 28 px is resampled by the reader, which blurs every glyph; a cell that straddles patches is
/// learnt several times more slowly than one that divides them. So sizes round up and margins round to the nearest.
public struct GridGeometry: Sendable, Equatable {
    /// The side of a patch in pixels.
    public static let patch = 14
    /// The side of a visual token in pixels.
    public static let visualToken = 2 * patch

    /// The page, multiples of `visualToken`.
    public let pageWidth: Int
    public let pageHeight: Int
    /// The empty border, multiples of `patch`.
    public let marginX: Int
    public let marginY: Int
    public let cellWidth: Int
    public let cellHeight: Int
    /// Cells left of the text that hold line numbers; 0 without them.
    public let gutter: Int
    /// Cells of text in a row.
    public let columns: Int
    /// Rows of text on a page.
    public let rows: Int

    /// Cells that any item of text must find in one row: `[U+10FFFF]` has ten, a mark of eight characters up to 16.
    static let minimumColumns = 16

    /// Snaps a configuration's page to the patch grid.
    ///
    /// - Parameters:
    ///   - config: the page, margins (rounded to the nearest patch) and cell size; everything else is ignored.
    ///   - lineCount: the highest line number the gutter must hold; nil for no gutter.
    /// - Throws: `InputError` when too few cells fit the page.
    init(_ config: RenderConfig, lineCount: Int?) throws {
        pageWidth = Self.roundUp(config.pixelWidth)
        pageHeight = Self.roundUp(config.pixelHeight)
        marginX = Self.roundToPatch(config.marginX * config.scale)
        marginY = Self.roundToPatch(config.marginY * config.scale)
        (cellWidth, cellHeight) = (config.cellWidth, config.cellHeight)
        gutter = lineCount.map { String($0).utf8.count + 1 } ?? 0
        columns = (pageWidth - 2 * marginX) / cellWidth - gutter
        rows = (pageHeight - 2 * marginY) / cellHeight
        guard columns >= Self.minimumColumns, rows >= 1 else {
            throw InputError(
                at: "cell-size",
                "leaves \(max(0, columns)) columns and \(max(0, rows)) rows on a page of \(pageWidth)×\(pageHeight) px",
                expected: "at least \(Self.minimumColumns) columns and one row",
                remedy: "Enlarge page-size, or lower cell-size or the margins"
            )
        }
    }

    /// The height of a page that uses only its first rows: whole visual tokens, so that nothing is resampled.
    func height(ofRows used: Int) -> Int {
        min(pageHeight, Self.roundUp(max(1, used * cellHeight + 2 * marginY)))
    }

    /// The left edge of a text column in pixels.
    func x(ofColumn column: Int) -> Int { marginX + (gutter + column) * cellWidth }

    /// The top edge of a row in pixels.
    func y(ofRow row: Int) -> Int { marginY + row * cellHeight }

    private static func roundUp(_ pixels: Int) -> Int {
        (pixels + visualToken - 1) / visualToken * visualToken
    }

    private static func roundToPatch(_ pixels: Double) -> Int {
        Int((pixels / Double(patch)).rounded()) * patch
    }
}
