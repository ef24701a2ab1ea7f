// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphRaster
import GlyphTypeset
import Testing

/// Pages of reportlab and poppler, made by Tools/reference/page_fixtures.py.
@Suite struct OfficialReferenceTests {
    private struct FixtureManifest: Decodable {
        var sha256: [String: String]
    }

    private static func manifest() throws -> [String: String] {
        try JSONDecoder().decode(FixtureManifest.self, from: Data(try fixture("MANIFEST.json"))).sha256
    }

    /// The names of the cases, from the manifest.
    static let cases: [String] = {
        let files = (try? manifest().keys.map { $0.split(separator: "/") }) ?? []
        return files.filter { $0.count == 3 && $0[0] == "official" && $0[2] == "config.json" }.map { String($0[1]) }
            .sorted()
    }()

    @Test("No fixture was changed by hand, and each is small")
    func fixturesMatchTheManifest() throws {
        let digests = try Self.manifest()
        #expect(Self.cases.count >= 40)
        for (path, digest) in digests {
            let bytes = try fixture(path)
            #expect(Digest.sha256(bytes) == digest, "\(path)")
            #expect(bytes.count <= (path.hasSuffix(".png") ? 32 : 64) * 1024, "\(path)")
        }
    }

    @Test("The official layout gives the reference pages pixel for pixel", arguments: cases)
    func pagesEqualReference(name: String) throws {
        let config = try RenderConfig(
            json: try fixture("official/\(name)/config.json"),
            at: "\(name)/config.json",
            relativeTo: repository
        )
        let text = try SourceText(validating: try fixture("official/\(name)/text.txt"), from: name)
        var layouter = try Typesetter.layouter(text: text, config: config)
        let rasterizer = PageRasterizer(format: config.imageFormat)
        var number = 0
        while let page = try layouter.nextPage() {
            number += 1
            let file = "official/\(name)/\(PageFolder.name(ofPage: number))"
            let expected = try PNGDecoder(try fixture(file)).image
            expectSamePixels(try rasterizer.image(of: page), expected, file)
            let encoded = try rasterizer.encode(page)
            expectSamePixels(try PNGDecoder(encoded.png).image, expected, "\(file) as a file")
            #expect(try rasterizer.size(of: page) == (encoded.width, encoded.height))
        }
        let expectedCount = try Self.manifest().keys.count { $0.hasPrefix("official/\(name)/page_") }
        #expect(number == expectedCount)
    }

    @Test("A page does not depend on what its worker drew before")
    func rasterizerKeepsNoState() throws {
        let shared = PageRasterizer()
        for name in ["dark", "left", "chinese", "scale-colour", "left", "dpi-144", "italic"] {
            let config = try RenderConfig(
                json: try fixture("official/\(name)/config.json"),
                at: name,
                relativeTo: repository
            )
            let text = String(decoding: try fixture("official/\(name)/text.txt"), as: UTF8.self)
            let page = try #require(try layouts(text, config).first)
            #expect(try shared.encode(page).png == PageRasterizer().encode(page).png, "\(name)")
        }
    }
}
