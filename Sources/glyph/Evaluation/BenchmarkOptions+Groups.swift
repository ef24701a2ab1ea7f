// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks
import GlyphTokens

extension BenchmarkOptions {
    /// The lengths asked for, or the usual ones.
    func lengths(default usual: [Int], from least: Int) throws -> [Int] {
        try lengths.map { try Self.lengths($0, from: least) } ?? usual
    }

    /// The numbers of `--lengths`.
    static func lengths(_ text: String, from least: Int) throws -> [Int] {
        let parts = text.split(separator: ",")
        let numbers = parts.compactMap { Int($0) }.filter { $0 >= least }
        guard !parts.isEmpty, numbers.count == parts.count else {
            throw InputError(at: "--lengths", "is \(text)", expected: "numbers from \(least), as in 4096,16384")
        }
        return numbers
    }

    /// The names of the tasks asked for, if any were.
    var taskNames: [String]? { tasks?.split(separator: ",").map(String.init) }

    /// Examples that are made here: `--items` of every length and task, their seeds counted from `--seed`.
    func groups<Task: Sendable>(
        of tasks: [Task],
        lengths: [Int],
        _ tokenizer: Tokenizer,
        _ make: @escaping @Sendable (Task, TextBudget, UInt64) throws -> TaskExample
    ) -> [@Sendable () throws -> BenchmarkSuite.Group] {
        let (count, first) = (items, UInt64(bitPattern: Int64(source.seed)))
        return lengths.flatMap { length in
            tasks.map { task in
                { @Sendable in
                    BenchmarkSuite.Group(count: count) { index in
                        var example = try make(task, .tokens(length, of: tokenizer), first &+ UInt64(index))
                        example.task += ", \(length)"
                        return example
                    }
                }
            }
        }
    }
}
