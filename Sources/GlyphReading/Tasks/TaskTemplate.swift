// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A question that was thought out beforehand: a Markdown file that a person can read, change and add to.
///
/// The file begins with its settings between two lines of `---`; the prompt follows. In the prompt `{question}`,
/// `{length}` and `{language}` stand for what the person gives. A line that holds one of them is left out if nothing
/// was given for it.
///
/// | setting | meaning |
/// |---|---|
/// | `title` | what the task does, in one line |
/// | `question` | `required`, `optional` (as if not given) or `none` |
/// | `length` | the length if the person names none |
/// | `schema` | a file beside this one with the JSON schema of the answer |
public struct TaskTemplate: Sendable, Equatable {
    /// Whether the person must say more than the task's name.
    public enum Question: String, Sendable, CaseIterable {
        case required, optional, none
    }

    /// The file's name without `.md`.
    public var name: String
    public var title: String
    public var question: Question
    public var length: String?
    /// The JSON schema that the answer must meet, as text.
    public var schema: String?
    /// The prompt with its placeholders.
    public var body: String

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - name: what the task is called.
    ///   - path: the file, for messages.
    ///   - schemaFile: reads a schema by the name that the file gives.
    /// - Throws: `InputError` for a setting or a placeholder that is unknown, and for a file without a prompt.
    init(_ text: String, name: String, path: String, schemaFile: (String) throws -> String) throws {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)[...]
        var settings: [String: String] = [:]
        if lines.first?.trimmed == "---" {
            guard let end = lines[1...].firstIndex(where: { $0.trimmed == "---" }) else {
                throw InputError(at: path, "its settings do not end", expected: "a second line of ---")
            }
            for line in lines[1..<end] where !line.trimmed.isEmpty {
                guard let colon = line.firstIndex(of: ":") else {
                    throw InputError(at: path, "\"\(line)\" is no setting", expected: "name: value")
                }
                settings[String(line[..<colon]).trimmed] = String(line[line.index(after: colon)...]).trimmed
            }
            lines = lines[(end + 1)...]
        }
        self.name = name
        title = settings.removeValue(forKey: "title") ?? ""
        let question = settings.removeValue(forKey: "question") ?? Question.optional.rawValue
        guard let known = Question(rawValue: question) else {
            let expected = Question.allCases.map(\.rawValue).joined(separator: ", ")
            throw InputError(at: "\(path): question", "\"\(question)\" is unknown", expected: expected)
        }
        self.question = known
        length = settings.removeValue(forKey: "length")
        schema = try settings.removeValue(forKey: "schema").map(schemaFile)
        if let left = settings.keys.min() {
            throw InputError(at: "\(path): \(left)", "is unknown", expected: "title, question, length or schema")
        }
        body = lines.joined(separator: "\n").trimmed
        guard !body.isEmpty else { throw InputError(at: path, "it has no prompt") }
        for part in body.split(separator: "{", omittingEmptySubsequences: false).dropFirst() {
            guard let end = part.firstIndex(of: "}"), part[..<end].allSatisfy({ $0.isLetter }) else { continue }
            guard Self.placeholders.contains(String(part[..<end])) else {
                throw InputError(
                    at: path,
                    "the placeholder {\(part[..<end])} is unknown",
                    expected: Self.placeholders.map { "{\($0)}" }.joined(separator: ", ")
                )
            }
        }
    }

    private static let placeholders = ["question", "length", "language"]

    /// The prompt for a document.
    ///
    /// - Parameters:
    ///   - question: what the person asks on top.
    ///   - length: how long the answer shall be, in words of the person's.
    ///   - language: the language of the answer.
    /// - Returns: The text that follows the pages.
    /// - Throws: `InputError` when a question is needed and missing, or given and of no use.
    public func prompt(question: String? = nil, length: String? = nil, language: String? = nil) throws -> String {
        if self.question == .required, question == nil {
            throw InputError(
                at: "task \(name)",
                "needs to be told more",
                expected: "what to look at, as the question",
                remedy: title
            )
        }
        if self.question == .none, question != nil {
            throw InputError(at: "task \(name)", "takes no question", expected: "only documents")
        }
        let values = ["question": question, "length": length ?? self.length, "language": language]
        for (name, value) in values where value != nil && !body.contains("{\(name)}") {
            guard name != "length" || length != nil else { continue }
            throw InputError(
                at: "task \(self.name)",
                "has no place for the \(name)",
                expected: "{\(name)} in the task's file"
            )
        }
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line -> String? in
            // In one pass: what is filled in may itself hold braces.
            let parts = String(line).split(separator: "{", omittingEmptySubsequences: false)
            return parts.dropFirst().reduce(parts.first.map(String.init)) { filled, part -> String? in
                guard let filled else { return nil }
                guard let name = Self.placeholders.first(where: { part.hasPrefix("\($0)}") }) else {
                    return filled + "{" + part
                }
                guard let value = values[name] ?? nil else { return nil }
                return filled + value + part.dropFirst(name.count + 1)
            }
        }
        return lines.joined(separator: "\n").trimmed
    }
}
