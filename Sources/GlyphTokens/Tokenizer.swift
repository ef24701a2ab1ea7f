// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Synchronization

/// A byte-level byte-pair tokenizer: text to the ids a language model reads, and back.
///
/// Works on bytes from end to end; input need not be valid UTF-8 and decoding an encoding gives the same bytes (unless
/// the tokenizer normalises or swallows white space around its added tokens). Ids equal those of the Python package
/// `tokenizers` for the same `tokenizer.json`. Safe to share between threads.
///
/// ```swift
/// let tokenizer = try Tokenizer.standard()
/// let ids = tokenizer.encode("Reader, I married him.")
/// let count = tokenizer.count("Reader, I married him.")  // == ids.count, without building the array
/// ```
public final class Tokenizer: Sendable {
    /// Whether special tokens spelled out in a text are those tokens or just text.
    public enum SpecialTokens: Sendable {
        /// `<|endoftext|>` in a text is the special token, as in the reference implementation.
        case recognized
        /// `<|endoftext|>` in a text is thirteen characters: right for text from strangers.
        case literal
    }

    let model: TokenizerModel
    private let rawMatcher: AddedTokenMatcher
    private let normalizedMatcher: AddedTokenMatcher
    /// Sorted by id, and not a dictionary, which would be a command's first (docs/architecture.md).
    private let contents: [AddedToken]
    /// Encoders not lent to a call now; one per thread that ever encoded at the same time.
    private let idle: Mutex<[WordEncoder]>

    init(_ model: TokenizerModel) throws {
        self.model = model
        let composes = model.composes
        rawMatcher = AddedTokenMatcher(model.addedTokens.filter { !$0.isNormalized })
        normalizedMatcher = AddedTokenMatcher(model.addedTokens.filter(\.isNormalized)) {
            composes ? Normalizer.composed($0) : $0
        }
        contents = model.addedTokens.sorted { $0.id < $1.id }
        idle = Mutex([try WordEncoder(model)])
    }

    /// One more than the largest id; ids below it may be unused in files that leave holes.
    public var vocabularySize: Int { model.idCount }

    /// The tokens matched in text before merging, special ones included.
    public var addedTokens: [AddedToken] { model.addedTokens }

    /// The id of an added token by its exact text.
    public func id(ofAddedToken content: String) -> Int32? {
        model.addedTokens.first { $0.content.utf8.elementsEqual(content.utf8) }?.id
    }

    // MARK: - Encoding

    /// The ids of a text, on request with what the file's post-processor puts around it.
    public func encode(
        _ text: UnsafeBufferPointer<UInt8>,
        specialTokens: SpecialTokens = .recognized,
        addingSpecialTokens: Bool = false
    ) -> [Int32] {
        let ids = lend { encoder in
            run(encoder, .ids, text, specialTokens)
            return encoder.takeIDs()
        }
        return addingSpecialTokens ? model.prefix + ids + model.suffix : ids
    }

    /// The number of ids of a text, equal to `encode(text).count` but quicker and without an array.
    public func count(
        _ text: UnsafeBufferPointer<UInt8>,
        specialTokens: SpecialTokens = .recognized,
        addingSpecialTokens: Bool = false
    ) -> Int {
        let count = lend { encoder in
            run(encoder, .count, text, specialTokens)
            return encoder.count
        }
        return addingSpecialTokens ? model.prefix.count + count + model.suffix.count : count
    }

    private func run(
        _ encoder: WordEncoder,
        _ output: WordEncoder.Output,
        _ text: UnsafeBufferPointer<UInt8>,
        _ specialTokens: SpecialTokens
    ) {
        encoder.begin(output)
        let literally = specialTokens == .literal
        rawMatcher.isEmpty
            ? addNormalized(text, encoder, literally)
            : rawMatcher.split(text, literally: literally) {
                addNormalized($0, encoder, literally)
            } match: {
                encoder.add($0)
            }
    }

