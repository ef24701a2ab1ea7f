// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import GlyphTokens
import GlyphVLM

@testable import GlyphTrain

/// A folder that is removed with the object.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "glyph-train-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Corpus {
    /// A corpus of one text.
    init(text: String) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try ResourceFile.write(Array(text.utf8), to: "\(folder.path)/text")
        try self.init(folder: folder.path)
    }
}

/// What training tests share: the shipped model's tokenizer and processor with a much smaller model, and some prose.
enum Fixture {
    /// The folder of the shipped model.
    static let nano = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Models/glyph-nano").standardizedFileURL.path

    /// Writes a model folder without weights.
    static func writeTinyModel(to folder: String) throws {
        for name in ["tokenizer.json", "preprocessor_config.json", "generation_config.json"] {
            try FileManager.default.copyItem(atPath: "\(nano)/\(name)", toPath: "\(folder)/\(name)")
        }
        var configuration = try ModelFolder(nano, needsWeights: false).configuration
        (configuration.text.hiddenSize, configuration.text.layerCount) = (64, 2)
        (configuration.text.headCount, configuration.text.keyValueHeadCount) = (2, 1)
        (configuration.text.intermediateSize, configuration.text.ropeSections) = (96, [4, 6, 6])
        (configuration.vision.hiddenSize, configuration.vision.depth, configuration.vision.headCount) = (64, 2, 2)
        (configuration.vision.outputSize, configuration.vision.intermediateSize) = (64, 96)
        try ResourceFile.write(Array(configuration.json(weights: "float32").utf8), to: "\(folder)/config.json")
    }

    static func tinyModel() throws -> (folder: TemporaryFolder, model: ModelFolder) {
        let folder = try TemporaryFolder()
        try writeTinyModel(to: folder.path)
        return (folder, try ModelFolder(folder.path, needsWeights: false))
    }

    /// The chapters that the repository shows its examples with.
    static func corpus() throws -> Corpus {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Examples/jane-eyre.txt").standardizedFileURL.path
        return try Corpus(text: String(contentsOfFile: path, encoding: .utf8))
    }

    /// A run of a few small steps.
    static func configuration(steps: Int, compute: String = "f32") throws -> TrainingConfiguration {
        let json = """
            {"seed": 3, "compute": "\(compute)", "save-every": 2, "evaluate-every": 100, "keep": 9, "stages": [
              {"name": "one", "steps": \(steps), "learning-rate": [0.003, 0.001], "accumulate": 2,
               "tasks": {"transcribe": 1, "resume": 1}, "themes": 0.5,
               "pages": [{"size": [4, 1], "batch": 2}]}]}
            """
        return try TrainingConfiguration(json: Array(json.utf8), source: "test.json")
    }

    /// A new model with its learners and optimiser.
    static func training(
        _ model: ModelFolder,
        _ configuration: TrainingConfiguration,
        seed: UInt64,
        threads: Int = 1,
        device: Device = .cpu
    ) throws -> TrainingModel {
        let generator = try TensorGenerator(seed: seed)
        return try TrainingModel(
            GLM4V(model.configuration, generator: generator, device: device).centered(on: model.imageProcessor),
            cells: [8],
            generator: generator,
            configuration,
            threads: threads
        )
    }

    static func trainer(
        _ steps: Int,
        model: String,
        output: String,
        compute: String = "f32",
        threads: Int = 2,
        device: Device = .cpu,
        group: ProcessGroup? = nil,
        commit: String? = nil
    ) throws -> Trainer {
        try Trainer(
            configuration(steps: steps, compute: compute),
            start: model,
            corpus: corpus(),
            heldOut: corpus(),
            output: output,
            device: device,
            threads: threads,
            group: group,
            commit: commit
        )
    }
}
