// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension Tokenizer {
    /// Loads a Hugging Face `tokenizer.json` with a byte-level BPE model.
    ///
    /// - Parameters:
    ///   - json: the file's content.
    ///   - source: the file's name, for messages.
    /// - Throws: `InputError` naming the JSON path of anything malformed or unsupported.
    public convenience init(huggingFaceJSON json: [UInt8], source: String = "tokenizer.json") throws {
        try self.init(HuggingFaceReader(json, source: source).read())
    }

    /// Loads a Hugging Face `tokenizer.json` file with a byte-level BPE model.
    public convenience init(contentsOfFile path: String) throws {
        guard let bytes = ResourceFile.read(path) else {
            throw InputError(at: path, "the file cannot be read", expected: "a tokenizer.json")
        }
        try self.init(huggingFaceJSON: bytes, source: path)
    }

    /// The tokenizer as a `tokenizer.json`, for use in Python or anywhere else.
    public func huggingFaceJSON() -> [UInt8] {
        var writer = HuggingFaceWriter(model)
        return writer.write()
    }
}
