// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphPage
import GlyphTensor
import GlyphVLM

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what a checkpoint holds, what memory it takes, and what would not load."
    )

    @Argument(help: ArgumentHelp("A folder with a Hugging Face checkpoint.", valueName: "folder"))
    var folder: String

    @Flag(help: "List every tensor with its type and shape.")
    var tensors = false

    func run() throws {
        let checkpoint = try ModelFolder(folder)
        let files = try checkpoint.weightFiles.map { try SafetensorsFile($0) }
        let entries = files.flatMap { $0.entries.sorted { $0.key < $1.key } }
        if tensors {
            for (name, entry) in entries { try Output.print("\(entry.dtype)  \(entry.shape)  \(name)") }
        }
        let stored = Dictionary(grouping: entries) { $0.value.dtype }.max { $0.value.count < $1.value.count }?.key
        try Output.print(Self.shapes(checkpoint))
        // In the type of the files nothing is copied: weights stay where the files are mapped.
        let type: DType = stored == .f16 ? .bf16 : stored == .bf16 ? .bf16 : .f32
        let model = try GLM4V(checkpoint, computeType: type)
        try Output.print("\(model.parameterCount) parameters in \(files.count) file(s), stored as \(stored ?? .f32)")
        try Output.print(Self.memory(model))
        try Output.print("Everything in the checkpoint is known, and nothing is missing.")
    }

    private static func shapes(_ checkpoint: ModelFolder) -> String {
        let (text, vision) = (checkpoint.configuration.text, checkpoint.configuration.vision)
        return """
            model    \(checkpoint.configuration.family.name)
            decoder  \(text.layerCount) layers × \(text.hiddenSize), \(text.headCount) heads of \(text.headSize), \
            \(text.keyValueHeadCount) for keys, \(text.vocabularySize) tokens, context \(text.contextLength)
            vision   \(vision.depth) blocks × \(vision.hiddenSize), \(vision.headCount) heads, patches of \
            \(vision.patchSize) px, \(vision.mergeSize) × \(vision.mergeSize) a token
            """
    }

    private static func memory(_ model: GLM4V) -> String {
        let perPosition = model.cacheBytesPerPosition / model.computeType.byteCount
        var lengths = [4096, 32_768, 131_072].filter { $0 < model.configuration.text.contextLength }
        lengths.append(model.configuration.text.contextLength)
        var lines = ["memory   weights" + lengths.map { "   + \($0) tokens" }.joined()]
        // With --dtype int8 the decoder's matrices take a byte a weight, and everything else is bf16.
        let decoder = model.parameters(of: .decoderBlocks, .head)
        let matrices = decoder.filter { $0.tensor.rank == 2 }.reduce(0) { $0 + $1.tensor.count }
        let forms = [
            ("f32 ", model.parameterCount * 4, DType.f32), ("bf16", model.parameterCount * 2, .bf16),
            ("int8", model.parameterCount * 2 - matrices, .bf16),
        ]
        for (name, weights, type) in forms {
            let totals = lengths.map { weights + $0 * perPosition * type.byteCount }
            lines.append("  \(name)   " + ([weights] + totals).map(size).joined(separator: "   "))
        }
        return lines.joined(separator: "\n")
    }

    private static func size(_ bytes: Int) -> String {
        let mega = Double(bytes) / 1e6
        return mega < 1000 ? "\(Int(mega.rounded(.up))) MB" : "\((mega / 100).rounded() / 10) GB"
    }
}
