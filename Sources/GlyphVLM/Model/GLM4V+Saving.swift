// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTensor
import GlyphTokens

extension GLM4V {
    /// Writes `config.json` and `model.safetensors` into a folder that exists.
    ///
    /// `transformers` loads them with nothing missing or unexpected. Tokenizer and processor files are not written:
    /// they do not change when weights do.
    package func save(to folder: String) throws {
        guard quantized.isEmpty else {
            throw InputError(
                at: folder,
                "the model's matrices are held in 8 bits, which no checkpoint of the family is",
                expected: "a model loaded in the type that it computes in"
            )
        }
        try SafetensorsWriter.write(parameters, to: "\(folder)/model.safetensors")
        let json = configuration.json(weights: computeType == .bf16 ? "bfloat16" : "float32")
        try ResourceFile.write(Array(json.utf8), to: "\(folder)/config.json")
    }
}
