// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTestSupport
import Synchronization
import Testing

@testable import GlyphEngine

@Suite struct EngineCoreTests {
    private typealias Harness = EngineHarness

    private func image(_ shade: UInt8, at range: Range<Int>) throws -> EnginePrompt.PlacedImage {
        .init(file: try TestImages.file(shade: shade), range: range)
    }

    private func configuration(
        chunk: Int = 1024,
        blocks: Int? = nil,
        running: Int = 16,
        waiting: Int = 64
    ) -> EngineConfiguration {
        var configuration = EngineConfiguration()
        configuration.limits.chunk = chunk
        configuration.limits.chunkWhileDecoding = max(1, chunk / 3)
        configuration.limits.maximumRunning = running
        configuration.limits.maximumWaiting = waiting
        let facts = ModelFacts.scripted
        if let blocks { configuration.keyValueBytes = blocks * facts.blockLength * facts.bytesPerPosition }
        return configuration
    }

    @Test("a prompt read in chunks gives the answer of one read at once", arguments: [1, 7, 16, 50, 300])
    func chunked(_ chunk: Int) throws {
        let prompt = Harness.prompt(150, images: [try image(9, at: 20..<60)])
        let whole = try Harness().answer(Harness.request(prompt))
        let chunked = try Harness(configuration: configuration(chunk: chunk)).answer(Harness.request(prompt))
        #expect(whole.tokens.count == 12)
        #expect(chunked.tokens == whole.tokens)
    }

    @Test("conversations answered together get the answers they get alone")
    func batched() throws {
        let requests = try (0..<6).map { index in
            var sampling = SamplingParameters(temperature: index.isMultiple(of: 2) ? 0 : 1, seed: UInt64(index))
            if index == 3 { sampling.repetitionPenalty = 1.3 }
            let images = index == 4 ? [try image(3, at: 5..<40)] : []
            let prompt = Harness.prompt(20 + 37 * index, salt: Int32(index % 2), images: images)
            return Harness.request(prompt, tokens: 40 - index * 3, sampling: sampling)
        }
        let alone = try requests.map { try Harness().answer($0).tokens }
        let together = try Harness(configuration: configuration(chunk: 96))
        let outcomes = try requests.map { try together.submit($0).outcome }
        together.run()
        #expect(outcomes.map(\.value.tokens) == alone)
        #expect(together.log.calls.contains { if case .decode(let count) = $0 { count == 6 } else { false } })
    }

    @Test("a second question about the same pages reads only what is new, and gets the cold answer")
    func prefixCache() throws {
        let pages = try [image(1, at: 3..<80), image(2, at: 82..<150)]
        let first = Harness.prompt(170, images: pages)
        var second = first
        second.tokens.replaceSubrange(155..., with: Harness.prompt(20, salt: 90).tokens)
        let cold = try Harness().answer(Harness.request(second))
        let warm = try Harness()
        _ = try warm.answer(Harness.request(first))
        let calls = warm.log.calls.count
        let answer = try warm.answer(Harness.request(second))
        #expect(answer.tokens == cold.tokens)
        #expect(answer.summary?.cachedTokens == 144)  // nine blocks of 16 hold nothing but equal tokens
        let after = warm.log.calls.dropFirst(calls)
        #expect(after.contains(.prefill(144..<175)))
        #expect(!after.contains(.encode))
    }

    @Test("the same question again still reads its last token, for without it there are no logits")
    func identical() throws {
        let harness = try Harness()
        let request = Harness.request(Harness.prompt(64))
        let cold = try harness.answer(request)
        let warm = try harness.answer(request)
        #expect(warm.tokens == cold.tokens)
        #expect(warm.summary?.cachedTokens == 48)
    }

    @Test("an image in another place or another image is no hit")
    func imageMatters() throws {
        let harness = try Harness()
        let first = try harness.answer(Harness.request(Harness.prompt(60, images: [image(1, at: 0..<40)])))
        let other = try harness.answer(Harness.request(Harness.prompt(60, images: [image(2, at: 0..<40)])))
        #expect(other.summary?.cachedTokens == 0)
        #expect(other.tokens != first.tokens)
    }

    @Test("an image is looked at once, however many conversations show it")
    func imageCache() throws {
        let harness = try Harness()
        for salt in 0..<3 {
            let prompt = Harness.prompt(60, salt: Int32(salt), images: [try image(1, at: 10..<40)])
            _ = try harness.answer(Harness.request(prompt))
        }
        #expect(harness.log.calls.count { $0 == .encode } == 1)
        #expect(harness.core.metrics.value.imagesReused == 2)
    }

