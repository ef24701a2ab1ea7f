// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
public import GlyphTypeset

/// How pages look in the first pass of `FocusReading`: the same pages with half of the pixels or less.
///
/// Flowing layouts keep their geometry and get two thirds of the resolution (72 dpi become 48, the coarsest that
/// reading was measured at), which costs 44 % of the visual tokens. The grid keeps its columns and rows and gets the
/// next cell of at most half the area (7×14 px become 7×7), which costs 50 %.
public enum FocusLook {
    private static let resolutionShare = 2.0 / 3

    /// The coarse look of pages that look like `config`.
    ///
    /// - Throws: `InputError` where nothing coarser can be read.
    public static func coarse(_ config: RenderConfig) throws -> RenderConfig {
        var coarse = config
        if config.layout == .grid {
            let area = config.cellWidth * config.cellHeight
            guard let cell = TokenBudget.cells.first(where: { 2 * $0.0 * $0.1 <= area }) else {
                throw tooCoarse("cells of \(config.cellWidth)×\(config.cellHeight) px")
            }
            coarse.pageWidth *= Double(cell.0) / Double(config.cellWidth)
            coarse.pageHeight *= Double(cell.1) / Double(config.cellHeight)
            (coarse.cellWidth, coarse.cellHeight) = cell
        } else {
            coarse.dpi = max(Double(TokenBudget.resolutions.lowerBound), (config.dpi * resolutionShare).rounded())
            guard coarse.dpi < config.dpi else { throw tooCoarse("\(Int(config.dpi)) dpi") }
        }
        return coarse
    }

    /// The coarse resolution of pages that are pictures, in pixels an inch.
    public static func coarse(scanDPI dpi: Int) -> Int { max(1, Int((Double(dpi) * resolutionShare).rounded())) }

    private static func tooCoarse(_ look: String) -> InputError {
        InputError(
            at: "coarse look",
            "pages of \(look) are as coarse as can be read, so there is no look for a first pass",
            remedy: "Choose a larger resolution or cell"
        )
    }
}
