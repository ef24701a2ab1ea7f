// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks
import GlyphTokens

extension BenchmarkOptions {
    /// More than any reader takes, and far from where counts of bytes, four of them for a token, no longer fit.
    private static let longest = 100_000_000

    /// The lengths asked for, or the usual ones.
    func lengths(default usual: [Int], from least: Int) throws -> [Int] {
        try lengths.map { try Self.lengths($0, from: least) } ?? usual
    }

    /// The numbers of `--lengths`, each once.
    static func lengths(_ text: String, from least: Int) throws -> [Int] {
        let parts = text.split(separator: ",")
        let numbers = parts.compactMap { Int($0) }.filter { (least...longest).contains($0) }
        guard !parts.isEmpty, numbers.count == parts.count else {
            throw InputError(
                at: "--lengths",
                "is \(text)",
                expected: "numbers from \(least) to \(longest), as in 4096,16384"
            )
        }
        return numbers.uniqued
    }

    /// The names of the tasks asked for, each once, if any were.
    func taskNames() throws -> [String]? {
        guard let tasks else { return nil }
        let names = tasks.split(separator: ",").map(String.init)
        guard !names.isEmpty else {
            throw InputError(at: "--tasks", "names no task", expected: "names with commas between them")
        }
        return names.uniqued
    }

    /// Examples that are made here: `--items` of every length and task, chosen by `--seed`.
    func examples<Kind: Sendable>(
        of tasks: [Kind],
        lengths: [Int],
        _ tokenizer: Tokenizer,
        _ make: @escaping @Sendable (Kind, TextBudget, UInt64) throws -> TaskExample
    ) -> GeneratedExamples<Kind> {
        // Mixed, so that neighbouring seeds share no example; counted on from there, so that tasks which take things in
        // turn still do.
        var generator = SplitMix64(state: UInt64(bitPattern: Int64(source.seed)))
        return GeneratedExamples(
            tasks: tasks,
            lengths: lengths,
            count: items,
            first: generator.next(),
            tokenizer: tokenizer,
            make: make
        )
    }

    /// Runs a benchmark whose examples are made here, from prose.
    ///
    /// - Parameters:
    ///   - suite: The benchmark without its examples.
    ///   - text: The file of the prose.
    ///   - tasks: How a task is found by its name, and all of them.
    ///   - usual: The lengths where `--lengths` does not say others.
    ///   - least: The least length.
    ///   - make: Makes an example of a task, with a budget, a seed and the prose.
    /// - Throws: `InputError`, `ReadingError`, and `ExitCode` where no item has an answer.
    func run<Kind: Sendable>(
        _ suite: BenchmarkSuite,
        of text: String,
        _ tasks: (named: (String) throws -> Kind, all: [Kind]),
        lengths usual: [Int],
        from least: Int,
        _ make: @escaping @Sendable (Kind, TextBudget, UInt64, Prose) throws -> TaskExample
    ) async throws {
        let (prose, digest) = try BenchmarkFiles.prose(text)
        let lengths = try lengths(default: usual, from: least)
        let chosen = try taskNames()?.map(tasks.named) ?? tasks.all
        let tokenizer = try Tokenizer.standard()
        let examples = examples(of: chosen, lengths: lengths, tokenizer) { try make($0, $1, $2, prose) }
        var suite = suite
        suite.identity.append(.init("text", digest))
        suite.groups = examples.groups
        suite.check = { try await examples.check() }
        try await run(suite, tokenizer)
    }
}

/// Examples that are made here, so many of every length and task.
struct GeneratedExamples<Kind: Sendable>: Sendable {
    let tasks: [Kind]
    let lengths: [Int]
    let count: Int
    /// The seed of the first example of each length and task; the others count on.
    let first: UInt64
    let tokenizer: Tokenizer
    let make: @Sendable (Kind, TextBudget, UInt64) throws -> TaskExample

    var groups: [@Sendable () throws -> BenchmarkSuite.Group] {
        pairs.map { task, length in
            {
                BenchmarkSuite.Group(count: count) { index in
                    var example = try make(task, .tokens(length, of: tokenizer), first &+ UInt64(index))
                    example.task += ", \(length)"
                    return example
                }
            }
        }
    }

    /// Makes one example of each length and task.
    ///
    /// A task that is too long for its words, or too short for its question, would else show hours later.
    ///
    /// - Throws: `InputError` that names all that cannot be made.
    func check() async throws {
        let faults = try await withThrowingTaskGroup(of: (Int, InputError?).self) { checks in
            for (index, (task, length)) in pairs.enumerated() {
                checks.addTask {
                    try Task.checkCancellation()
                    do {
                        _ = try make(task, .tokens(length, of: tokenizer), first)
                        return (index, nil)
                    } catch let fault as InputError {
                        return (index, fault)
                    }
                }
            }
            var faults: [(index: Int, fault: InputError)] = []
            for try await case (let index, let fault?) in checks { faults.append((index, fault)) }
            return faults.sorted { $0.index < $1.index }.map(\.fault)
        }
        guard let fault = faults.first else { return }
        guard faults.count > 1 else { throw fault }
        throw InputError(
            at: "--lengths",
            "not everything can be made: " + faults.map { "\($0.location): \($0.problem)" }.joined(separator: "; "),
            remedy: "Leave these lengths or tasks out"
        )
    }

    private var pairs: [(Kind, Int)] { lengths.flatMap { length in tasks.map { ($0, length) } } }
}
