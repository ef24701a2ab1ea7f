// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphPage

/// What the engine needs of a model.
///
/// Everything is called from the engine's own thread, one call at a time, so neither the model nor what it returns has
/// to be `Sendable`. A call that throws fails the conversations it was made for and no others.
package protocol EngineModel: SendableMetatype {
    /// Keys and values of one conversation, for all layers; it grows as the conversation is read and written.
    associatedtype Cache: AnyObject
    /// Keys and values of one full block of positions, taken out of a cache to begin another with.
    associatedtype Block
    /// The vectors that stand in for one image's placeholder tokens, `[tokens, hidden]`.
    associatedtype ImageVectors

    var facts: ModelFacts { get }

    /// Looks at an image, which is independent of others and of the text.
    func encode(_ image: PageImage) throws -> ImageVectors

    /// Begins a conversation.
    ///
    /// - Parameters:
    ///   - prompt: All that will be read; positions of tokens in images follow from it.
    ///   - blocks: What is known of the prompt's beginning, `facts.blockLength` positions each.
    ///   - capacity: The most positions that prompt and answer will have, for allocating once.
    /// - Returns: A cache that holds `blocks.count × facts.blockLength` positions.
    /// - Throws: Whatever keeps the model from it.
    func begin(_ prompt: EnginePrompt, reusing blocks: [Block], capacity: Int) throws -> Cache

    /// Reads the next part of a prompt.
    ///
    /// - Parameters:
    ///   - prompt: The same prompt that the cache was begun with.
    ///   - range: The tokens to read; it starts where the cache ends.
    ///   - images: The vectors of every image that `range` touches, by index into `prompt.images`.
    ///   - cache: Grows by `range.count` positions.
    /// - Returns: The logits after the last token of the range, `[vocabulary]`; may be empty unless the range ends the
    ///   prompt.
    /// - Throws: Whatever keeps the model from it; the cache is not used again.
    func prefill(
        _ prompt: EnginePrompt,
        _ range: Range<Int>,
        images: [Int: ImageVectors],
        into cache: Cache
    ) throws -> [Float]

    /// Writes one token into each of several conversations.
    ///
    /// - Parameters:
    ///   - tokens: The token chosen last in each conversation.
    ///   - caches: Their caches; each grows by one position.
    /// - Returns: Each conversation's next logits, `[conversations][vocabulary]`.
    /// - Throws: Whatever keeps the model from it; none of the caches is used again.
    func decode(_ tokens: [Int32], _ caches: [Cache]) throws -> [[Float]]

    /// Copies a full block out of a cache.
    ///
    /// - Parameters:
    ///   - index: Positions `index × blockLength ..< (index + 1) × blockLength`, all of them filled.
    ///   - cache: Where they are.
    /// - Returns: The block.
    /// - Throws: Whatever keeps the model from it.
    func block(_ index: Int, of cache: Cache) throws -> Block

    /// A block as bytes, for keeping on disk.
    func bytes(of block: Block) throws -> [UInt8]

    /// The block that `bytes(of:)` wrote; throws if the bytes are not such a block.
    func block(from bytes: [UInt8]) throws -> Block
}

/// What is fixed about a model once it is loaded.
package struct ModelFacts: Sendable, Equatable {
    /// The name that clients put into requests.
    package var name: String
    /// Identifies the weights and the type they are computed in: blocks on disk are good for equal digests only.
    package var digest: String
    /// The most tokens of prompt and answer together.
    package var contextLength: Int
    /// Positions in a block of keys and values.
    package var blockLength: Int
    /// Bytes of keys and values that one position takes, in all layers.
    package var bytesPerPosition: Int
    /// Bytes of one image token's vector.
    package var bytesPerImageToken: Int

    package init(
        name: String,
        digest: String,
        contextLength: Int,
        blockLength: Int = 64,
        bytesPerPosition: Int,
        bytesPerImageToken: Int
    ) {
        self.name = name
        self.digest = digest
        self.contextLength = contextLength
        self.blockLength = blockLength
        self.bytesPerPosition = bytesPerPosition
        self.bytesPerImageToken = bytesPerImageToken
    }
}
