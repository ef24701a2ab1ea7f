// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Writes a tokenizer as `tokenizer.json`, in the form that the Python package `tokenizers` 0.23 writes itself.
struct HuggingFaceWriter {
    private let model: TokenizerModel
    private let vocabulary: Vocabulary
    private var text = ""

    init(_ model: TokenizerModel) {
        self.model = model
        vocabulary = model.vocabulary
    }

    mutating func write() -> [UInt8] {
        text = #"{"version":"1.0","truncation":null,"padding":null,"added_tokens":["#
        list(model.addedTokens) { writer, token in
            writer.text += #"{"id":\#(token.id),"content":\#(Self.quoted(token.content)),"#
            writer.text += #""single_word":\#(token.singleWord),"lstrip":\#(token.stripsLeft),"#
            writer.text += #""rstrip":\#(token.stripsRight),"normalized":\#(token.isNormalized),"#
            writer.text += #""special":\#(token.isSpecial)}"#
        }
        text += #"],"normalizer":\#(model.composes ? #"{"type":"NFC"}"# : "null"),"pre_tokenizer":"#
        writePreTokenizer()
        text += #","post_processor":"#
        writePostProcessor()
        text += #","decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},"#
        text += #""model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,"#
        text += #""end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"#
        text += #""ignore_merges":\#(model.ignoresMergesForWholeWords),"vocab":{"#
        list((0..<vocabulary.count).filter { vocabulary.contains(Int32($0)) }) { writer, id in
            writer.text += "\(Self.quoted(writer.spelling(id))):\(id)"
        }
        text += #"},"merges":["#
        list(model.merges.pairs) { writer, pair in
            let (left, right) = (writer.spelling(Int(pair.left)), writer.spelling(Int(pair.right)))
            writer.text += "[\(Self.quoted(left)),\(Self.quoted(right))]"
        }
        text += "]}}\n"
        return Array(text.utf8)
    }

    private mutating func list<Element>(_ elements: [Element], _ write: (inout Self, Element) -> Void) {
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            write(&self, element)
        }
    }

    private func spelling(_ id: Int) -> String { ByteAlphabet.spelling(of: vocabulary[id]) }

    private mutating func writePreTokenizer() {
        var steps: [String] = []
        var addsSpace = false
        for stage in model.stages {
            switch stage {
            case .words(_, let spelling):
                steps.append(Self.split(#"{"Regex":\#(Self.quoted(spelling))}"#, .isolated, false))
            case .pattern(let pattern, let behavior, let inverted):
                steps.append(Self.split(#"{"Regex":\#(Self.quoted(pattern))}"#, behavior, inverted))
            case .literal(let literal, let behavior, let inverted):
                steps.append(Self.split(#"{"String":\#(Self.quoted(literal))}"#, behavior, inverted))
            case .digits(let individual): steps.append(#"{"type":"Digits","individual_digits":\#(individual)}"#)
            case .spaceBefore: addsSpace = true
            }
        }
        // A space is added before the last split (ByteLevel's own), so those two stay one step.
        let splitsItself = addsSpace && model.stages.last != .spaceBefore
        if splitsItself { steps.removeLast() }
        steps.append(
            #"{"type":"ByteLevel","add_prefix_space":\#(addsSpace),"trim_offsets":true,"use_regex":\#(splitsItself)}"#
        )
        text += #"{"type":"Sequence","pretokenizers":[\#(steps.joined(separator: ","))]}"#
    }

    private static func split(_ pattern: String, _ behavior: PreTokenizerStage.Behavior, _ inverted: Bool) -> String {
        #"{"type":"Split","pattern":\#(pattern),"behavior":"\#(behavior.rawValue)","invert":\#(inverted)}"#
    }

    private mutating func writePostProcessor() {
        guard !(model.prefix + model.suffix).isEmpty else {
            text += "null"
            return
        }
        let special = { (id: Int32) in #"{"SpecialToken":{"id":"\#(id)","type_id":0}}"# }
        let sequence = { (name: String) in #"{"Sequence":{"id":"\#(name)","type_id":0}}"# }
        let model = model
        let template = { (sequences: [String]) in
            (model.prefix.map(special) + sequences.map(sequence) + model.suffix.map(special)).joined(separator: ",")
        }
        text += #"{"type":"TemplateProcessing","single":[\#(template(["A"]))],"pair":[\#(template(["A", "B"]))],"#
        text += #""special_tokens":{"#
        list(Set(model.prefix + model.suffix).sorted()) { writer, id in
            let content = writer.model.addedTokens.first { $0.id == id }?.content ?? "\(id)"
            writer.text += #""\#(id)":{"id":"\#(id)","ids":[\#(id)],"tokens":[\#(Self.quoted(content))]}"#
        }
        text += "}}"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
