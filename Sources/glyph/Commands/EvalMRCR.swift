// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphTasks
import GlyphTokens

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
        try await options.run(suite, tokenizer)
    }
}
