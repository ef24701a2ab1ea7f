// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphRaster
import GlyphTypeset
import Testing

/// How many times as many inputs the fuzz tests try, and from other seeds: `GLYPH_FUZZ=20 ./test --filter Fuzz`.
let fuzzFactor = ProcessInfo.processInfo.environment["GLYPH_FUZZ"].flatMap(Int.init) ?? 1

/// The root of the repository, where the font paths of the fixtures start.
let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// The bytes of a fixture.
func fixture(_ path: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(path)")
    return [UInt8](try Data(contentsOf: url))
}

/// A page of 200 × 150 pixels in the shipped font alone, so that results do not depend on the machine.
func smallConfig(_ layout: RenderConfig.Layout = .official) throws -> RenderConfig {
    var config = RenderConfig(font: try FontLibrary.dejaVuSans())
    config.layout = layout
    (config.pageWidth, config.pageHeight) = (200, 150)
    (config.marginX, config.marginY) = (10, 10)
    config.fontFallback = []
    return config
}

/// Every page of a document, laid out; where a preset limits the tokens of a page, bytes stand for them.
func layouts(_ text: String, _ config: RenderConfig) throws -> [PageLayout] {
    var layouter = try Typesetter.layouter(text: SourceText(text), config: config) { $0.count }
    var pages: [PageLayout] = []
    while let page = try layouter.nextPage() { pages.append(page) }
    return pages
}

/// The image with three bytes a pixel.
func rgb(_ image: PageImage) -> PageImage {
    guard image.format == .grey else { return image }
    var copy = image
    copy.format = .rgb
    copy.pixels = image.pixels.flatMap { [$0, $0, $0] }
    return copy
}

/// Records where two pictures differ, if they do.
func expectSamePixels(
    _ actual: PageImage,
    _ expected: PageImage,
    _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let (actual, expected) = (rgb(actual), rgb(expected))
    guard actual != expected else { return }
    guard actual.width == expected.width, actual.height == expected.height else {
        Issue.record(
            "\(name) is \(actual.width)×\(actual.height), not \(expected.width)×\(expected.height)",
            sourceLocation: sourceLocation
        )
        return
    }
    let different = (0..<actual.width * actual.height).filter {
        actual.pixels[$0 * 3..<$0 * 3 + 3] != expected.pixels[$0 * 3..<$0 * 3 + 3]
    }
    let first = different.first ?? 0
    Issue.record(
        """
        \(name) differs in \(different.count) pixels, first at \(first % actual.width),\(first / actual.width): \
        \(actual.pixels[first * 3..<first * 3 + 3]), not \(expected.pixels[first * 3..<first * 3 + 3])
        """,
        sourceLocation: sourceLocation
    )
}

/// A folder that is removed with everything in it when the closure returns.
func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return try body(path)
}

/// A path in the temporary folder at which nothing exists.
func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("glyph-\(UUID().uuidString)").path
}

/// The names in a folder, hidden ones included, sorted.
func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}
