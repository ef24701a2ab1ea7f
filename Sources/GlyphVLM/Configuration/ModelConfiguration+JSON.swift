// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension ModelConfiguration {
    /// The configuration as a `config.json` in today's layout.
    ///
    /// - Parameter weights: The type of the weights beside it, as PyTorch names it.
    /// - Returns: The text of the file.
    package func json(weights: String) -> String {
        let ends = endTokens.map(String.init).joined(separator: ", ")
        return """
            {
              "architectures": ["\(family.architecture)"],
              "dtype": "\(weights)",
              "image_end_token_id": \(imageEndToken),
              "image_start_token_id": \(imageStartToken),
              "image_token_id": \(imageToken),
              "model_type": "\(family.rawValue)",
              "text_config": \(text.json(endTokens: ends, padToken: padToken)),
              "tie_word_embeddings": \(isHeadTied),
              "video_end_token_id": \(videoTokens.end),
              "video_start_token_id": \(videoTokens.start),
              "video_token_id": \(videoTokens.token),
              "vision_config": \(vision.json)
            }

            """
    }
}

extension TextConfiguration {
    fileprivate func json(endTokens: String, padToken: Int32?) -> String {
        """
        {
            "eos_token_id": [\(endTokens)],\(ownHeadSize.map { "\n    \"head_dim\": \($0)," } ?? "")
            "hidden_act": "silu",
            "hidden_size": \(hiddenSize),
            "intermediate_size": \(intermediateSize),
            "max_position_embeddings": \(contextLength),
            "model_type": "\(family.rawValue)_text",
            "num_attention_heads": \(headCount),
            "num_hidden_layers": \(layerCount),
            "num_key_value_heads": \(keyValueHeadCount),
            "pad_token_id": \(padToken.map(String.init) ?? "null"),
            "rms_norm_eps": \(normEpsilon),
            "rope_parameters": {
              "mrope_section": \(ropeSections),
              "partial_rotary_factor": \(rotaryShare),
              "rope_theta": \(ropeBase),
              "rope_type": "default"
            },
            "vocab_size": \(vocabularySize)
          }
        """
    }
}

extension VisionConfiguration {
    fileprivate var json: String {
        """
        {
            "attention_bias": \(hasAttentionBias),
            "depth": \(depth),
            "hidden_act": "silu",
            "hidden_size": \(hiddenSize),
            "image_size": \(imageSize),
            "in_channels": \(channels),
            "intermediate_size": \(intermediateSize),
            "model_type": "\(family.rawValue)_vision",
            "num_heads": \(headCount),
            "out_hidden_size": \(outputSize),
            "patch_size": \(patchSize),
            "rms_norm_eps": \(normEpsilon),
            "rope_parameters": {
              "rope_theta": \(ropeBase),
              "rope_type": "axial"
            },
            "spatial_merge_size": \(mergeSize),
            "temporal_patch_size": \(framesPerPatch)
          }
        """
    }
}
