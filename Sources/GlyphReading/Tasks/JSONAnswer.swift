// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// An answer in JSON that was taken out of a reply and checked.
public struct JSONAnswer: Sendable {
    /// The JSON in one line, as the reader wrote it otherwise.
    public let text: String
    package let value: JSONValue

    /// Takes the JSON out of a reply, which may stand in a block of code or between words.
    ///
    /// - Throws: `InputError` when there is none, it is broken, or it does not meet the schema.
    public init(reply: String, schema: JSONSchema? = nil) throws {
        let json = try Self.json(in: reply)
        value = try JSONParser.parse(Array(json.utf8), source: "answer")
        if let problem = schema?.problem(in: value) {
            throw InputError(at: "answer", problem, expected: "JSON that meets the schema")
        }
        text = Self.minified(json)
    }

    /// What is added to a question so that a reader answers with JSON.
    public static func instruction(_ schema: JSONSchema?, isChinese: Bool) -> String {
        let rest = schema.map { "\n" + $0.text } ?? ""
        if isChinese {
            return "\n\n只输出 JSON，不要其他文字" + (schema == nil ? "。" : "，并且必须符合下面的 JSON Schema：") + rest
        }
        return "\n\nAnswer with JSON only, without any other text"
            + (schema == nil ? "." : ", that is valid against this JSON schema:") + rest
    }

    /// What is said to a reader whose answer was refused.
    public static func correction(_ fault: InputError, isChinese: Bool) -> String {
        isChinese
            ? "上面的回答无法使用（\(fault.problem)）。请重新作答，只输出改正后的 JSON。"
            : "That answer cannot be used: \(fault.problem). Answer again, with the corrected JSON only."
    }

    private static func json(in reply: String) throws -> String {
        let reply = reply.trimmed
        // Fences first: what stands around them is talk.
        if let fence = reply.range(of: "```"), let end = reply.range(of: "```", from: fence.upperBound) {
            let inside = reply[fence.upperBound..<end.lowerBound]
            return String(inside.drop { $0.isLetter }).trimmed
        }
        guard let start = reply.firstIndex(where: { "{[".contains($0) }),
            let end = reply.lastIndex(where: { "}]".contains($0) }), start < end
        else {
            if (try? JSONParser.parse(Array(reply.utf8), source: "answer")) != nil { return reply }
            throw InputError(at: "answer", "it holds no JSON", expected: "an object or an array")
        }
        return String(reply[start...end])
    }

    /// JSON without the white space between its parts.
    static func minified(_ json: String) -> String {
        var result = ""
        var (isInString, isEscaped) = (false, false)
        for scalar in json.unicodeScalars {
            if isInString {
                (isInString, isEscaped) = (isEscaped || scalar != "\"", !isEscaped && scalar == "\\")
            } else if " \n\r\t".unicodeScalars.contains(scalar) {
                continue
            } else if scalar == "\"" {
                isInString = true
            }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}

extension String {
    /// Where a string occurs first at or behind an index; Foundation's search costs its start.
    fileprivate func range(of other: String, from start: Index? = nil) -> Range<Index>? {
        self[(start ?? startIndex)...].ranges(of: other).first
    }
}
