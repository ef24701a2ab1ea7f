// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTypeset

/// A page with everything that training wants to know about it.
struct TrainingPage {
    let image: PageImage
    /// What the page shows, in UTF-8.
    let text: [UInt8]
    /// The class of every cell, those of a visual token together: [visual tokens × cells of one]; none without cells.
    let classes: [Int64]
    /// The bytes of `text` that each line shows, from the top.
    let lines: [Range<Int>]

    /// What the page shows, in characters.
    var scalars: [Unicode.Scalar] { Array(String(decoding: text, as: UTF8.self).unicodeScalars) }
}

/// The size of a page and of its cells.
struct PageShape: Sendable, Hashable {
    /// Visual tokens in a row and in a column.
    let columns: Int
    let rows: Int
    let cell: CellSize

    var tokenCount: Int { columns * rows }

    /// Characters that fill the page.
    var capacity: Int { tokenCount * cell.perToken }
}

/// A cell in pixels; both sides divide the 28 pixels of a visual token.
struct CellSize: Sendable, Hashable {
    let width: Int
    let height: Int

    var columnsPerToken: Int { GridGeometry.visualToken / width }
    var rowsPerToken: Int { GridGeometry.visualToken / height }
    /// Characters of one visual token.
    var perToken: Int { columnsPerToken * rowsPerToken }
}
