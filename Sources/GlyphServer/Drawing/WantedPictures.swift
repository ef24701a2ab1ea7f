// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphRaster

/// Which of a document's pages are wanted as pictures, and how their files are compressed.
struct WantedPictures: Sendable, Equatable {
    /// The pages from the first that are drawn; the others are only measured.
    var count: Int
    /// Small for what goes to a reader, which may be far away.
    var compression = PageRasterizer.Compression.small

    static let none = WantedPictures(count: 0)
    static let all = WantedPictures(count: .max)

    func includes(_ number: Int) -> Bool { number <= count }
}
