// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
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
        try await options.run(suite, tokenizer)
    }
}
