// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTokens

@Suite("Reader families")
struct ReaderFamilyTests {
    /// A row of `image_token_vectors.json`: images, and the tokens a provider charged for them.
    private struct Row: Decodable {
        var rule: String
        var images: [[Int]]
        var measured: Int
        var cap: Int?
        var base: Int?
        var tol: Int?
        var source: String

        var family: String {
            switch (rule, cap) {
            case ("openai-1.2", 2500): "openai-1.2-high"
            case ("openai-1.2", 10_000): "openai-1.2-auto"
            case ("gemini3", _): "gemini-3"
            default: rule
            }
        }
    }

    @Test("Every measured row is reproduced")
    func measuredRows() throws {
        let rows = try Fixtures.decode([Row].self, "image_token_vectors.json")
        #expect(rows.count == 80)
        for row in rows {
            let tokens = try ReaderFamily.named(row.family).tokens(forImages: row.images.map { ($0[0], $0[1]) })
            // Receipts include the prompt, known only as a constant of 192 to 194 tokens.
            #expect(abs(tokens + (row.base ?? 0) - row.measured) <= row.tol ?? 0, "\(row)")
        }
    }

    @Test("Sizes equal those of smart_resize in transformers")
    func smartResize() throws {
        struct Resize: Decodable {
            var family: String
            var size: (Int, Int)
            var resized: (Int, Int)?

            init(from decoder: any Decoder) throws {
                var row = try decoder.unkeyedContainer()
                family = try row.decode(String.self)
                size = (try row.decode(Int.self), try row.decode(Int.self))
                if let width = try row.decode(Int?.self), let height = try row.decode(Int?.self) {
                    resized = (width, height)
                }
            }
        }
        let rows = try Fixtures.decode([Resize].self, "smart_resize.json")
        #expect(rows.count == 200)
        for row in rows {
            guard case .grid(let grid) = try ReaderFamily.named(row.family).rule else {
                Issue.record("\(row.family) has no grid")
                continue
            }
            if let resized = row.resized {
                #expect(try grid.size(width: row.size.0, height: row.size.1) == resized, "\(row)")
            } else {
                #expect(throws: InputError.self) { try grid.size(width: row.size.0, height: row.size.1) }
            }
        }
    }

    @Test("A Glyph page of 595×842 costs 630 tokens, and 6144 is the most")
    func glyphPage() throws {
        let glm = try ReaderFamily.named("glyph")
        #expect(try glm.tokens(forImages: [(595, 842)]) == 630)
        #expect(try glm.tokens(forImages: [(793, 1123), (992, 1403)]) == 1120 + 1750)
        #expect(glm.framingTokens == 2)
        for side in stride(from: 100, through: 20_000, by: 777) {
            #expect(try glm.tokens(forImages: [(side, side)]) <= 6144)
        }
    }

    @Test("Limits of patches hold for any size", arguments: ReaderFamily.all.map(\.name))
    func anySize(_ name: String) throws {
        let family = try ReaderFamily.named(name)
        var random = SplitMix64(state: 9)
        for _ in 0..<500 {
            let top = [50, 3000, 30_000].randomElement(using: &random) ?? 50
            let (width, height) = (Int.random(in: 1...top, using: &random), Int.random(in: 1...top, using: &random))
            guard let tokens = try? family.tokens(forImages: [(width, height)]) else {
                #expect(max(width, height) / min(width, height) >= 200 || name.hasPrefix("glm"))
                continue
            }
            #expect(tokens > 0)
            switch family.rule {
            case .scaledPatches(let budget, let percent):
                if let most = budget.mostPatches { #expect(tokens <= (most * percent).dividedUp(by: 100)) }
            case .boundedPatches(let patches, let perImage, let perRequest):
                #expect(tokens <= patches.mostPatches + perImage + perRequest)
            case .aspect(let budget): #expect(tokens <= max(budget, 200_000))
            default: break
            }
        }
        #expect(try family.tokens(forImages: []) == 0)
    }

    @Test(
        "A model's name says its family, with who published it and what follows a known name",
        arguments: [
            ("zai-org/Glyph", "glm-4.1v"), ("zai-org/GLM-4.1V-9B-Thinking", "glm-4.1v"), ("glyph:latest", "glm-4.1v"),
            ("Qwen/Qwen2.5-VL-7B-Instruct", "qwen2-vl"), ("qwen2.5-vl-published", "qwen2-vl-published"),
            ("Qwen/Qwen3-VL-8B-Instruct", "qwen3-vl"), ("claude-sonnet-4-5", "claude-standard"),
            ("anthropic/claude-opus-4-8-20260101", "claude-high"), ("gemini-3-pro-preview", "gemini-3"),
            ("grok-4", "grok"), ("gpt-4o-2024-08-06", "openai-tiles-85"),
            ("gpt-4o-mini-2024-07-18", "openai-tiles-2833"),
        ]
    )
    func models(_ model: String, _ family: String) throws {
        #expect(try ReaderFamily.named(model).name == family)
    }

    @Test(
        "A name that only looks like a known one is an error that lists the families",
        arguments: [
            "gpt-5.9", "gpt-5.4-mini", "glm-4.6v", "glyphs", "grok4", "claude", "claude-opus-4-1", "o3-mini", "glyph/",
            "/", "",
        ]
    )
    func similar(_ name: String) {
        let error = #expect(throws: InputError.self) { try ReaderFamily.named(name) }
        #expect(error?.expected?.contains("glm-4.1v, ") == true)
        #expect(error?.expected?.contains("the name of a model") == true)
    }

    @Test("Names are unique and found in any letter case; unknown names and impossible sizes are errors")
    func names() throws {
        let names = ReaderFamily.all.flatMap { [$0.name] + $0.aliases }
        #expect(Set(names).count == names.count)
        #expect(try ReaderFamily.named("Claude-Fable-5").name == "claude-high")
        #expect(throws: InputError.self) { try ReaderFamily.named("gpt-2") }
        for size in [(0, 10), (10, -1), (Int.max, 1)] {
            #expect(throws: InputError.self) { try ReaderFamily.named("grok").tokens(forImages: [size]) }
        }
    }
}
