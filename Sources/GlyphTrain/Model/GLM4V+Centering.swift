// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTensor
import GlyphVLM

extension GLM4V {
    /// The share of its response to an empty page that the patch embedding's bias takes away.
    ///
    /// Not all of it: behind a vector of zeros, the gradient of the norm is hundreds of times larger than elsewhere.
    private static let share = 0.75

    /// Makes a new model see little where a page is empty, and returns it.
    ///
    /// Most of a page is white, which is far from 0 after normalisation. The norm behind the patch embedding would make
    /// that one constant direction almost all of every vector, and what is printed a detail of it: so the embedding's
    /// bias starts as minus most of its response to white.
    func centered(on processor: ImageProcessor) throws -> GLM4V {
        let (weight, bias) = patchEmbedding
        let side = processor.configuration.patchSize * processor.configuration.mergeSize
        let blank = PageImage(
            width: side,
            height: side,
            format: .grey,
            pixels: Array(repeating: 255, count: side * side)
        )
        let patches = try processor.patches(blank)
        try Tensor.withoutGrad {
            let white = try Tensor(Array(patches.values.prefix(patches.patchLength)), [patches.patchLength, 1])
            let response = try weight.reshape([weight.size(0), -1]).matmul(white.to(weight.device, weight.dtype))
            try bias.copy(from: response.reshape([-1]) * -Self.share)
        }
        return self
    }
}