    private func addNormalized(_ text: UnsafeBufferPointer<UInt8>, _ encoder: WordEncoder, _ literally: Bool) {
        if model.composes, let composed = Normalizer.composed(text) {
            composed.withUnsafeBufferPointer { addPlain($0, encoder, literally) }
        } else {
            addPlain(text, encoder, literally)
        }
    }

    private func addPlain(_ text: UnsafeBufferPointer<UInt8>, _ encoder: WordEncoder, _ literally: Bool) {
        guard !normalizedMatcher.isEmpty else { return encoder.add(text) }
        normalizedMatcher.split(text, literally: literally) {
            encoder.add($0)
        } match: {
            encoder.add($0)
        }
    }

    private func lend<Result>(_ body: (WordEncoder) -> Result) -> Result {
        // A pattern that compiled in `init` compiles again, so the second way of making an encoder cannot fail.
        guard let encoder = idle.withLock({ $0.popLast() }) ?? (try? WordEncoder(model)) else {
            preconditionFailure("a pre-tokenizer pattern stopped compiling")
        }
        defer { idle.withLock { $0.append(encoder) } }
        return body(encoder)
    }

    // MARK: - Decoding

    /// The added token with an id, of several the first.
    private func content(of id: Int32) -> AddedToken? {
        var (low, high) = (0, contents.count)
        while low < high {
            let middle = (low + high) / 2
            if contents[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < contents.count && contents[low].id == id ? contents[low] : nil
    }

    /// The bytes that ids stand for, concatenated; on request without those of special tokens.
    ///
    /// An id that no token has is an `InputError`: leaving it out would lose text silently.
    public func decode(_ ids: some Sequence<Int32>, skippingSpecialTokens: Bool = false) throws -> [UInt8] {
        let vocabulary = model.vocabulary
        var bytes: [UInt8] = []
        for id in ids {
            if let added = content(of: id) {
                if !(added.isSpecial && skippingSpecialTokens) { bytes.append(contentsOf: added.content.utf8) }
            } else if vocabulary.contains(id) {
                bytes.append(contentsOf: vocabulary[Int(id)])
            } else {
                throw InputError(
                    at: "token id",
                    "\(id) is not in the vocabulary",
                    expected: "an id below \(vocabularySize)",
                    remedy: "Decode with the tokenizer that the ids were made with."
                )
            }
        }
        return bytes
    }
}

// MARK: - Other kinds of text

extension Tokenizer {
    /// The ids of a text.
    public func encode(
        _ text: [UInt8],
        specialTokens: SpecialTokens = .recognized,
        addingSpecialTokens: Bool = false
    ) -> [Int32] {
        text.withUnsafeBufferPointer {
            encode($0, specialTokens: specialTokens, addingSpecialTokens: addingSpecialTokens)
        }
    }

    /// The ids of a text.
    public func encode(
        _ text: String,
        specialTokens: SpecialTokens = .recognized,
        addingSpecialTokens: Bool = false
    ) -> [Int32] {
        var text = text
        return text.withUTF8 {
            encode($0, specialTokens: specialTokens, addingSpecialTokens: addingSpecialTokens)
        }
    }

    /// The number of ids of a text.
    public func count(
        _ text: [UInt8],
        specialTokens: SpecialTokens = .recognized,
        addingSpecialTokens: Bool = false
    ) -> Int {
        text.withUnsafeBufferPointer {
            count($0, specialTokens: specialTokens, addingSpecialTokens: addingSpecialTokens)
        }
    }

    /// The number of ids of a text.
    public func count(
        _ text: String,
        specialTokens: SpecialTokens = .recognized,
        addingSpecialTokens: Bool = false
    ) -> Int {
        var text = text
        return text.withUTF8 {
            count($0, specialTokens: specialTokens, addingSpecialTokens: addingSpecialTokens)
        }
    }
}