    @Test("vectors that do not fit into the image cache are still there for their own conversation")
    func tinyImageCache() throws {
        var small = configuration(chunk: 10)
        small.imageBytes = 1
        let prompt = Harness.prompt(150, images: [try image(1, at: 0..<70), try image(2, at: 70..<140)])
        let expected = try Harness().answer(Harness.request(prompt))
        #expect(try Harness(configuration: small).answer(Harness.request(prompt)).tokens == expected.tokens)
    }

    @Test("a cancelled conversation's place and memory are free before the next step")
    func cancellation() throws {
        let harness = try Harness(configuration: configuration(chunk: 16, blocks: 12, running: 1))
        let (first, firstOutcome) = try harness.submit(Harness.request(Harness.prompt(100), tokens: 60))
        let (_, second) = try harness.submit(Harness.request(Harness.prompt(100, salt: 1), tokens: 4))
        for _ in 0..<3 { harness.core.step() }
        let calls = harness.log.calls.count
        harness.core.cancel(first)
        #expect(harness.core.metrics.value.blocksReserved == 0)
        #expect(firstOutcome.value.failure is CancellationError)
        harness.core.step()
        #expect(Array(harness.log.calls.dropFirst(calls)) == [.begin(reused: 0), .prefill(0..<16)])
        harness.run()
        #expect(second.value.tokens.count == 4)
        #expect(harness.core.conversations.isEmpty)
    }

    @Test("a conversation cancelled while it decodes does not change what the others get")
    func cancelInBatch() throws {
        let request = Harness.request(Harness.prompt(30), tokens: 20)
        let alone = try Harness().answer(request).tokens
        let harness = try Harness()
        let outcome = try harness.submit(request).outcome
        let other = try harness.submit(Harness.request(Harness.prompt(40, salt: 5), tokens: 20)).id
        for _ in 0..<8 { harness.core.step() }
        harness.core.cancel(other)
        harness.core.cancel(other)
        harness.run()
        #expect(outcome.value.tokens == alone)
        #expect(harness.core.metrics.value.cancelled == 1)
    }

