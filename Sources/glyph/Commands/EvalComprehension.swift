// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphTasks

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
        let suite = BenchmarkSuite(
            title: "Comprehension",
            notes: ["Made here, in the spirit of VTCBench (arXiv:2512.15649); not comparable with its numbers."],
            identity: [.init("benchmark", "comprehension")]
        )
        let tasks = (ComprehensionTask.named, ComprehensionTask.allCases)
        try await options.run(suite, of: text, tasks, lengths: [4096], from: 512) { task, budget, seed, prose in
            try task.example(seed: seed, budget: budget, prose: prose)
        }
    }
}
