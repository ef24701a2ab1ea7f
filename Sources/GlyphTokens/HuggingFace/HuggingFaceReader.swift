// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Reads a Hugging Face `tokenizer.json` whose model is byte-level BPE, and refuses what it would get wrong.
struct HuggingFaceReader {
    private let root: JSONNode
    private let model: JSONNode

    /// Parses the file; `source` is its name, for messages.
    init(_ json: [UInt8], source: String) throws {
        root = JSONNode(value: try JSONParser.parse(json, source: source), path: source)
        model = try root["model"]
    }

    func read() throws -> TokenizerModel {
        try checkModelKind()
        let addedTokens = try readAddedTokens()
        let vocabulary = try readVocabulary(addedTokens)
        let byteIDs = try byteIDs(vocabulary)
        let merges = try readMerges(vocabulary)
        let (prefix, suffix) = try HuggingFacePostProcessor(try root["post_processor"]).read()
        let stages = try HuggingFacePreTokenizer(try root["pre_tokenizer"]).read()
        try checkDecoder(try root["decoder"])
        let result = TokenizerModel(
            tokens: DeferredVocabulary(vocabulary),
            merges: merges,
            byteIDs: byteIDs,
            addedTokens: addedTokens,
            stages: stages,
            composes: try composes(try root["normalizer"]),
            ignoresMergesForWholeWords: try model["ignore_merges"].bool(default: false),
            prefix: prefix,
            suffix: suffix
        )
        let known = Set(addedTokens.map(\.id))
        for id in prefix + suffix where !vocabulary.contains(id) && !known.contains(id) {
            throw InputError(at: "\(root.path).post_processor", "token id \(id) is not in the vocabulary")
        }
        return result
    }

    private func checkModelKind() throws {
        let kind = try model["type"]
        // Files from before the field existed hold merges; that makes them BPE.
        if !kind.isNull, try kind.string != "BPE" { throw kind.unsupported("\"BPE\"") }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            let affix = try model[key]
            if !affix.isNull, try !affix.string.isEmpty { throw affix.unsupported("null: byte-level BPE has none") }
        }
        let fallback = try model["byte_fallback"]
        if try fallback.bool(default: false) { throw fallback.unsupported("false: bytes spelled as in GPT-2") }
        let dropout = try model["dropout"]
        if case .number(0) = dropout.value { return }
        if !dropout.isNull { throw dropout.unsupported("null: encoding is deterministic") }
    }

    // MARK: - Vocabulary and merges

    private func readVocabulary(_ addedTokens: [AddedToken]) throws -> Vocabulary {
        let members = try model["vocab"].members
        var vocabulary = Vocabulary(capacity: members.count)
        var unspellable: Set<Int> = []
        for (spelling, node) in members {
            let id = Int(try node.id)
            guard !vocabulary.contains(Int32(id)) else {
                throw InputError(at: node.path, "id \(id) is used by another token too", expected: "unique ids")
            }
            if let bytes = ByteAlphabet.bytes(spelledBy: spelling), !bytes.isEmpty {
                vocabulary.set(id, to: bytes)
            } else {
                vocabulary.set(id, to: Array(spelling.utf8))
                unspellable.insert(id)
            }
        }
        vocabulary.buildIndex(excluding: unspellable)
        for token in addedTokens {
            let bytes = ByteAlphabet.bytes(spelledBy: token.content)
            let inVocabulary = bytes?.withUnsafeBufferPointer { vocabulary.id(of: $0) }
            if let id = inVocabulary, id != token.id {
                throw InputError(
                    at: "\(root.path).added_tokens",
                    "\"\(token.content)\" has id \(token.id) here but \(id) in the model",
                    expected: "one id per token"
                )
            }
        }
        return vocabulary
    }

    private func readMerges(_ vocabulary: Vocabulary) throws -> MergeTable {
        let list = try model["merges"]
        let nodes = try list.elements
        var pairs: [(left: Int32, right: Int32)] = []
        var merged: [Int32] = []
        pairs.reserveCapacity(nodes.count)
        merged.reserveCapacity(nodes.count)
        for node in nodes {
            let (left, right) = try halves(of: node)
            guard let leftBytes = ByteAlphabet.bytes(spelledBy: left),
                let rightBytes = ByteAlphabet.bytes(spelledBy: right),
                let leftID = leftBytes.withUnsafeBufferPointer(vocabulary.id(of:)),
                let rightID = rightBytes.withUnsafeBufferPointer(vocabulary.id(of:)),
                let mergedID = (leftBytes + rightBytes).withUnsafeBufferPointer(vocabulary.id(of:))
            else { throw node.unsupported("two tokens whose concatenation is a token of the vocabulary as well") }
            pairs.append((leftID, rightID))
            merged.append(mergedID)
        }
        return try MergeTable(pairs: pairs, merged: merged, source: list.path)
    }

    /// A merge is `"a b"` in older files and `["a", "b"]` in newer ones.
    private func halves(of node: JSONNode) throws -> (String, String) {
        if case .string(let text) = node.value {
            let parts = text.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw node.unsupported("two tokens with one space between") }
            return (String(parts[0]), String(parts[1]))
        }
        let parts = try node.elements
        guard parts.count == 2 else { throw node.unsupported("an array of two tokens") }
        return (try parts[0].string, try parts[1].string)
    }

    private func byteIDs(_ vocabulary: Vocabulary) throws -> [Int32] {
        try (UInt8.min...UInt8.max).map { byte in
            guard let id = [byte].withUnsafeBufferPointer(vocabulary.id(of:)) else {
                throw InputError(
                    at: "\(root.path).model.vocab",
                    "byte \(byte) has no token of its own",
                    expected: "all 256 bytes, spelled as in GPT-2's byte-level files"
                )
            }
            return id
        }
    }

    // MARK: - Added tokens, normalizer, decoder

    private func readAddedTokens() throws -> [AddedToken] {
        let node = try root["added_tokens"]
        var contents: Set<[UInt8]> = []
        return try (node.isNull ? [] : node.elements).compactMap { node in
            var token = AddedToken(
                id: try node["id"].id,
                content: try node["content"].string,
                isSpecial: try node["special"].bool(default: false)
            )
            token.singleWord = try node["single_word"].bool(default: false)
            token.stripsLeft = try node["lstrip"].bool(default: false)
            token.stripsRight = try node["rstrip"].bool(default: false)
            token.isNormalized = try node["normalized"].bool(default: !token.isSpecial)
            let isNew = contents.insert(Array(token.content.utf8)).inserted
            return isNew && !token.content.isEmpty ? token : nil
        }
    }

    private func composes(_ node: JSONNode) throws -> Bool {
        if node.isNull { return false }
        switch try node["type"].string {
        case "NFC": return true
        case "Sequence": return try node["normalizers"].elements.map(composes).contains(true)
        default: throw try node["type"].unsupported("\"NFC\", a Sequence of it, or no normalizer")
        }
    }

    private func checkDecoder(_ node: JSONNode) throws {
        if node.isNull { return }
        switch try node["type"].string {
        case "ByteLevel": return
        case "Sequence": try node["decoders"].elements.forEach(checkDecoder)
        default: throw try node["type"].unsupported("\"ByteLevel\"")
        }
    }
}
