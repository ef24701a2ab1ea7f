// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Translates the `post_processor` of a `tokenizer.json` into the ids put around a text.
struct HuggingFacePostProcessor {
    private let node: JSONNode

    init(_ node: JSONNode) { self.node = node }

    func read() throws -> (prefix: [Int32], suffix: [Int32]) { try read(node) }

    private func read(_ node: JSONNode) throws -> (prefix: [Int32], suffix: [Int32]) {
        if node.isNull { return ([], []) }
        let type = try node["type"]
        switch try type.string {
        case "ByteLevel": return ([], [])
        case "TemplateProcessing": return try template(node)
        case "BertProcessing", "RobertaProcessing":
            return ([try pairID(try node["cls"])], [try pairID(try node["sep"])])
        case "Sequence":
            return try node["processors"].elements.reduce(([], [])) { around, inner in
                let (prefix, suffix) = try read(inner)
                return (prefix + around.0, around.1 + suffix)
            }
        default: throw type.unsupported("TemplateProcessing, ByteLevel, RobertaProcessing or a Sequence of them")
        }
    }

    /// The id in a pair such as `["</s>", 2]`.
    private func pairID(_ node: JSONNode) throws -> Int32 {
        let parts = try node.elements
        guard parts.count == 2 else { throw node.unsupported("a token and its id") }
        return try parts[1].id
    }

    private func template(_ node: JSONNode) throws -> (prefix: [Int32], suffix: [Int32]) {
        var prefix: [Int32] = []
        var suffix: [Int32] = []
        var sequences = 0
        for piece in try node["single"].elements {
            let special = try piece["SpecialToken"]
            if special.isNull {
                guard try !piece["Sequence"].isNull else { throw piece.unsupported("SpecialToken or Sequence") }
                sequences += 1
                continue
            }
            let name = try special["id"].string
            let ids = try node["special_tokens"][name]["ids"].elements.map { try $0.id }
            if sequences == 0 { prefix += ids } else { suffix += ids }
        }
        guard sequences == 1 else { throw try node["single"].unsupported("a template with one Sequence") }
        return (prefix, suffix)
    }
}
