// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphEngine
import GlyphPage
import GlyphTestSupport

/// Which model to load, and how to compute.
struct ModelOptions: ParsableArguments {
    /// The type that weights are kept and multiplied in.
    enum Precision: String, ExpressibleByArgument, CaseIterable {
        case auto, f32, bf16, int8
    }

    @Option(help: ArgumentHelp("A Hugging Face checkpoint: config.json, weights, tokenizer.json.", valueName: "folder"))
    var model: String

    @Option(help: ArgumentHelp("The name that clients use; the folder's name if not given.", valueName: "name"))
    var name: String?

    @Option(
        help: ArgumentHelp(
            "Threads to compute with; as many as there are processors if not given.",
            valueName: "number"
        )
    )
    var threads: Int?

    @Option(help: "The type to compute in; auto takes the checkpoint's, int8 halves the memory of bf16.")
    var dtype: Precision = .auto

    @Option(help: ArgumentHelp("cpu, or cuda with a libtorch that has it.", valueName: "device"))
    var device: String = "cpu"

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads is \(threads); it must be 1 or more.") }
    }

    /// The name that clients put into requests.
    var servedName: String { name ?? URL(fileURLWithPath: model).standardizedFileURL.lastPathComponent }

    /// Loads the model and starts the engine over it.
    ///
    /// - Throws: `InputError` for a folder that is no checkpoint or does not load.
    func load(
        _ configuration: EngineConfiguration
    ) async throws -> (engine: any AnswerEngine, encoder: any PromptEncoder) {
        guard FileManager.default.fileExists(atPath: model + "/config.json") else {
            throw InputError(at: model, "there is no config.json", expected: "a folder with a Hugging Face checkpoint")
        }
        // The scripted model stands in until the real one is joined on.
        let prompts = try ScriptedPrompts()
        var facts = ModelFacts.scripted(vocabularySize: ScriptedPrompts.vocabularySize)
        facts.name = servedName
        let (loaded, words) = (facts, Array("A scripted answer. ".utf8).map(Int32.init))
        let pace = Double(ProcessInfo.processInfo.environment["GLYPH_SCRIPTED_PACE"] ?? "") ?? 0
        let engine = try await Engine.start(configuration, tokenizer: prompts.tokenizer, style: prompts.style) {
            ScriptedModel(
                loaded,
                answer: words + [ScriptedPrompts.id("<|end|>")],
                pace: .milliseconds(pace)
            )
        }
        return (engine, prompts)
    }
}
