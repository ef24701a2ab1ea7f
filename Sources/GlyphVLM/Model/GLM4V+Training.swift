// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
public import GlyphTensor

/// A part of a prompt that is looked up, or that an image stands for.
enum PromptPiece {
    case tokens([Int32])
    case image(Tensor)
}

extension GLM4V {
    /// Runs whole prompts without a cache, so that gradients can flow back to every parameter.
    ///
    /// - Parameters:
    ///   - prompts: The sequences of the batch; shorter ones are filled up behind their end, where no token of theirs
    ///     looks.
    ///   - images: For each prompt, the vectors of its images in order, from ``imageVectors(_:)``.
    ///   - padToken: The id to fill up with.
    /// - Returns: [batch, longest prompt, hidden], behind the last norm; pass the positions that count to
    ///   ``logits(_:)``.
    /// - Throws: `InputError` for an empty batch or images that do not fit, `TensorError` where computing fails.
    public func forward(_ prompts: [Prompt], images: [[Tensor]], padToken: Int32) throws -> Tensor {
        guard let longest = prompts.map(\.tokens.count).max(), longest > 0, prompts.count == images.count else {
            throw InputError(at: "forward", "the batch is empty or lacks images", expected: "images for each prompt")
        }
        var rows: [Tensor] = []
        var positions: [Float] = []
        for (prompt, images) in zip(prompts, images) {
            let count = prompt.tokens.count
            let known = Dictionary(uniqueKeysWithValues: images.enumerated().map { ($0.offset, $0.element) })
            var pieces = try pieces(of: prompt, 0..<count, known)
            if count < longest { pieces.append(.tokens(Array(repeating: padToken, count: longest - count))) }
            rows.append(try vectors(pieces))
            for row in prompt.positions.rows {
                positions += row.map(Float.init) + Array(repeating: 0, count: longest - count)
            }
        }
        let x = try Tensor.stack(rows, dim: 0)
        let places = try Tensor(positions, [prompts.count, 3, longest]).to(device)
        return try decoder(x, positions: places, .none)
    }

    /// The vectors of images as ``embed(_:)`` computes them, with gradients to the tower's parameters.
    public func imageVectors(_ images: [ImagePatches]) throws -> [Tensor] {
        guard !images.isEmpty else { return [] }
        var tensors: [Tensor] = []
        for image in images { tensors.append(try image.tensor(on: device)) }
        let tokens = try vision(Tensor.cat(tensors, dim: 0), images.map(\.grid))
        return try tokens.split(images.map(\.grid.tokenCount), dim: 0)
    }

    /// Logits of hidden vectors, [..., hidden] → [..., vocabulary] in f32.
    public func logits(_ hidden: Tensor) throws -> Tensor {
        try decoder.logits(hidden)
    }

    /// Divides a range of a prompt into runs of text and parts of images.
    func pieces(of prompt: Prompt, _ range: Range<Int>, _ images: [Int: Tensor]) throws -> [PromptPiece] {
        var pieces: [PromptPiece] = []
        var done = range.lowerBound
        for (index, image) in prompt.images.enumerated() where image.tokens.overlaps(range) {
            guard let vectors = images[index], vectors.shape == [image.tokens.count, configuration.text.hiddenSize]
            else {
                throw InputError(
                    at: "image \(index) of the prompt",
                    images[index].map { "its vectors are \($0.shape)" } ?? "its vectors are missing",
                    expected: "[\(image.tokens.count), \(configuration.text.hiddenSize)]"
                )
            }
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
