// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTypeset

/// Draws styles: every factor of the paper's table 8, of which the distributions are not published.
///
/// `docs/training.md` has them as a table with reasons; each is one constant below.
struct StyleSampler: Sendable {
    private let proportional: FontFile
    private let monospaced: FontFile

    private static let families = Mixture<StyleFamily>([
        (.document, 0.4), (.web, 0.2), (.dark, 0.15), (.code, 0.15), (.pixel, 0.1),
    ])
    /// Sets of resolutions: lowest, low, medium, normal, high.
    private static let resolutions = Mixture<[Int]>([
        (Array(45...59), 0.03), (Array(60...71), 0.1), (Array(72...119), 0.47),
        ([72, 80, 96, 100, 110, 120, 144, 150, 300], 0.37), (Array(301...400), 0.03),
    ])
    /// Height by width: papers (series A and B, Letter, Legal, Tabloid), screens and tablets, and anything else from
    /// narrow to tall.
    private static let aspects = Mixture<ClosedRange<Double>>([
        (1.414...1.414, 0.35), (1.294...1.294, 0.12), (1.647...1.647, 0.04), (1.545...1.545, 0.04),
        (1.333...1.333, 0.07), (1.5...1.5, 0.06), (1.778...1.778, 0.06), (0.75...0.75, 0.06), (0.5625...0.5625, 0.06),
        (0.4...0.8, 0.04), (0.8...1.6, 0.06), (1.6...3, 0.04),
    ])
    private static let fontSizes = Mixture<Double>([
        (7, 0.06), (7.5, 0.06), (8, 0.12), (9, 0.22), (9.5, 0.1), (10, 0.18), (11, 0.1), (12, 0.1), (14, 0.06),
    ])
    private static let leadings = Mixture<Double>([(0, 0.2), (1, 0.4), (2, 0.25), (3, 0.15)])
    private static let alignments = Mixture<RenderConfig.Alignment>([
        (.left, 0.52), (.justify, 0.38), (.right, 0.05), (.center, 0.05),
    ])
    private enum MarginPattern { case equal, higher, wider }
    private static let marginPatterns = Mixture<MarginPattern>([(.equal, 0.6), (.higher, 0.2), (.wider, 0.2)])
    private enum Indent { case none, firstLine, block, hanging }
    private static let indents = Mixture<Indent>([(.none, 0.65), (.firstLine, 0.2), (.block, 0.08), (.hanging, 0.07)])
    private static let spacings = Mixture<ClosedRange<Double>>([(0...0, 0.6), (1...4, 0.28), (6...12, 0.12)])
    private static let horizontalScales = Mixture<ClosedRange<Double>>([
        (1...1, 0.6), (0.9...1, 0.22), (0.82...0.9, 0.12), (0.75...0.82, 0.06),
    ])
    private static let lineEnds = Mixture<NewlineMarkup>([
        (.lineBreak, 0.8), (.text(" \\n ", color: Color(red: 255, green: 0, blue: 0)), 0.12),
        (.text(" \u{B6} ", color: nil), 0.08),
    ])

    /// Opens no font yet, but finds those that ship.
    ///
    /// - Throws: `InputError` where they are missing.
    init() throws {
        (proportional, monospaced) = try (FontLibrary.dejaVuSans(), FontLibrary.dejaVuSansMono())
    }

    /// A style whose pages take at most the visual tokens of `shape`; nil where the shape is too small for the
    /// family that came up.
    func draw(_ shape: PageShape, _ random: inout SplitMix64) -> PageStyle? {
        // Kept while the rest is drawn again, so that large letters of dots come as often as they should.
        let family = Self.families.draw(&random)
        for _ in 0..<64 {
            let style = candidate(family, shape, &random)
            if style.isProper { return style }
        }
        return nil
    }

