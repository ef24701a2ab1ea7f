// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphTasks

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
        let suite = BenchmarkSuite(
            title: "Transcription",
            notes: ["Every page is read by itself. Runs of white space count as one space."],
            identity: [.init("benchmark", "ocr")],
            isTranscription: true
        )
        let tasks = (TranscriptionTask.named, TranscriptionTask.all)
        try await options.run(suite, of: text, tasks, lengths: [512], from: 16) { task, budget, seed, prose in
            try task.example(seed: seed, budget: budget, prose: prose)
        }
    }
}
