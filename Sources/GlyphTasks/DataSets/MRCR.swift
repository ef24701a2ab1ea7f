// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// OpenAI's MRCR: repeat the n-th of several like pieces of writing in a long conversation.
///
/// Read from JSON lines with the columns of the data set openai/mrcr, which is published as Parquet; docs/benchmarks.md
/// says how to convert it.
package enum MRCR {
    /// The files, by how many needles each conversation has.
    package static let all = ["2needle", "4needle", "8needle"]

    /// The file of a name.
    ///
    /// - Throws: `InputError` that lists the names.
    package static func named(_ name: String) throws -> String { try all.named(name, among: "MRCR's files", \.self) }

    /// The published groups of lengths, in tokens of prompt and answer by o200k_base.
    package static let bins = [4096, 8192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576]

    /// The bin a number of tokens falls into, as its lower and upper bound.
    ///
    /// - Returns: Nothing for lengths outside of all bins.
    package static func bin(ofTokens count: Int) -> (lower: Int, upper: Int)? {
        for (lower, upper) in zip(bins, bins.dropFirst()) {
            // The first bin holds both its bounds.
            if count <= upper, count > lower || (count == lower && lower == bins[0]) { return (lower, upper) }
        }
        return nil
    }

    /// Hands the examples of a file to `body` one by one, until that returns false.
    ///
    /// A row may hold five megabytes; a file of 800 rows is never in memory as a whole. The conversation becomes the
    /// context with `User: ` or `Assistant: ` before each turn, and its last turn the question: that is how the
    /// published results of Glyph were measured.
    ///
    /// - Parameters:
    ///   - path: JSON lines with `prompt` (a JSON text of `role` and `content`, or that array itself), `answer`,
    ///     `random_string_to_prepend` and `n_needles`.
    ///   - body: Gets each example; returns whether to go on.
    /// - Throws: `InputError` for what is not MRCR's, with the line's number, and what `body` throws.
    package static func forEachExample(at path: String, _ body: (TaskExample) throws -> Bool) throws {
        var number = 0
        try JSONLines(path: path, remedy: DataFile.remedy).forEach { row in
            number += 1
            return try body(example(row, number: number))
        }
    }

    private static func example(_ row: JSONRow, number: Int) throws -> TaskExample {
        let turns = try turns(row)
        guard let last = turns.last, last.role == "user" else {
            throw InputError(
                at: row.source,
                "the conversation does not end with a question",
                expected: "a last turn of the user"
            )
        }
        let prefix = try row.string("random_string_to_prepend")
        let answer = try row.string("answer")
        guard !prefix.isEmpty, answer.hasPrefix(prefix) else {
            throw InputError(at: row.source, "the answer does not begin with the random string")
        }
        let needles = try row.integer("n_needles")
        let task = "mrcr_\(needles)needle"
        let context = turns.dropLast().map { ($0.role == "user" ? "User: " : "Assistant: ") + $0.content }
        return TaskExample(
            id: "\(task)-\(number)",
            task: task,
            context: context.joined(separator: "\n"),
            question: last.content,
            expected: [answer],
            metric: .prefixedSimilarity,
            details: [prefix]
        )
    }

    private static func turns(_ row: JSONRow) throws -> [(role: String, content: String)] {
        let value: JSONValue
        if case .string(let text)? = row.value("prompt") {
            value = try JSONParser.parse(Array(text.utf8), source: row.source + ": prompt")
        } else {
            value = row.value("prompt") ?? .null
        }
        guard case .array(let turns) = value else { throw row.error("prompt", "a conversation") }
        return try turns.enumerated().map { index, turn in
            let turn = try JSONRow(turn, source: "\(row.source): prompt[\(index)]")
            let role = try turn.string("role")
            guard role == "user" || role == "assistant" else { throw turn.error("role", "\"user\" or \"assistant\"") }
            return (role, try turn.string("content"))
        }
    }
}
