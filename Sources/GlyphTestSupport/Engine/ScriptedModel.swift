// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphEngine
package import GlyphPage
import Synchronization

/// A model without weights whose every logit depends on every token and every pixel before it.
///
/// Its keys and values are one number for each position: a digest of all that was read up to there. So it shows every
/// mistake an engine can make: a position read twice or left out, a block of another conversation, an image in the
/// wrong place give other tokens. It traps nothing; faults throw.
package final class ScriptedModel: EngineModel {
    /// The positions read so far, as digests of everything up to each.
    package final class Cache {
        package fileprivate(set) var digests: [UInt64] = []
        fileprivate var written = 0
        fileprivate let capacity: Int

        fileprivate init(capacity: Int) { self.capacity = capacity }
    }

    /// What the model was asked to do, and what it shall fail at.
    package final class Log: Sendable {
        /// One call.
        package enum Call: Sendable, Equatable {
            case encode
            case begin(reused: Int)
            case prefill(Range<Int>)
            case decode(count: Int)
        }

        private let state = Mutex<(calls: [Call], failure: (@Sendable (Call) -> (any Error)?)?)>(([], nil))

        package init() {}

        package var calls: [Call] { state.withLock { $0.calls } }

        /// Decides for each call whether it fails.
        package func fail(_ decide: @escaping @Sendable (Call) -> (any Error)?) {
            state.withLock { $0.failure = decide }
        }

        fileprivate func note(_ call: Call) throws {
            let failure = state.withLock { state in
                state.calls.append(call)
                return state.failure
            }
            if let error = failure?(call) { throw error }
        }
    }

    /// A mistake of the engine.
    package struct Misuse: Error, CustomStringConvertible {
        package var description: String
    }

    package let facts = ModelFacts.scripted
    package let log: Log
    private let answer: [Int32]?
    private let pace: Duration

    /// - Parameters:
    ///   - answer: The tokens to answer with, whatever is asked, and then the last of them forever; nil for tokens that
    ///     depend on the prompt.
    ///   - pace: How long each call takes.
    ///   - log: Where calls are noted.
    package init(answer: [Int32]? = nil, pace: Duration = .zero, log: Log = Log()) {
        self.answer = answer
        self.pace = pace
        self.log = log
    }

    package func encode(_ image: PageImage) throws -> UInt64 {
        try log.note(.encode)
        wait()
        return image.pixels.reduce(Self.mix(UInt64(image.width), UInt64(image.height))) { Self.mix($0, UInt64($1)) }
    }

    package func begin(_ prompt: EnginePrompt, reusing blocks: [[UInt64]], capacity: Int) throws -> Cache {
        try log.note(.begin(reused: blocks.count))
        let cache = Cache(capacity: capacity)
        cache.digests = blocks.flatMap { $0 }
        return cache
    }

    package func prefill(
        _ prompt: EnginePrompt,
        _ range: Range<Int>,
        images: [Int: UInt64],
        into cache: Cache
    ) throws -> [Float] {
        try log.note(.prefill(range))
        wait()
        guard range.lowerBound == cache.digests.count else {
            throw Misuse(description: "reads from \(range.lowerBound), but the cache has \(cache.digests.count)")
        }
        for position in range {
            let image = prompt.images.firstIndex { $0.range.contains(position) }
            var value = UInt64(UInt32(bitPattern: prompt.tokens[position]))
            if let image {
                guard let vectors = images[image] else { throw Misuse(description: "image \(image) is missing") }
                value = Self.mix(vectors, UInt64(position - prompt.images[image].range.lowerBound))
            }
            try append(value, to: cache)
        }
        return logits(after: cache)
    }

    package func decode(_ tokens: [Int32], _ caches: [Cache]) throws -> [[Float]] {
        try log.note(.decode(count: tokens.count))
        wait()
        guard tokens.count == caches.count, !tokens.isEmpty else { throw Misuse(description: "an uneven batch") }
        return try zip(tokens, caches).map { token, cache in
            try append(UInt64(UInt32(bitPattern: token)), to: cache)
            cache.written += 1
            return logits(after: cache)
        }
    }

    package func block(_ index: Int, of cache: Cache) throws -> [UInt64] {
        let range = index * facts.blockLength..<(index + 1) * facts.blockLength
        guard range.upperBound <= cache.digests.count else { throw Misuse(description: "block \(index) is not full") }
        return Array(cache.digests[range])
    }

    package func bytes(of block: [UInt64]) -> [UInt8] {
        block.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }

    package func block(from bytes: [UInt8]) throws -> [UInt64] {
        guard bytes.count == 8 * facts.blockLength else { throw Misuse(description: "these bytes are no block") }
        return stride(from: 0, to: bytes.count, by: 8).map { start in
            (0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * $1) }
        }
    }

    private func append(_ value: UInt64, to cache: Cache) throws {
        guard cache.digests.count < cache.capacity else { throw Misuse(description: "more positions than reserved") }
        cache.digests.append(Self.mix(cache.digests.last ?? 0, value))
    }

    private func logits(after cache: Cache) -> [Float] {
        if let answer {
            var logits = [Float](repeating: 0, count: ScriptedPrompts.vocabularySize)
            let token = cache.written < answer.count ? answer[cache.written] : answer.last ?? 0
            logits[Int(token)] = 20
            return logits
        }
        var state = SplitMix64(state: cache.digests.last ?? 0)
        return (0..<ScriptedPrompts.vocabularySize).map { _ in Float(state.next() >> 40) / 0x1p22 }
    }

    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var generator = SplitMix64(state: a &* 0x9E37_79B9_7F4A_7C15 ^ b)
        return generator.next()
    }

    private func wait() {
        guard pace > .zero else { return }
        let deadline = ContinuousClock.now + pace
        while ContinuousClock.now < deadline {}  // a model computes; it does not sleep
    }
}

extension ModelFacts {
    /// A small model's facts.
    package static let scripted = ModelFacts(
        name: "scripted",
        digest: "scripted-1",
        contextLength: 4096,
        blockLength: 16,
        bytesPerPosition: 8,
        bytesPerImageToken: 8
    )
}
