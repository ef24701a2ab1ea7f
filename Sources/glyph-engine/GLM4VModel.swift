// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphEngine
import GlyphPage
import GlyphTensor
import GlyphVLM

/// GLM-4.1V as the engine wants a model.
final class GLM4VModel: EngineModel {
    /// One conversation: its prompt in the model's terms, and its keys and values.
    final class Conversation {
        let prompt: Prompt
        let cache: SequenceCache

        init(prompt: Prompt, cache: SequenceCache) {
            self.prompt = prompt
            self.cache = cache
        }
    }

    let facts: ModelFacts
    private let model: GLM4V
    private let processor: ImageProcessor
    private let vocabularySize: Int

    init(_ model: GLM4V, _ folder: ModelFolder, name: String, digest: String) {
        self.model = model
        processor = folder.imageProcessor
        let text = folder.configuration.text
        vocabularySize = text.vocabularySize
        facts = ModelFacts(
            name: name,
            digest: digest,
            contextLength: text.contextLength,
            bytesPerPosition: model.cacheBytesPerPosition,
            bytesPerImageToken: text.hiddenSize * model.computeType.byteCount
        )
    }

    func encode(_ image: PageImage) throws -> Tensor { try model.embed([processor.patches(image)])[0] }

    func begin(_ prompt: EnginePrompt, reusing blocks: [CacheBlock], capacity: Int) throws -> Conversation {
        let images = try prompt.images.map { image in
            (grid: try processor.grid(width: image.file.width, height: image.file.height), tokens: image.range)
        }
        let cache = try model.makeCache(capacity: capacity)
        for block in blocks { try cache.append(block) }
        return Conversation(prompt: try Prompt(tokens: prompt.tokens, images: images), cache: cache)
    }

    func prefill(
        _ prompt: EnginePrompt,
        _ range: Range<Int>,
        images: [Int: Tensor],
        into conversation: Conversation
    ) throws -> [Float] {
        let logits = try model.prefill(
            conversation.prompt,
            range,
            images: images,
            into: conversation.cache,
            wantsLogits: range.upperBound == conversation.prompt.tokens.count
        )
        return try logits?.floats() ?? []
    }

    func decode(_ tokens: [Int32], _ conversations: [Conversation]) throws -> [[Float]] {
        let steps = zip(tokens, conversations).map { DecodeStep(token: $0, cache: $1.cache) }
        let logits = try model.decode(steps).floats()
        return steps.indices.map { Array(logits[$0 * vocabularySize..<($0 + 1) * vocabularySize]) }
    }

    func block(_ index: Int, of conversation: Conversation) throws -> CacheBlock {
        try conversation.cache.block(index * facts.blockLength..<(index + 1) * facts.blockLength)
    }

    func bytes(of block: CacheBlock) throws -> [UInt8] { try block.bytes() }

    func block(from bytes: [UInt8]) throws -> CacheBlock { try model.cacheBlock(bytes: bytes) }
}
