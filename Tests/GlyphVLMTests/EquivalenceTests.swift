// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTensor
import Testing

@testable import GlyphVLM

@Suite("However a sequence is computed, the same comes out")
struct EquivalenceTests {
    @Test("Read in parts, cutting through images, a prompt gives the logits of one part", arguments: [1, 5, 16, 37])
    func chunked(_ size: Int) throws {
        let model = try ReferenceModel("pages")
        let images = try model.vectors()
        let whole = try model.read(by: .max, into: model.model.makeCache(), images)
        let cache = try model.model.makeCache()
        let parts = try model.read(by: size, into: cache, images)
        expectNear(parts, whole, within: sameInF32, "logits")
        #expect(cache.count == model.prompt.tokens.count)
        #expect(cache.nextPosition == model.prompt.positions.next)
    }

    @Test("Token by token from a cache gives the logits of the sequence without one", arguments: Fixtures.cases)
    func cached(_ name: String) throws {
        let model = try ReferenceModel(name)
        let images = try model.vectors()
        let cache = try model.model.makeCache()
        var steps = [try model.read(by: 7, into: cache, images)]
        var prompt = model.prompt
        for token in model.reference.greedy.prefix(12) {
            steps.append(try model.model.decode([DecodeStep(token: token, cache: cache)]).floats())
            prompt.append([token])
        }
        let ordered = images.sorted { $0.key < $1.key }.map(\.value)
        let hidden = try model.model.forward([prompt], images: [ordered], padToken: 0)
        for (index, step) in steps.enumerated() {
            let place = model.prompt.tokens.count - 1 + index
            let whole = try model.model.logits(hidden.select(1, place)).floats()
            expectNear(step, whole, within: sameInF32, "step \(index)")
        }
    }

    @Test("Sequences of different lengths decoded together give what each gives alone")
    func batched() throws {
        let model = try ReferenceModel("single")
        let images = try model.vectors()
        let first = try model.model.makeCache()
        let start = try model.read(by: .max, into: first, images)
        let alone = try model.greedy(20, after: start, first)
        let text = Prompt(tokens: [5, 80, 81, 7])
        let texts = try (0..<2).map { _ in try model.model.makeCache(capacity: 30) }
        let textStart = try texts.map { cache in
            try #require(try model.model.prefill(text, 0..<4, images: [:], into: cache)).floats()
        }
        let textAlone = try model.greedy(20, after: textStart[0], texts[0])

        let second = try model.model.makeCache()
        var logits = [try model.read(by: .max, into: second, images), textStart[1]]
        var tokens: [[Int32]] = [[], []]
        for _ in 0..<20 {
            for row in 0..<2 { tokens[row].append(Int32(largest(logits[row]))) }
            let steps = zip([second, texts[1]], tokens).map { DecodeStep(token: $1[$1.count - 1], cache: $0) }
            let next = try model.model.decode(steps)
            logits = try (0..<2).map { try next.select(0, $0).floats() }
        }
        #expect(tokens == [alone, textAlone])
    }

    @Test("More sequences than one call takes give what each gives alone")
    func manyTogether() throws {
        let model = try ReferenceModel("single").model
        let prompts = (0..<37).map { Prompt(tokens: Array(5..<8 + Int32($0))) }
        func caches() throws -> [SequenceCache] {
            try prompts.map { prompt in
                let cache = try model.makeCache()
                _ = try model.prefill(prompt, 0..<prompt.tokens.count, images: [:], into: cache)
                return cache
            }
        }
        let steps = try caches().enumerated().map { DecodeStep(token: Int32(80 + $0), cache: $1) }
        let together = try model.decode(steps)
        #expect(together.shape == [prompts.count, model.configuration.text.vocabularySize])
        for (index, cache) in try caches().enumerated() {
            let alone = try model.decode([DecodeStep(token: Int32(80 + index), cache: cache)]).floats()
            expectNear(try together.select(0, index).floats(), alone, within: sameInF32, "sequence \(index)")
            #expect(steps[index].cache.count == cache.count)
        }
    }

