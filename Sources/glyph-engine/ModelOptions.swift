// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphEngine
import GlyphPage
import GlyphTensor
import GlyphVLM

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

    @Option(help: "The type to compute in; auto is the checkpoint's where that is fast, int8 a byte for each weight.")
    var dtype: Precision = .auto

    @OptionGroup var device: DeviceOption

    func validate() throws {
        if let threads, !Runtime.threadCounts.contains(threads) {
            throw ValidationError("--threads is \(threads); it must be from 1 to \(Runtime.threadCounts.upperBound).")
        }
    }

    /// The name that clients put into requests.
    var servedName: String { name ?? URL(fileURLWithPath: model).standardizedFileURL.lastPathComponent }

    /// Loads the model and starts the engine over it.
    ///
    /// - Throws: `InputError` for a folder that is no checkpoint or does not load.
    func load(
        _ configuration: EngineConfiguration
    ) async throws -> (engine: any AnswerEngine, encoder: any PromptEncoder) {
        try Runtime.setThreadCount(threads ?? ProcessInfo.processInfo.activeProcessorCount)
        let folder = try ModelFolder(model)
        let (type, device) = (try computeType(of: folder), try device.chosen())
        let matrices: MatrixForm = dtype == .int8 ? .int8 : .computeType
        let prompts = GLM4VPrompts(folder)
        let name = servedName
        // Images and prompts become numbers as the settings say, so these are a part of what blocks were made of.
        let digest = try Digest.ofCheckpoint(in: folder.path, computing: "\(dtype) \(type)")
        let engine = try await Engine.start(configuration, tokenizer: prompts.tokenizer, style: prompts.style) {
            let model = try GLM4V(folder, computeType: type, device: device, matrices: matrices)
            return GLM4VModel(model, folder, name: name, digest: digest)
        }
        return (engine, prompts)
    }

    /// The type to compute in: what was asked for, or the checkpoint's own where the machine is good at it.
    private func computeType(of folder: ModelFolder) throws -> DType {
        switch dtype {
        case .f32: return .f32
        case .bf16: return .bf16
        case .auto, .int8:
            let types = try folder.weightFiles.prefix(1).flatMap { try SafetensorsFile($0).entries.values.map(\.dtype) }
            let isHalf = types.contains { $0.byteCount == 2 }
            return isHalf && (Runtime.hasFastBF16 || device.device != "cpu") ? .bf16 : .f32
        }
    }
}
