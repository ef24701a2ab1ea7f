// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphTasks
import GlyphTokens

struct EvalRuler: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ruler",
        abstract: "RULER's 13 tasks, made here at any length; qa_1 and qa_2 need --data.",
        discussion: """
            Example: glyph eval ruler --text Examples/jane-eyre.txt --tasks niah_single_1,vt --lengths 4096 \
            --endpoint http://localhost:8000 --parallel 8 --output ruler-results
            """
    )

    @Option(help: ArgumentHelp("Prose for the haystacks that are essays.", valueName: "file"))
    var text: String

    @Option(help: ArgumentHelp("Published data sets; docs/benchmarks.md has the layout.", valueName: "folder"))
    var data: String?

    @OptionGroup var options: BenchmarkOptions

    func run() async throws {
        let (prose, digest) = try BenchmarkFiles.prose(text)
        let lengths = try options.lengths(default: [4096], from: 512)
        let files = ["qa_1": "ruler/dev-v2.0.json", "qa_2": "ruler/hotpot_dev_distractor_v1.json"]
        let tasks =
            try options.taskNames()?.map(RulerTask.named)
            ?? RulerTask.all.filter { task in
                files[task.name].map { BenchmarkFiles.exists($0, in: data) } ?? true
            }
        let names = tasks.map(\.name)
        try BenchmarkFiles.require(names.compactMap { files[$0] }, in: data)
        let sources = RulerSources(
            prose: prose,
            squad: try names.contains("qa_1") ? .squad(at: "\(data ?? "")/ruler/dev-v2.0.json") : nil,
            hotpotQA: try names.contains("qa_2")
                ? .hotpotQA(at: "\(data ?? "")/ruler/hotpot_dev_distractor_v1.json") : nil
        )
        let tokenizer = try Tokenizer.standard()
        let examples = options.examples(of: tasks, lengths: lengths, tokenizer) { task, budget, seed in
            try task.example(seed: seed, budget: budget, sources: sources)
        }
        let missing = RulerTask.all.map(\.name).filter { !names.contains($0) }
        let suite = try BenchmarkSuite(
            title: "RULER",
            notes: missing.isEmpty ? [] : ["Not measured in the last run: " + missing.joined(separator: ", ")],
            identity: [.init("benchmark", "ruler"), .init("text", digest)]
                + BenchmarkFiles.settings(names.compactMap { files[$0] }, in: data ?? ""),
            groups: examples.groups,
            check: { try await examples.check() }
        )
        let options = options
        try await Interrupt.guarding { try await options.run(suite, tokenizer, $0) }
    }
}

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
        let options = options
        let tokenizer = try Tokenizer.standard()
        try await Interrupt.guarding { try await options.run(suite, tokenizer, $0) }
    }
}

struct EvalMRCR: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mrcr",
        abstract: "MRCR with 2, 4 and 8 needles, from the files in --data."
    )

    @Option(help: ArgumentHelp("Published data sets; docs/benchmarks.md has the layout.", valueName: "folder"))
    var data: String

    @OptionGroup var options: BenchmarkOptions

    func run() async throws {
        let chosen = try options.taskNames()?.map(MRCR.named) ?? MRCR.all
        let files = chosen.map { "mrcr/\($0).jsonl" }
        try BenchmarkFiles.require(files, in: data)
        let longest = try options.lengths(default: [131_072], from: 4096).max() ?? 131_072
        let tokenizer = try Tokenizer.standard()
        let (data, count) = (data, options.items)
        let suite = try BenchmarkSuite(
            title: "MRCR",
            notes: [
                "The first \(count) items of each file with at most \(longest) tokens; these, and the ranges of lengths, are "
                    + "counted by glyph-32k where the publisher counts by o200k_base."
            ],
            identity: [.init("benchmark", "mrcr")] + BenchmarkFiles.settings(files, in: data),
            groups: chosen.map { name in
                {
                    var examples: [TaskExample] = []
                    try MRCR.forEachExample(at: "\(data)/mrcr/\(name).jsonl") { example in
                        try Task.checkCancellation()
                        let tokens = tokenizer.count(example.context, specialTokens: .literal)
                        guard tokens <= longest else { return true }
                        examples.append(example)
                        if let bin = MRCR.bin(ofTokens: tokens) {
                            examples[examples.count - 1].task += ", \(bin.lower)–\(bin.upper)"
                        }
                        return examples.count < count
                    }
                    let found = examples
                    return BenchmarkSuite.Group(count: found.count) { found[$0] }
                }
            }
        )
        let options = options
        try await Interrupt.guarding { try await options.run(suite, tokenizer, $0) }
    }
}

struct EvalComprehension: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "comprehension",
        abstract: "Retrieval, association and memory, in the spirit of VTCBench, made here.",
        discussion: """
            Example: glyph eval comprehension --text Examples/jane-eyre.txt --lengths 4096,16384 \
            --endpoint http://localhost:8000 --parallel 8 --output comprehension-results

            retrieval looks a value up by its key; association asks with words that the text does not use, so that \
            only knowledge of the world finds the sentence; memory asks what was said in a long conversation, or when.
            """
    )

    @Option(help: ArgumentHelp("Prose around what is to be found.", valueName: "file"))
    var text: String

    @OptionGroup var options: BenchmarkOptions

    func run() async throws {
        let (prose, digest) = try BenchmarkFiles.prose(text)
        let lengths = try options.lengths(default: [4096], from: 512)
        let tasks = try options.taskNames()?.map(ComprehensionTask.named) ?? ComprehensionTask.allCases
        let tokenizer = try Tokenizer.standard()
        let examples = options.examples(of: tasks, lengths: lengths, tokenizer) { task, budget, seed in
            try task.example(seed: seed, budget: budget, prose: prose)
        }
        let suite = BenchmarkSuite(
            title: "Comprehension",
            notes: ["Made here, in the spirit of VTCBench (arXiv:2512.15649); not comparable with its numbers."],
            identity: [.init("benchmark", "comprehension"), .init("text", digest)],
            groups: examples.groups,
            check: { try await examples.check() }
        )
        let options = options
        try await Interrupt.guarding { try await options.run(suite, tokenizer, $0) }
    }
}

struct EvalOCR: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ocr",
        abstract: "Character and word errors of transcriptions, by font, size and resolution.",
        discussion: """
            Example: glyph eval ocr --text Examples/jane-eyre.txt --sweep font-size=7,9,12 --sweep dpi=72,96 \
            --endpoint http://localhost:8000 --output ocr-results
            """
    )

    @Option(help: ArgumentHelp("The text to transcribe pieces of.", valueName: "file"))
    var text: String

    @OptionGroup var options: BenchmarkOptions

    func run() async throws {
        let (prose, digest) = try BenchmarkFiles.prose(text)
        let lengths = try options.lengths(default: [512], from: 16)
        let tasks = try options.taskNames()?.map(TranscriptionTask.named) ?? TranscriptionTask.all
        let tokenizer = try Tokenizer.standard()
        let examples = options.examples(of: tasks, lengths: lengths, tokenizer) { task, budget, seed in
            try task.example(seed: seed, budget: budget, prose: prose)
        }
        let suite = BenchmarkSuite(
            title: "Transcription",
            notes: ["Every page is read by itself. Runs of white space count as one space."],
            identity: [.init("benchmark", "ocr"), .init("text", digest)],
            groups: examples.groups,
            check: { try await examples.check() },
            isTranscription: true
        )
        let options = options
        try await Interrupt.guarding { try await options.run(suite, tokenizer, $0) }
    }
}