    @Test("Images encoded together give the vectors of each alone")
    func imagesTogether() throws {
        let model = try ReferenceModel("pages")
        let together = try model.model.embed(model.patches)
        for (image, vectors) in zip(model.patches, together) {
            let alone = try #require(try model.model.embed([image]).first)
            #expect(alone.shape == [image.grid.tokenCount, model.model.configuration.text.hiddenSize])
            expectNear(try vectors.floats(), try alone.floats(), within: sameInF32, "vectors")
        }
    }

    @Test("A beginning kept as blocks gives the logits of reading it again")
    func prefixes() throws {
        let model = try ReferenceModel("pages")
        let images = try model.vectors()
        let cache = try model.model.makeCache()
        let cold = try model.read(by: .max, into: cache, images)
        let blocks = try (0..<3).map { try cache.block($0 * 32..<($0 + 1) * 32) }
        _ = try model.greedy(5, after: cold, cache)

        let fromBlocks = try model.model.makeCache(capacity: 200)
        for block in blocks {
            try fromBlocks.append(model.model.cacheBlock(bytes: block.bytes()))
        }
        #expect(fromBlocks.count == 96)
        #expect(fromBlocks.nextPosition == nil)
        #expect(try model.read(by: .max, into: fromBlocks, images) == cold)
    }

    @Test("A cache that grows gives what one of full size gives")
    func growth() throws {
        let model = try ReferenceModel("single")
        let images = try model.vectors()
        var results: [[Int32]] = []
        for capacity in [0, 400] {
            let cache = try model.model.makeCache(capacity: capacity)
            let logits = try model.read(by: 10, into: cache, images)
            results.append(try model.greedy(150, after: logits, cache))
        }
        #expect(results[0] == results[1])
    }

    @Test(
        "Prompts of a batch give the hidden vectors of each alone, and every parameter a gradient",
        arguments: ["pages", "ocr"]
    )
    func training(_ name: String) throws {
        let model = try ReferenceModel(name)
        let text = Prompt(tokens: Array(0..<40))
        for (_, parameter) in model.model.parameters { _ = try parameter.requiringGrad() }
        let images = try model.recordedVectors()
        let both = try model.model.forward([text, model.prompt], images: [[], images], padToken: 1)
        let first = try model.model.forward([text], images: [[]], padToken: 1)
        let second = try model.model.forward([model.prompt], images: [images], padToken: 1)
        let count = text.tokens.count
        let padded = try both.select(0, 0).narrow(0, start: 0, length: count)
        expectNear(try padded.floats(), try first.floats(), within: sameInF32, "text")
        expectNear(try both.select(0, 1).floats(), try second.floats(), within: sameInF32, "images")

        let targets = try Tensor((0..<model.prompt.tokens.count).map { $0 % 300 })
        let loss = try model.model.logits(both.select(0, 1)).crossEntropy(targets)
        try loss.backward()
        for (name, parameter) in model.model.parameters {
            let gradient = try #require(try parameter.grad(), "\(name) has no gradient")
            let size = try gradient.norm().item()
            #expect(size.isFinite && size > 0, "\(name) has a gradient of \(size)")
        }
    }

    @Test("What does not follow is an error and leaves the cache as it was")
    func misuse() throws {
        let model = try ReferenceModel("single")
        let images = try model.vectors()
        let cache = try model.model.makeCache()
        let prompt = model.prompt
        #expect(throws: InputError.self) { try model.model.prefill(prompt, 3..<9, images: images, into: cache) }
        #expect(throws: InputError.self) { try model.model.prefill(prompt, 0..<9, images: [:], into: cache) }
        #expect(throws: InputError.self) { try model.model.prefill(prompt, 0..<0, images: images, into: cache) }
        _ = try model.model.prefill(prompt, 0..<9, images: images, into: cache)
        #expect(throws: InputError.self) { try model.model.decode([DecodeStep(token: 3, cache: cache)]) }
        #expect(throws: InputError.self) { try cache.block(0..<10) }
        #expect(throws: InputError.self) { try model.model.cacheBlock(bytes: [1, 2, 3]) }
        let other = try ReferenceModel("pages").model.makeCache()
        #expect(throws: InputError.self) { try model.model.prefill(prompt, 0..<9, images: images, into: other) }
        #expect(cache.count == 9)
        _ = try model.read(by: .max, into: cache, images)
        #expect(throws: TensorError.self) { try model.model.decode([DecodeStep(token: 99_999, cache: cache)]) }
        #expect(cache.count == prompt.tokens.count)
    }
}
