// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension Tokenizer {
    /// The tokenizer that ships with Glyph: 32,768 ids, trained on free English, Chinese, code and 20 other languages.
    ///
    /// Its tables are used where the file is mapped; see `docs/tokenizer.md` for the corpus and measurements. Make one
    /// and keep it, because it learns the words it meets.
    ///
    /// - Throws: `InputError` if the resource is missing or damaged.
    public static func standard() throws -> Tokenizer {
        let path = ResourceFolder.path(of: "default.bpe", inTarget: "GlyphTokens")
        guard let file = try? MappedFile(path, expected: "the standard tokenizer") else {
            throw InputError(
                at: path,
                "the standard tokenizer is missing",
                expected: "the resource folder beside the program",
                remedy: "Install glyph_GlyphTokens.resources next to the executable."
            )
        }
        return try Tokenizer(CompactFormat.read(TableBytes(file), source: path))
    }

    /// Loads a tokenizer from its ``compactForm()``; `source` is the file's name, for messages.
    public convenience init(compact bytes: [UInt8], source: String) throws {
        try self.init(CompactFormat.read(TableBytes(bytes), source: source))
    }

    /// The tokenizer in the compact form that ships as a resource.
    ///
    /// - Throws: `InputError` for tokenizers that the form cannot hold: those not made by ``TokenizerTrainer``.
    public func compactForm() throws -> [UInt8] {
        guard case .words(_, let spelling)? = model.stages.first, model.stages.count == 1,
            let pattern = SplitRule.spellings.firstIndex(where: { $0.pattern == spelling }),
            model.byteIDs == (0..<256).map({ $0 }), !model.composes, !model.ignoresMergesForWholeWords,
            model.tokens.count == 256 + model.merges.count
        else {
            throw InputError(
                at: "tokenizer",
                "only tokenizers made by the trainer have a compact form",
                remedy: "Use huggingFaceJSON() instead."
            )
        }
        return try CompactFormat.write(
            pattern: pattern,
            merges: model.merges,
            specialTokens: model.addedTokens.map(\.content)
        )
    }
}
