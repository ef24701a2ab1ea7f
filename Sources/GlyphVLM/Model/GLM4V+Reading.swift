// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
package import GlyphTensor

/// One token of one sequence, to be written behind what its cache holds.
package struct DecodeStep {
    package var token: Int32
    package var cache: SequenceCache

    package init(token: Int32, cache: SequenceCache) {
        self.token = token
        self.cache = cache
    }
}

extension GLM4V {
    private var cacheLayout: SequenceCache.Layout {
        SequenceCache.Layout(
            layers: configuration.text.layerCount,
            heads: configuration.text.keyValueHeadCount,
            headSize: configuration.text.headSize,
            dtype: computeType,
            device: device
        )
    }

    /// Bytes of keys and values that one position takes in a cache, all layers together.
    package var cacheBytesPerPosition: Int { cacheLayout.bytesPerPosition }

    /// An empty cache; it grows when more than `capacity` positions come.
    package func makeCache(capacity: Int = 0) throws -> SequenceCache {
        try SequenceCache(cacheLayout, capacity: capacity)
    }

    /// The block whose ``CacheBlock/bytes()`` these are.
    ///
    /// - Throws: `InputError` where the number of bytes is not that of whole positions of this model.
    package func cacheBlock(bytes: [UInt8]) throws -> CacheBlock {
        let layout = cacheLayout
        guard !bytes.isEmpty, bytes.count.isMultiple(of: layout.bytesPerPosition) else {
            throw InputError(
                at: "cache block",
                "\(bytes.count) bytes are not whole positions",
                expected: "a multiple of \(layout.bytesPerPosition) bytes"
            )
        }
        let shape = [layout.layers, 2, layout.heads, bytes.count / layout.bytesPerPosition, layout.headSize]
        let tensor = try bytes.withUnsafeBytes { try Tensor(bytes: $0, shape, dtype: layout.dtype) }
        return CacheBlock(tensor: try tensor.to(device), layout: layout)
    }

    /// The vectors that stand for images in a prompt, one [image tokens, hidden] for each image.
    ///
    /// The images do not see each other: together or one by one, the result is the same.
    package func embed(_ images: [ImagePatches]) throws -> [Tensor] {
        guard !images.isEmpty else { return [] }
        let length = configuration.vision.patchLength
        for (index, image) in images.enumerated() where image.patchLength != length {
            throw InputError(
                at: "image \(index)",
                "its patches have \(image.patchLength) values",
                expected: "\(length), as config.json says"
            )
        }
        return try Tensor.inference { () throws(TensorError) in
            let tokens = try vision(ImagePatches.tensor(of: images, on: device), images.map(\.grid))
            return try tokens.split(images.map(\.grid.tokenCount), dim: 0)
        }
    }

    /// Reads a part of a prompt into a cache.
    ///
    /// - Parameters:
    ///   - prompt: The whole prompt.
    ///   - range: The tokens to read; it begins where the cache ends and may cut through an image.
    ///   - images: The vectors of every image that the range touches, by index into `prompt.images`.
    ///   - cache: Grows by `range.count` positions; unchanged when this throws.
    ///   - wantsLogits: False saves the head's work, for all parts but the last.
    /// - Returns: The logits behind the last token of the range, [vocabulary] in f32; nil if they are not wanted.
    /// - Throws: `InputError` for tokens or images that do not follow, `TensorError` where computing fails.
    package func prefill(
        _ prompt: Prompt,
        _ range: Range<Int>,
        images: [Int: Tensor],
        into cache: SequenceCache,
        wantsLogits: Bool = true
    ) throws -> Tensor? {
        guard range.lowerBound == cache.count, !range.isEmpty, range.upperBound <= prompt.tokens.count else {
            throw InputError(
                at: "prefill",
                "tokens \(range) do not follow the \(cache.count) of \(prompt.tokens.count) that were read",
                expected: "a range that begins where the cache ends"
            )
        }
        try check(cache)
        let pieces = try pieces(of: prompt, range, images)
        return try Tensor.inference { () throws(TensorError) in
            try cache.reserve(range.upperBound)
            let x = try vectors(pieces).unsqueeze(0)
            let positions = try Tensor(prompt.positions.flattened(range).map(Float.init), [3, range.count])
            let hidden = try decoder(x, positions: positions.to(device), .chunk(cache))
            let last = wantsLogits ? try decoder.logits(hidden.select(1, range.count - 1)).select(0, 0) : nil
            cache.commit(range.count, next: range.upperBound == prompt.tokens.count ? prompt.positions.next : nil)
            return last
        }
    }

    /// Writes one token into each of several sequences.
    ///
    /// - Returns: The logits of what comes next, [steps, vocabulary] in f32. The caches are unchanged when this throws.
    package func decode(_ steps: [DecodeStep]) throws -> Tensor {
        guard !steps.isEmpty else {
            throw InputError(at: "decode", "there are no sequences", expected: "at least one")
        }
        var positions: [Int32] = []
        for step in steps {
            try check(step.cache)
            guard let position = step.cache.nextPosition else {
                throw InputError(
                    at: "decode",
                    "the prompt of a sequence has not been read to its end",
                    expected: "prefill up to the last token"
                )
            }
            positions.append(position)
        }
        return try Tensor.inference { () throws(TensorError) in
            for step in steps { try step.cache.reserve(step.cache.count + 1) }
            let ids = try Tensor(steps.map { Int64($0.token) }).to(device)
            let x = try decoder.embedding.embedding(ids)  // [batch, hidden]
            let places = try Tensor(positions.map(Float.init), [steps.count, 1, 1]).to(device)
            let expanded = try places.expand([steps.count, 3, 1])
            let logits = try decoder.step(x, positions: expanded, steps.map(\.cache))
            for (step, position) in zip(steps, positions) { step.cache.commit(1, next: position + 1) }
            return logits
        }
    }

    private func check(_ cache: SequenceCache) throws {
        guard cache.layout == cacheLayout else {
            throw InputError(at: "cache", "it was made by another model", expected: "a cache that this model made")
        }
    }
}

extension ImagePatches {
    /// [patches, pixel values of a patch].
    func tensor(on device: Device) throws(TensorError) -> Tensor {
        try Tensor(values, [grid.patchCount, patchLength]).to(device)
    }

    /// The pixel values of at least one image, one image after the other: [patches, pixel values of a patch] in f32.
    package static func tensor(of images: [ImagePatches], on device: Device) throws(TensorError) -> Tensor {
        var tensors: [Tensor] = []
        for image in images { tensors.append(try image.tensor(on: device)) }
        return tensors.count == 1 ? tensors[0] : try Tensor.cat(tensors, dim: 0)
    }
}
