// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import GlyphVLM

/// One page and a short question, read and answered over and over.
struct BenchRun {
    let prompt: Prompt
    private let model: GLM4V
    private let patches: ImagePatches

    init(_ model: GLM4V, _ folder: ModelFolder, page: PageImage) throws {
        self.model = model
        patches = try folder.imageProcessor.patches(page)
        let chat = Chat([Chat.Message(.user, [.image(patches.grid), .text("Which page?")])])
        prompt = try folder.promptBuilder.prompt(for: chat)
    }

    /// Reads the page and the prompt; returns the seconds of each and the cache.
    func read() throws -> (vision: Double, prompt: Double, cache: SequenceCache) {
        let start = ContinuousClock.now
        let images = try model.embed([patches])
        try Runtime.synchronize(model.device)
        let seen = ContinuousClock.now
        let cache = try model.makeCache(capacity: prompt.tokens.count + 256)
        let logits = try model.prefill(prompt, 0..<prompt.tokens.count, images: [0: images[0]], into: cache)
        _ = try logits?.floats()
        return ((seen - start).seconds, (ContinuousClock.now - seen).seconds, cache)
    }

    /// Writes tokens, the most probable each time; returns the seconds.
    func write(_ count: Int, _ cache: SequenceCache) throws -> Double {
        let start = ContinuousClock.now
        var token: Int32 = 0
        for _ in 0..<count {
            let logits = try model.decode([DecodeStep(token: token, cache: cache)])
            token = Int32(try logits.argmax(1).int64s()[0])
        }
        return (ContinuousClock.now - start).seconds
    }

    /// Bytes of weights that one step of decoding reads: all but the vision tower and the embedding's other rows.
    var bytesPerToken: Double {
        let read = model.parameters.filter { !$0.name.contains("visual") && !$0.name.contains("embed_tokens") }
        let bytes = read.reduce(0) { $0 + $1.tensor.byteCount }
        return Double(model.quantized.reduce(bytes) { $0 + $1.weight.values.byteCount + $1.weight.scales.byteCount })
    }

    /// Multiplications and additions of a prefill.
    var prefillOperations: Double { decoderOperations + visionOperations }

    /// Two for each weight and token, and four for each pair of positions that attention compares, the causal half.
    var decoderOperations: Double {
        let text = model.configuration.text
        let count = Double(prompt.tokens.count)
        let weights = model.parameters.filter { $0.name.contains("language_model.layers") }
        let attention = 2 * count * count * Double(text.headCount * text.headSize * text.layerCount)
        let plain = weights.reduce(0) { $0 + $1.tensor.count }
        return 2 * count * Double(model.quantized.reduce(plain) { $0 + $1.weight.values.count }) + attention
    }

    private var visionOperations: Double {
        let vision = model.configuration.vision
        let count = Double(patches.grid.patchCount)
        func operations(_ part: String, _ places: Double) -> Double {
            let weights = model.parameters.filter { $0.name.contains("visual.\(part)") }
            return 2 * places * Double(weights.reduce(0) { $0 + $1.tensor.count })
        }
        let attention = 4 * count * count * Double(vision.hiddenSize * vision.depth)
        let tokens = Double(patches.grid.tokenCount)
        return operations("patch_embed", count) + operations("blocks", count) + operations("downsample", tokens)
            + operations("merger", tokens) + attention
    }
}

/// What this machine does at best.
struct MachineLimits {
    /// Operations a second of a large matrix product.
    var operations: Double
    /// Bytes a second of reading memory, more than any cache holds.
    var bytes: Double

    /// Measures a device; a GPU is only busy with more than a processor needs.
    static func measure(_ dtype: DType, _ device: Device) throws -> MachineLimits {
        let isGPU = device != .cpu
        let generator = try TensorGenerator(seed: 1)
        let side = isGPU ? 8192 : 2048
        let matrix = try generator.normal([side, side]).to(device, dtype)
        let memory = try Tensor.ones([isGPU ? 1 << 30 : 64 << 20], device: device)
        let product = try best(device) { () throws(TensorError) in try matrix.matmul(matrix) }
        let pass = try best(device) { () throws(TensorError) in try memory.sum() }
        let operations = 2 * Double(side * side * side) / product
        return MachineLimits(operations: operations, bytes: Double(memory.byteCount) / pass)
    }

    /// The seconds of the best of a few runs.
    private static func best(
        _ device: Device,
        _ operation: () throws(TensorError) -> Tensor
    ) throws(TensorError) -> Double {
        var best = Double.infinity
        for _ in 0..<8 {
            let start = ContinuousClock.now
            _ = try Tensor.inference(operation)
            try Runtime.synchronize(device)
            best = min(best, (ContinuousClock.now - start).seconds)
        }
        return best
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