    @Test("what could never fit is refused at once, with the numbers")
    func refusals() throws {
        let harness = try Harness(configuration: configuration(blocks: 10, waiting: 2))
        #expect(throws: EngineRefusal.contextExceeded(promptTokens: 4090, answerTokens: 12, limit: 4096)) {
            try harness.submit(Harness.request(Harness.prompt(4090)))
        }
        #expect(throws: EngineRefusal.memoryExceeded(neededBytes: 11 * 128, budgetBytes: 10 * 128)) {
            try harness.submit(Harness.request(Harness.prompt(150)))
        }
        try harness.submit(Harness.request(Harness.prompt(10)))
        try harness.submit(Harness.request(Harness.prompt(10)))
        #expect(throws: EngineRefusal.busy(waiting: 2)) { try harness.submit(Harness.request(Harness.prompt(10))) }
        #expect(harness.core.metrics.value.refused == 3)
        harness.run()
        #expect(harness.core.metrics.value.completed == 2)
    }

    @Test("a conversation waits until its memory is free, and none is ever over the budget")
    func budget() throws {
        let harness = try Harness(configuration: configuration(chunk: 16, blocks: 14))
        let requests = (0..<5).map {
            Harness.request(Harness.prompt(80 + 10 * ($0 % 3), salt: Int32($0 % 2)), tokens: 8)
        }
        let alone = try requests.map { try Harness().answer($0).tokens }
        let outcomes = try requests.map { try harness.submit($0).outcome }
        var most = 0
        while harness.core.step() {
            let metrics = harness.core.metrics.value
            #expect(metrics.blocksReserved + metrics.blocksKept <= 14)
            most = max(most, metrics.running)
        }
        #expect(most == 2)
        #expect(outcomes.map(\.value.tokens) == alone)
    }

    @Test("a failure while one prompt is read fails that conversation alone")
    func prefillFailure() throws {
        struct OutOfMemory: Error {}
        let harness = try Harness(configuration: configuration(chunk: 64))
        harness.log.fail { if case .prefill(let range) = $0, range.contains(80) { OutOfMemory() } else { nil } }
        let good = Harness.request(Harness.prompt(40))
        let expected = try Harness().answer(good).tokens
        let bad = try harness.submit(Harness.request(Harness.prompt(100))).outcome
        let outcome = try harness.submit(good).outcome
        harness.run()
        #expect((bad.value.failure as? EngineFailure)?.activity == "reading the prompt")
        #expect(outcome.value.tokens == expected)
        #expect(harness.core.metrics.value.blocksReserved == 0)
        #expect(harness.core.metrics.value.failed == 1)
    }

    @Test("a failure while a batch is written fails the batch, and the engine goes on")
    func decodeFailure() throws {
        struct Broken: Error {}
        let harness = try Harness()
        harness.log.fail { $0 == .decode(count: 2) ? Broken() : nil }
        let outcomes = try (0..<2).map {
            try harness.submit(Harness.request(Harness.prompt(20, salt: Int32($0)))).outcome
        }
        harness.run()
        #expect(outcomes.allSatisfy { ($0.value.failure as? EngineFailure)?.activity == "writing" })
        #expect(try harness.answer(Harness.request(Harness.prompt(20))).tokens.count == 12)
    }

    @Test("a damaged image is the client's fault and reported as such")
    func damagedImage() throws {
        let harness = try Harness()
        var bytes = TestImages.png(shade: 4)
        bytes[50] ^= 0xFF
        let broken = EnginePrompt.PlacedImage(file: try ImageFile(bytes), range: 0..<4)
        let outcome = try harness.answer(Harness.request(Harness.prompt(20, images: [broken])))
        #expect(outcome.failure is InputError)
        #expect(harness.core.conversations.isEmpty)
    }

    @Test("blocks kept in a store serve an engine that was started anew")
    func store() throws {
        let store = MemoryStore()
        var configuration = configuration()
        configuration.blockStore = store
        let request = Harness.request(Harness.prompt(100))
        let cold = try Harness(configuration: configuration).answer(request)
        #expect(store.count == 6)
        let restarted = try Harness(configuration: configuration)
        let warm = try restarted.answer(request)
        #expect(warm.tokens == cold.tokens)
        #expect(warm.summary?.cachedTokens == 96)
        store.damage()
        let after = try Harness(configuration: configuration).answer(request)
        #expect(after.tokens == cold.tokens)
        #expect(after.summary?.cachedTokens == 0)
    }

    @Test("the same seed gives the same answer whatever runs beside it")
    func seeds() throws {
        let sampling = SamplingParameters(temperature: 1.5, topP: 0.9, topK: 50, seed: 11)
        let request = Harness.request(Harness.prompt(33), tokens: 30, sampling: sampling)
        let alone = try Harness().answer(request).tokens
        let harness = try Harness(configuration: configuration(chunk: 9))
        for salt in 1..<4 { try harness.submit(Harness.request(Harness.prompt(50, salt: Int32(salt)), tokens: 25)) }
        let outcome = try harness.submit(request).outcome
        harness.run()
        #expect(outcome.value.tokens == alone)
        var other = request
        other.sampling.seed = 12
        #expect(try harness.answer(other).tokens != alone)
    }

    @Test("an answer ends at the end token and says what it took")
    func summary() throws {
        let answer: [Int32] = [ScriptedPrompts.id("<think>"), 104, ScriptedPrompts.id("</think>"), 111, 107]
        let end = [ScriptedPrompts.id("<|end|>")]
        let harness = try Harness(answer: answer + end)
        let stop = StopConditions(maximumTokens: 50)
        let request = EngineRequest(
            prompt: Harness.prompt(20),
            sampling: SamplingParameters(temperature: 0, topLogprobs: 2),
            stop: stop
        )
        let outcome = try harness.answer(request)
        #expect(outcome.text == "ok")
        #expect(outcome.logprobs.count == 6)
        #expect(
            outcome.summary
                == EngineSummary(
                    ending: .stop,
                    promptTokens: 20,
                    cachedTokens: 0,
                    completionTokens: 6,
                    reasoningTokens: 3
                )
        )
    }

    @Test("a client that waits for its first token is told how far the engine is")
    func progress() throws {
        var configuration = configuration(chunk: 16)
        configuration.progressInterval = .zero
        let outcome = try Harness(configuration: configuration).answer(Harness.request(Harness.prompt(60)))
        #expect(outcome.progress.map(\.readTokens) == [16, 32, 48])
    }
}

/// A store that keeps its blocks in memory.
private final class MemoryStore: BlockStore {
    private let blocks = Mutex<[String: [UInt8]]>([:])

    var count: Int { blocks.withLock { $0.count } }

    func damage() { blocks.withLock { $0 = $0.mapValues { Array($0.dropLast()) } } }
    func read(_ name: String) -> [UInt8]? { blocks.withLock { $0[name] } }
    func write(_ bytes: [UInt8], as name: String) { blocks.withLock { $0[name] = bytes } }
}
