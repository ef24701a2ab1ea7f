// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTensor
import Testing

@testable import GlyphVLM

@Suite("Every rung of the model equals the reference's")
struct ReferenceTests {
    /// Collects intermediate results as rows of their last dimension.
    private final class Rungs {
        var values: [String: [Float]] = [:]

        func keep(_ name: String, _ value: Tensor) {
            values[name] = (try? value.floats()).map { Rows.thinned($0, rowLength: value.size(-1)) }
        }
    }

    private func compare(_ name: String, _ rungs: Rungs, _ expected: [String: Rows], besides: Set<String> = []) {
        #expect(Set(rungs.values.keys).union(besides) == Set(expected.keys))
        for (rung, rows) in expected where !besides.contains(rung) {
            expectNear(rungs.values[rung] ?? [], rows.values, "\(name) \(rung)", isReported: true)
        }
    }

    @Test("Patches, blocks and merger of the vision tower", arguments: Fixtures.cases)
    func vision(_ name: String) throws {
        let model = try ReferenceModel(name)
        let rungs = Rungs()
        let pixels = try model.patches.map { try $0.tensor(on: .cpu) }
        let tower = model.model.vision
        _ = try tower(Tensor.cat(pixels, dim: 0), model.patches.map(\.grid), probe: rungs.keep)
        compare(name, rungs, try model.reference.results("vision"))
    }

    @Test("Layers of the decoder and the last logits", arguments: Fixtures.cases)
    func decoder(_ name: String) throws {
        let model = try ReferenceModel(name)
        let rungs = Rungs()
        let count = model.prompt.tokens.count
        let pieces = try model.model.pieces(of: model.prompt, 0..<count, model.vectors())
        let x = try model.model.vectors(pieces).unsqueeze(0)
        let positions = try Tensor(model.prompt.positions.flattened(0..<count).map(Float.init), [3, count])
        let hidden = try model.model.decoder(x, positions: positions, .none, probe: rungs.keep)
        let expected = try model.reference.results("decoder")
        compare(name, rungs, expected, besides: ["logits"])
        let logits = try model.model.logits(hidden.select(1, count - 1)).floats()
        expectNear(logits, try #require(expected["logits"]).values, "\(name) logits", isReported: true)
    }

    @Test("64 greedy tokens, to the last one", arguments: Fixtures.cases)
    func greedy(_ name: String) throws {
        let model = try ReferenceModel(name)
        let cache = try model.model.makeCache()
        let logits = try model.read(by: .max, into: cache, model.vectors())
        #expect(model.reference.greedy.count == 64)
        let tokens = try model.greedy(64, after: logits, cache)
        #expect(tokens == model.reference.greedy)
        let equal = zip(tokens, model.reference.greedy).prefix { $0 == $1 }.count
        Report.add("\(name) greedy tokens equal: \(equal) of 64")
    }

    @Test("With matrices of 8 bits the model gives nearly the reference's logits", arguments: Fixtures.cases)
    func eightBits(_ name: String) throws {
        let model = try ReferenceModel(name)
        let small = try GLM4V(model.reference.folder, matrices: .int8)
        #expect(small.parameterCount == model.model.parameterCount)
        let text = model.reference.folder.configuration.text
        #expect(small.quantized.count == 6 * text.layerCount + (name == "pages" ? 0 : 1))
        let count = model.prompt.tokens.count
        let cache = try small.makeCache()
        let logits = try small.prefill(model.prompt, 0..<count, images: model.vectors(), into: cache)
        let expected = try #require(try model.reference.results("decoder")["logits"])
        let values = try #require(logits).floats()
        expectNear(values, expected.values, within: 0.1, "\(name) logits with 8 bits", isReported: true)
        let next = try small.decode([DecodeStep(token: model.reference.greedy[0], cache: cache)]).floats()
        let whole = try model.model.makeCache()
        _ = try model.read(by: .max, into: whole, model.vectors())
        let exact = try model.model.decode([DecodeStep(token: model.reference.greedy[0], cache: whole)]).floats()
        expectNear(next, exact, within: 0.1, "\(name) second logits with 8 bits")
        #expect(throws: InputError.self) { try small.save(to: "/nonexistent") }
    }

    @Test("In bfloat16 the model gives nearly the reference's logits", arguments: Fixtures.cases)
    func halfPrecision(_ name: String) throws {
        let model = try ReferenceModel(name)
        let half = try GLM4V(model.reference.folder, computeType: .bf16)
        let vectors = try half.embed(model.patches)
        let images = Dictionary(uniqueKeysWithValues: vectors.enumerated().map { ($0.offset, $0.element) })
        let count = model.prompt.tokens.count
        let logits = try half.prefill(model.prompt, 0..<count, images: images, into: half.makeCache())
        let expected = try #require(try model.reference.results("decoder")["logits"])
        let values = try #require(logits).floats()
        expectNear(values, expected.values, within: 0.1, "\(name) logits in bfloat16", isReported: true)
    }
}
