// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What the model reads: token ids with image tokens expanded, positions, and where the images are.
package struct Prompt: Sendable, Equatable {
    /// An image's place in the prompt.
    package struct PlacedImage: Sendable, Equatable {
        package let grid: ImageGrid
        /// The indices of its image tokens in the prompt, without the marks around them.
        package let tokens: Range<Int>
    }

    /// One id for each position.
    package internal(set) var tokens: [Int32] = []
    package internal(set) var positions = RotaryPositions()
    /// The images in order of appearance.
    package internal(set) var images: [PlacedImage] = []

    init() {}

    /// A prompt of text alone.
    package init(tokens: [Int32]) {
        self.tokens = tokens
        positions = RotaryPositions(textCount: tokens.count)
    }

    /// A prompt whose image tokens stand in `tokens` already.
    ///
    /// - Parameters:
    ///   - tokens: The ids, image tokens among them.
    ///   - images: The grids of the images and where their tokens are, in order.
    /// - Throws: `InputError` where a range does not lie in the prompt or has not as many tokens as the grid.
    package init(tokens: [Int32], images: [(grid: ImageGrid, tokens: Range<Int>)]) throws {
        for (index, image) in images.enumerated() {
            let start = self.tokens.count
            guard image.tokens.lowerBound >= start, image.tokens.upperBound <= tokens.count,
                image.tokens.count == image.grid.tokenCount
            else {
                throw InputError(
                    at: "image \(index)",
                    "its tokens \(image.tokens) are not where a grid of \(image.grid.tokenCount) tokens can lie",
                    expected: "ranges in order, inside of \(tokens.count) tokens"
                )
            }
            append(Array(tokens[start..<image.tokens.lowerBound]))
            append(image.grid, token: tokens[image.tokens.lowerBound])
        }
        append(Array(tokens[self.tokens.count...]))
    }

    /// The first `count` tokens.
    ///
    /// - Throws: `InputError` where that would cut through an image.
    package func prefix(_ count: Int) throws -> Prompt {
        let kept = images.filter { $0.tokens.lowerBound < count }.map { ($0.grid, $0.tokens) }
        return try Prompt(tokens: Array(tokens.prefix(count)), images: kept)
    }

    mutating func append(_ ids: [Int32]) {
        tokens += ids
        positions.appendText(ids.count)
    }

    mutating func append(_ grid: ImageGrid, token: Int32) {
        images.append(PlacedImage(grid: grid, tokens: tokens.count..<tokens.count + grid.tokenCount))
        tokens += repeatElement(token, count: grid.tokenCount)
        positions.appendImage(grid)
    }
}
