// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Translates the `pre_tokenizer` of a `tokenizer.json`; the one place that knows its names.
struct HuggingFacePreTokenizer {
    private let node: JSONNode

    init(_ node: JSONNode) { self.node = node }

    func read() throws -> [PreTokenizerStage] {
        var isByteLevel = false
        let stages = try stages(node, &isByteLevel)
        guard isByteLevel else { throw node.unsupported("a ByteLevel pre-tokenizer, alone or last in a Sequence") }
        return stages
    }

    private func stages(_ node: JSONNode, _ isByteLevel: inout Bool) throws -> [PreTokenizerStage] {
        let type = try node["type"]
        // Later steps of the reference implementation see stand-in characters, not text; none is in use.
        guard !isByteLevel else { throw type.unsupported("nothing after ByteLevel") }
        switch try type.string {
        case "Sequence":
            return try node["pretokenizers"].elements.flatMap { try stages($0, &isByteLevel) }
        case "ByteLevel":
            isByteLevel = true
            let addsSpace = try node["add_prefix_space"].bool(default: true)
            let splits = try node["use_regex"].bool(default: true)
            return (addsSpace ? [.spaceBefore] : [])
                + (splits ? [.words(.gpt2, spelling: SplitRule.spellings[0].pattern)] : [])
        case "Split": return [try split(node)]
        case "Digits": return [.digits(individual: try node["individual_digits"].bool(default: false))]
        default: throw type.unsupported("ByteLevel, Split, Digits or a Sequence of them")
        }
    }

    private func split(_ node: JSONNode) throws -> PreTokenizerStage {
        let behaviorNode = try node["behavior"]
        guard let behavior = PreTokenizerStage.Behavior(rawValue: try behaviorNode.string) else {
            throw behaviorNode.unsupported("\"Isolated\" or \"Removed\"")
        }
        let inverted = try node["invert"].bool(default: false)
        let literal = try node["pattern"]["String"]
        guard literal.isNull else { return .literal(try literal.string, behavior, inverted: inverted) }
        let pattern = try node["pattern"]["Regex"]
        let spelling = try pattern.string
        // The known patterns match everything, so keeping the matches is the same as isolating them.
        if behavior == .isolated || inverted, let rule = SplitRule(pattern: spelling) {
            return .words(rule, spelling: spelling)
        }
        // Swift means other characters by these: a space instead of a hexadecimal digit, and fewer signs.
        for other in ["\\h", "\\H", "[:punct:]"] where spelling.contains(other) {
            throw InputError(
                at: pattern.path,
                "\(other) in \(pattern.value.kind) means something else here than in Oniguruma",
                expected: "one of \(SplitRule.spellings.count) known word patterns, or classes such as \\p{P}"
            )
        }
        do {
            _ = try PatternSplitter(spelling, behavior, inverted: inverted)
        } catch {
            throw InputError(
                at: pattern.path,
                "\(pattern.value.kind) is no regular expression that can be used here: \(error)",
                expected: "one of \(SplitRule.spellings.count) known word patterns or Swift regex syntax"
            )
        }
        return .pattern(spelling, behavior, inverted: inverted)
    }
}
