// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphReading
import GlyphTasks
import GlyphTokens
import GlyphTypeset

struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure how well a model reads.",
        subcommands: [
            EvalRuler.self, EvalLongBench.self, EvalMRCR.self, EvalComprehension.self, EvalOCR.self, EvalNano.self,
        ]
    )
}

struct EvalNano: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nano",
        abstract: "Transcription, needles, lookups: a Markdown table with n and 95 % intervals.",
        discussion: """
            Example: glyph eval nano --text Examples/jane-eyre.txt

            The rows are printed as they are measured. Items are drawn with fixed seeds.
            """
    )

    @Option(help: ArgumentHelp("The model; the one that comes with Glyph if not given.", valueName: "folder"))
    var model: String?

    @Option(help: ArgumentHelp("English prose that the model was not trained on.", valueName: "file"))
    var text: String

    @Option(parsing: .unconditional, help: ArgumentHelp("Items of each row.", valueName: "number"))
    var items = 20

    @Option(help: ArgumentHelp("Lengths of haystacks in text tokens.", valueName: "tokens,…"))
    var lengths = "4096"

    func validate() throws {
        guard items > 0 else { throw ValidationError("--items is \(items); it must be 1 or more.") }
    }

    func run() async throws {
        let haystacks = try BenchmarkOptions.lengths(lengths, from: 256)
        let folder = try model ?? EngineProcess.Configuration.embeddedModel()
        guard let card = try ReadingCard(inModel: folder), let preset = card.namedPreset else {
            throw InputError(
                at: "\(folder)/glyph.json",
                "it is missing or names an unknown preset",
                expected: "a model that was trained for Glyph"
            )
        }
        let (prose, _) = try BenchmarkFiles.prose(text)
        let process = EngineProcess(
            EngineProcess.Configuration(program: try EngineProcess.Configuration.program(), model: folder)
        )
        defer { process.stop() }
        let evaluation = NanoEvaluation(
            reader: EngineReader(process),
            card: card,
            look: BenchmarkWay.Look(name: card.preset, config: try preset.configuration()),
            tokenizer: try Tokenizer.standard(),
            prose: prose,
            count: items
        ) { row in
            try Terminal.print(row.markdown)
        }
        try Terminal.print("| measured | n | value | 95 % interval |\n|---|---|---|---|")
        try await evaluation.run(lengths: haystacks)
    }
}
