// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
package import GlyphTensor

/// A part of a prompt that is looked up, or that an image stands for.
enum PromptPiece {
    case tokens([Int32])
    case image(Tensor)
}

extension GLM4V {
    /// Whether the backward pass computes the blocks of tower and decoder again, so that the memory for a batch is that of
    /// the blocks' inputs and of one block (gradient checkpointing).
    ///
    /// Losses and gradients are the same to the last bit.
    package var recomputesBlocks: Bool {
        get { decoder.recomputesBlocks }
        set {
            decoder.recomputesBlocks = newValue
            vision.recomputesBlocks = newValue
        }
    }

    /// The projection that every patch goes through first; whoever changes it changes the model.
    package var patchEmbedding: (weight: Tensor, bias: Tensor) { (vision.patches.weight, vision.patches.bias) }

    /// Runs whole prompts without a cache, so that gradients can flow back to every parameter.
    ///
    /// - Parameters:
    ///   - prompts: The sequences of the batch; shorter ones are filled up behind their end, where no token of theirs
    ///     looks.
    ///   - images: For each prompt, the vectors of its images in order, from ``imageVectors(_:_:)``.
    ///   - padToken: The id to fill up with.
    /// - Returns: [batch, longest prompt, hidden], behind the last norm; pass the positions that count to
    ///   ``logits(_:)``.
    /// - Throws: `InputError` for an empty batch or images that do not fit, `TensorError` where computing fails.
    package func forward(_ prompts: [Prompt], images: [[Tensor]], padToken: Int32) throws -> Tensor {
        guard let longest = prompts.map(\.tokens.count).max(), longest > 0, prompts.count == images.count else {
            throw InputError(at: "forward", "the batch is empty or lacks images", expected: "images for each prompt")
        }
        // All prompts together: a device would wait for each of the many small pieces.
        var ids = [Int64](repeating: Int64(padToken), count: prompts.count * longest)
        var positions: [Float] = []
        var (vectors, places): ([Tensor], [Int]) = ([], [])
        for (row, (prompt, images)) in zip(prompts, images).enumerated() {
            let start = row * longest
            for (index, token) in prompt.tokens.enumerated() { ids[start + index] = Int64(token) }
            for (index, image) in prompt.images.enumerated() {
                vectors.append(try checked(index < images.count ? images[index] : nil, index, image))
                // Image tokens may lie outside of the vocabulary; what is looked up for them is written over.
                for token in image.tokens {
                    ids[start + token] = Int64(padToken)
                    places.append(start + token)
                }
            }
            let rest = [Float](repeating: 0, count: longest - prompt.tokens.count)
            for row in prompt.positions.rows { positions += row.map(Float.init) + rest }
        }
        var x = try decoder.embedding.embedding(Tensor(ids).to(device))  // [batch · longest, hidden]
        if !vectors.isEmpty {
            x = try x.indexCopy(0, Tensor(places).to(device), Tensor.cat(vectors, dim: 0).to(computeType))
        }
        let turns = try Tensor(positions, [prompts.count, 3, longest]).to(device)
        return try decoder(x.reshape([prompts.count, longest, -1]), positions: turns, .none)
    }

    /// The vectors of an image of a prompt.
    private func checked(_ vectors: Tensor?, _ index: Int, _ image: Prompt.PlacedImage) throws -> Tensor {
        let shape = [image.tokens.count, configuration.text.hiddenSize]
        guard let vectors, vectors.shape == shape else {
            throw InputError(
                at: "image \(index) of the prompt",
                vectors.map { "its vectors are \($0.shape)" } ?? "its vectors are missing",
                expected: "\(shape)"
            )
        }
        return vectors
    }

    /// The vectors of images as ``embed(_:)`` computes them, with gradients to the tower's parameters.
    ///
    /// `pixels` are what ``ImagePatches/tensor(of:on:)`` makes of the images.
    package func imageVectors(_ pixels: Tensor, _ grids: [ImageGrid]) throws -> [Tensor] {
        try vision(pixels.to(device), grids).split(grids.map(\.tokenCount), dim: 0)
    }

    /// Logits of hidden vectors, [..., hidden] → [..., vocabulary] in f32.
    package func logits(_ hidden: Tensor) throws -> Tensor {
        try decoder.logits(hidden)
    }

    /// Divides a range of a prompt into runs of text and parts of images.
    func pieces(of prompt: Prompt, _ range: Range<Int>, _ images: [Int: Tensor]) throws -> [PromptPiece] {
        var pieces: [PromptPiece] = []
        var done = range.lowerBound
        for (index, image) in prompt.images.enumerated() where image.tokens.overlaps(range) {
            let vectors = try checked(images[index], index, image)
            let seen = image.tokens.clamped(to: range)
            if done < seen.lowerBound { pieces.append(.tokens(Array(prompt.tokens[done..<seen.lowerBound]))) }
            let inner = seen.lowerBound - image.tokens.lowerBound..<seen.upperBound - image.tokens.lowerBound
            pieces.append(.image(try vectors.slice(0, inner)))
            done = seen.upperBound
        }
        if done < range.upperBound { pieces.append(.tokens(Array(prompt.tokens[done..<range.upperBound]))) }
        return pieces
    }

    /// [positions, hidden].
    func vectors(_ pieces: [PromptPiece]) throws(TensorError) -> Tensor {
        var parts: [Tensor] = []
        for piece in pieces {
            switch piece {
            case .tokens(let ids):
                let indices = try Tensor(ids.map(Int64.init)).to(device)
                parts.append(try decoder.embedding.embedding(indices))
            case .image(let vectors): parts.append(try vectors.to(computeType))
            }
        }
        return parts.count == 1 ? parts[0] : try Tensor.cat(parts, dim: 0)
    }
}
