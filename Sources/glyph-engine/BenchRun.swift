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

    /// Bytes of weights that one step of decoding reads: all but the vision tower, and the embedding's other rows where it is
    /// not the head as well.
    var bytesPerToken: Double {
        let unread = [ModelPart.visionTower] + (model.configuration.isHeadTied ? [] : [.tokenEmbedding])
        let read = model.parameters.filter { parameter in !unread.contains { $0.holds(parameter.name) } }
        let bytes = read.reduce(0) { $0 + $1.tensor.byteCount }
        return Double(model.quantized.reduce(bytes) { $0 + $1.weight.values.byteCount + $1.weight.scales.byteCount })
    }

    /// Multiplications and additions of a prefill.
    var prefillOperations: Double { decoderOperations + visionOperations }

    /// Two for each weight and token, and four for each pair of positions that attention compares, the causal half.
    var decoderOperations: Double {
        let text = model.configuration.text
        let count = Double(prompt.tokens.count)
        let weights = model.parameters(of: .decoderBlocks)
        let attention = 2 * count * count * Double(text.headCount * text.headSize * text.layerCount)
        let plain = weights.reduce(0) { $0 + $1.tensor.count }
        return 2 * count * Double(model.quantized.reduce(plain) { $0 + $1.weight.values.count }) + attention
    }

    /// Multiplications and additions of looking at the page.
    var visionOperations: Double {
        let vision = model.configuration.vision
        let count = Double(patches.grid.patchCount)
        func operations(_ part: ModelPart, _ places: Double) -> Double {
            2 * places * Double(model.parameters(of: part).reduce(0) { $0 + $1.tensor.count })
        }
        let attention = 4 * count * count * Double(vision.hiddenSize * vision.depth)
        let tokens = Double(patches.grid.tokenCount)
        return operations(.patchEmbedding, count) + operations(.visionBlocks, count)
            + operations(.patchConvolution, tokens) + operations(.merger, tokens) + attention
    }
}

/// What this machine does at best.
struct MachineLimits {
    /// Operations a second of a large square matrix product: libtorch's, or the engine's own where that is faster.
    private(set) var operations = 0.0
    /// Bytes a second of reading memory, more than any cache holds.
    private(set) var bytes = 0.0
    private let device: Device
    private let matrix: Tensor
    private let memory: Tensor

    /// A GPU is only busy with more than a processor needs.
    init(_ dtype: DType, _ device: Device) throws {
        let isGPU = device != .cpu
        let side = isGPU ? 8192 : 2048
        self.device = device
        matrix = try TensorGenerator(seed: 1).normal([side, side]).to(device, dtype)
        memory = try Tensor.ones([isGPU ? 1 << 30 : 64 << 20], device: device)
    }

    /// Measures once more; the best counts.
    ///
    /// To be called in turn with what is compared, so that both see the same machine.
    mutating func measure() throws {
        let side = Double(matrix.size(0))
        let product = min(
            try seconds { () throws(TensorError) in try matrix.matmul(matrix) },
            try seconds { () throws(TensorError) in try matrix.linear(matrix) }
        )
        let pass = try seconds { () throws(TensorError) in try memory.sum() }
        operations = max(operations, 2 * side * side * side / product)
        bytes = max(bytes, Double(memory.byteCount) / pass)
    }

    /// The seconds of the better of two runs.
    private func seconds(_ operation: () throws(TensorError) -> Tensor) throws(TensorError) -> Double {
        var best = Double.infinity
        for _ in 0..<2 {
            let start = ContinuousClock.now
            _ = try Tensor.inference(operation)
            try Runtime.synchronize(device)
            best = min(best, (ContinuousClock.now - start).seconds)
        }
        return best
    }
}