    private func candidate(
        _ family: StyleFamily,
        _ shape: PageShape,
        _ random: inout SplitMix64
    ) -> PageStyle {
        func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &random) < share }
        let zoom = family == .pixel ? 2 : 1
        var config = RenderConfig(font: proportional)
        config.layout = family == .code || family == .pixel || chance(0.65) ? .unicode : .official
        if family == .code || chance(family == .pixel ? 0.5 : 0.15) { config.font = monospaced }
        // What ships has every character of the corpus, and other machines have other fonts.
        config.fontFallback = []
        config.reflow = family.keepsLines ? .off : .auto
        let resolutions = Self.resolutions.draw(&random)
        config.dpi = Double(resolutions[Int.random(in: resolutions.indices, using: &random)]) / Double(zoom)
        config.fontSize = Self.fontSizes.draw(&random)
        config.lineHeight = config.fontSize + Self.leadings.draw(&random)
        config.alignment = Self.alignments.draw(&random)
        if family.keepsLines { config.alignment = .left }
        config.horizontalScale = Double.random(in: Self.horizontalScales.draw(&random), using: &random)
        setSize(of: &config, shape, zoom, &random)
        setMargins(of: &config, &random)
        setParagraphs(of: &config, &random)
        let colors = family.colors[Int.random(in: family.colors.indices, using: &random)]
        (config.pageBackground, config.paragraphBackground) = (colors.page, colors.paragraph)
        (config.fontColor, config.paragraphBorder) = (colors.ink, colors.ink)
        (config.autoCropWidth, config.autoCropLastPage) = (chance(0.5), chance(0.6))
        return PageStyle(family: family, config: config, zoom: zoom)
    }

    /// As large as the shape's visual tokens allow in the proportion that is drawn.
    ///
    /// Papers are not whole visual tokens, so some pixels are missing, but no more than the image processor rounds up.
    private func setSize(
        of config: inout RenderConfig,
        _ shape: PageShape,
        _ zoom: Int,
        _ random: inout SplitMix64
    ) {
        let aspect = Double.random(in: Self.aspects.draw(&random), using: &random)
        let columns = max(1, min(shape.tokenCount, Int((Double(shape.tokenCount) / aspect).squareRoot())))
        let rows = max(1, min(shape.tokenCount / columns, Int((Double(columns) * aspect).rounded())))
        func points(_ tokens: Int, _ scale: Double, _ random: inout SplitMix64) -> Double {
            let side = tokens * GridGeometry.visualToken
            let pixels = side - Int.random(in: 0...min(13, side / 16), using: &random)
            return (Double(pixels / zoom) / scale).rounded(.down) * 72 / config.dpi
        }
        config.pageWidth = points(columns, config.horizontalScale, &random)
        config.pageHeight = points(rows, 1, &random)
    }

    /// 10 to 40 points, as on paper, but at most a tenth of the side: small pages are no sheets of paper.
    private func setMargins(of config: inout RenderConfig, _ random: inout SplitMix64) {
        let margins = (0..<2).map { _ in Double.random(in: 10...40, using: &random) }.sorted()
        switch Self.marginPatterns.draw(&random) {
        case .equal: (config.marginX, config.marginY) = (margins[0], margins[0])
        case .higher: (config.marginX, config.marginY) = (margins[0], margins[1])
        case .wider: (config.marginX, config.marginY) = (margins[1], margins[0])
        }
        config.marginX = min(config.marginX, config.pageWidth / 10)
        config.marginY = min(config.marginY, config.pageHeight / 10)
    }

    private func setParagraphs(of config: inout RenderConfig, _ random: inout SplitMix64) {
        func ems(_ range: ClosedRange<Double>) -> Double { config.fontSize * Double.random(in: range, using: &random) }
        switch Self.indents.draw(&random) {
        case .none: break
        case .firstLine: config.firstLineIndent = ems(1...2.5)
        case .block: (config.leftIndent, config.rightIndent) = (ems(1...3), ems(0...3))
        case .hanging:
            config.leftIndent = ems(1...2.5)
            config.firstLineIndent = -config.leftIndent
        }
        config.spaceBefore = Double.random(in: Self.spacings.draw(&random), using: &random)
        config.spaceAfter = Double.random(in: Self.spacings.draw(&random), using: &random)
        guard config.layout == .official else { return }
        config.newlineMarkup = Self.lineEnds.draw(&random)
        if Int.random(in: 0..<20, using: &random) == 0 {
            config.borderWidth = Double.random(in: 0.5...1.5, using: &random)
            config.borderPadding = Double.random(in: 1...4, using: &random)
        }
    }
}
