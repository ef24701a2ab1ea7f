// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// How an image is cut: rows and columns of patches, joined in squares of `mergeSize` to image tokens.
package struct ImageGrid: Sendable, Hashable {
    /// Rows of patches, a multiple of `mergeSize`.
    package let rows: Int
    /// Columns of patches, a multiple of `mergeSize`.
    package let columns: Int
    /// Patches along each side of an image token.
    package let mergeSize: Int

    init(rows: Int, columns: Int, mergeSize: Int) {
        self.rows = rows
        self.columns = columns
        self.mergeSize = mergeSize
    }

    package var patchCount: Int { rows * columns }

    /// Rows of image tokens.
    package var tokenRows: Int { rows / mergeSize }

    /// Columns of image tokens.
    package var tokenColumns: Int { columns / mergeSize }

    /// The number of image tokens: what the image takes of the prompt.
    package var tokenCount: Int { tokenRows * tokenColumns }

    /// Row and column of every patch in the order of the pixel values: the patches of one image token together.
    package var patchPlaces: [(row: Int, column: Int)] {
        var places: [(row: Int, column: Int)] = []
        places.reserveCapacity(patchCount)
        for tokenRow in 0..<tokenRows {
            for tokenColumn in 0..<tokenColumns {
                for row in 0..<mergeSize {
                    for column in 0..<mergeSize {
                        places.append((tokenRow * mergeSize + row, tokenColumn * mergeSize + column))
                    }
                }
            }
        }
        return places
    }
}
