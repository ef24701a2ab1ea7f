// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage
import GlyphRaster
public import GlyphTokens
public import GlyphTypeset

/// Finds the most legible configuration whose whole document costs at most a number of visual tokens.
///
/// Legibility is the size of the letters in pixels: the resolution in the flowing layouts, the cell in the grid. Cost
/// is measured by laying the document out, never estimated. Pictures that are sent beside the text's pages are paid from
/// the same budget and stay as they are.
public struct TokenBudget {
    /// The most visual tokens the document may cost, framing included.
    public let limit: Int
    /// The reader that is paid.
    public let family: ReaderFamily

    /// The sizes in pixels of the pictures beside the text.
    private let pictures: [(width: Int, height: Int)]
    /// Counts text tokens, for configurations that limit them per page.
    private let tokenCounter: Typesetter.TokenCounter

    /// A budget.
    ///
    /// - Parameters:
    ///   - limit: the most visual tokens for everything.
    ///   - family: the reader that is paid.
    ///   - pictures: the sizes in pixels of the pictures beside the text, such as scanned pages.
    ///   - tokenCounter: counts text tokens.
    public init(
        limit: Int,
        family: ReaderFamily,
        pictures: [(width: Int, height: Int)] = [],
        tokenCounter: @escaping Typesetter.TokenCounter
    ) {
        self.limit = limit
        self.family = family
        self.pictures = pictures
        self.tokenCounter = tokenCounter
    }

    /// Resolutions tried in the flowing layouts, in dots per inch (FocusVTC measured reading from 48 to 144).
    static let resolutions = 40...200
    /// Cells tried in the grid layout, in pixels, most legible first; each divides or multiplies the 14 px patch.
    static let cells = [(14, 28), (14, 14), (7, 14), (7, 10), (7, 7), (4, 7)]

    /// The configuration of most legible pages within the budget.
    ///
    /// - Throws: `InputError` saying what the smallest legible setting costs when even that, or the pictures alone, is too
    ///   much.
    public func fit(_ config: RenderConfig, to text: SourceText) throws -> RenderConfig {
        let pictureCost = try pictureCost
        guard pictureCost <= limit else {
            throw InputError(
                at: "budget",
                "the pages that are pictures cost \(pictureCost) visual tokens",
                expected: "at least \(pictureCost), and more for text",
                remedy: "Raise the budget, or make the pictures smaller"
            )
        }
        if text.utf8.isEmpty { return config }
        return config.layout == .grid ? try fitCells(config, text) : try fitResolution(config, text)
    }

    /// What the pictures cost of the budget.
    public var pictureCost: Int {
        get throws { pictures.isEmpty ? 0 : try family.promptTokens(forImages: pictures) }
    }

    private func fitResolution(_ config: RenderConfig, _ text: SourceText) throws -> RenderConfig {
        func candidate(_ dpi: Int) -> RenderConfig {
            var candidate = config
            candidate.dpi = Double(dpi)
            return candidate
        }
        var low = Self.resolutions.lowerBound
        var high = Self.resolutions.upperBound
        let least = try cost(candidate(low), text)
        guard least <= limit else { throw tooSmall(least, at: "\(low) dpi", or: ", or try the preset dense") }
        while low < high {
            let middle = (low + high + 1) / 2
            if try cost(candidate(middle), text) <= limit { low = middle } else { high = middle - 1 }
        }
        return candidate(low)
    }

    private func fitCells(_ config: RenderConfig, _ text: SourceText) throws -> RenderConfig {
        var least = 0
        for (width, height) in Self.cells {
            var candidate = config
            (candidate.cellWidth, candidate.cellHeight) = (width, height)
            least = try cost(candidate, text)
            if least <= limit { return candidate }
        }
        throw tooSmall(least, at: "cells of \(Self.cells.last.map { "\($0.0)×\($0.1)" } ?? "") pixels", or: "")
    }

    private func cost(_ config: RenderConfig, _ text: SourceText) throws -> Int {
        var layouter = try Typesetter.layouter(text: text, config: config, tokenCounter: tokenCounter)
        let rasterizer = PageRasterizer(format: config.imageFormat)
        var sizes = pictures
        while let page = try layouter.nextPage() {
            // A document is laid out up to nine times, and nobody may wait for it any more.
            try Task.checkCancellation()
            sizes.append(try rasterizer.size(of: page))
        }
        return try family.promptTokens(forImages: sizes)
    }

    private func tooSmall(_ least: Int, at setting: String, or other: String) -> InputError {
        InputError(
            at: "budget",
            "the document costs \(least) visual tokens even at \(setting)",
            expected: "at least \(least)",
            remedy: "Raise the budget, shorten the document" + (pictures.isEmpty ? "" : ", make the pictures smaller")
                + other
        )
    }
}
