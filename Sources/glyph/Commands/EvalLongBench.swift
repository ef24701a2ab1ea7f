// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphPage
import GlyphTasks
import GlyphTokens

struct EvalLongBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "longbench",
        abstract: "LongBench's 21 tasks, from the published files in --data."
    )

    @Option(help: ArgumentHelp("Published data sets; docs/benchmarks.md has the layout.", valueName: "folder"))
    var data: String

    @OptionGroup var options: BenchmarkOptions

    func run() async throws {
        guard options.lengths == nil else {
            throw InputError(
                at: "--lengths",
                "LongBench's texts have the lengths that they have",
                remedy: "Leave it out; --items says how many of each task are asked"
            )
        }
        let tasks = try options.taskNames()?.map(LongBenchTask.named) ?? LongBenchTask.all
        let files = tasks.map { "longbench/\($0.name).jsonl" }
        try BenchmarkFiles.require(files, in: data)
        let tables = "\(data)/jieba-tables.tsv"
        let words = ResourceFile.read(tables)
        let chinese: ChineseWords =
            try words.map { .jieba(try JiebaSegmenter(tables: $0, source: tables)) } ?? .characters
        let cut = words.map { "\(chinese.name) \(Digest.sha256($0))" } ?? chinese.name
        let (data, count) = (data, options.items)
        let read: @Sendable (LongBenchTask) throws -> [TaskExample] = { task in
            try task.examples(at: "\(data)/longbench/\(task.name).jsonl", limit: count)
        }
        let suite = try BenchmarkSuite(
            title: "LongBench",
            notes: ["Chinese was cut into words by: \(chinese.name). The first \(count) items of each file."],
            identity: [.init("benchmark", "longbench"), .init("chinese", cut)]
                + BenchmarkFiles.settings(files, in: data),
            groups: tasks.map { task in
                {
                    let examples = try read(task)
                    return BenchmarkSuite.Group(count: examples.count) { examples[$0] }
                }
            },
            check: {
                for task in tasks {
                    try Task.checkCancellation()
                    guard try read(task).isEmpty else { continue }
                    throw InputError(at: "\(data)/longbench/\(task.name).jsonl", "there is no example in it")
                }
            },
            chinese: chinese
        )
        try await options.run(suite, try Tokenizer.standard())
    }
}
