// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A checkpoint's `config.json`: the shapes of both halves and the ids that mark images.
///
/// Reads what `transformers` 5 writes (`text_config` and `vision_config`) and how GLM-4.1V was first published (the
/// fields of the text at the top). A missing field that has no default and an unknown one are an `InputError` with the
/// path of the field.
package struct ModelConfiguration: Sendable, Equatable {
    package var text: TextConfiguration
    package var vision: VisionConfiguration
    package var family: ModelFamily { text.family }
    /// The id that stands for one image token.
    package var imageToken: Int32
    package var imageStartToken: Int32
    package var imageEndToken: Int32
    /// The id that stands for one video token, and the marks around a video; only written back.
    package var videoTokens: (token: Int32, start: Int32, end: Int32) {
        (videoToken, videoStartToken, videoEndToken)
    }
    private var videoToken: Int32
    private var videoStartToken: Int32
    private var videoEndToken: Int32
    /// Whether the head uses the embedding's weights.
    package var isHeadTied: Bool
    /// Ids that end an answer, as far as this file says so.
    package var endTokens: [Int32]
    package var padToken: Int32?

    /// Reads the content of a `config.json`; `source` is its name, for messages.
    package init(json: [UInt8], source: String = "config.json") throws {
        var fields = try JSONFields(file: json, source: source)
        let types = ModelFamily.allCases.map(\.rawValue)
        _ = try fields.required("model_type", types.map { "\"\($0)\"" }.joined(separator: " or "))
        let type = try fields.word("model_type", oneOf: types)
        let family = ModelFamily(rawValue: type) ?? .glm4V
        fields.ignore(Self.withoutEffect)
        let id = 0...Int(Int32.max)
        imageToken = Int32(try fields.int("image_token_id", in: id))
        imageStartToken = Int32(try fields.int("image_start_token_id", in: id))
        imageEndToken = Int32(try fields.int("image_end_token_id", in: id))
        videoToken = Int32(try fields.int("video_token_id", in: id))
        videoStartToken = Int32(try fields.int("video_start_token_id", in: id))
        videoEndToken = Int32(try fields.int("video_end_token_id", in: id))
        isHeadTied = try fields.bool("tie_word_embeddings", default: false)
        endTokens = try fields.ints("eos_token_id", in: id).map(Int32.init)
        padToken = try fields.ints("pad_token_id", in: id).first.map(Int32.init)
        guard var visionFields = try fields.object("vision_config") else {
            throw InputError(at: fields.location("vision_config"), "the field is missing", expected: "an object")
        }
        vision = try VisionConfiguration(&visionFields, family)
        if var textFields = try fields.object("text_config") {
            text = try TextConfiguration(&textFields, family, isNested: true)
            // Files of version 4 may tie the head here only.
            let isTiedInText = try textFields.bool("tie_word_embeddings", default: false)
            isHeadTied = isHeadTied || isTiedInText
            if endTokens.isEmpty { endTokens = try textFields.ints("eos_token_id", in: id).map(Int32.init) }
            padToken = try padToken ?? textFields.ints("pad_token_id", in: id).first.map(Int32.init)
            try textFields.finishCheckpoint()
        } else {
            text = try TextConfiguration(&fields, family, isNested: false)
        }
        try fields.finishCheckpoint()
        try check(fields)
    }

    private func check(_ fields: JSONFields) throws {
        guard vision.outputSize == text.hiddenSize else {
            throw InputError(
                at: fields.location("vision_config.out_hidden_size"),
                "\(vision.outputSize) is not the decoder's width",
                expected: "\(text.hiddenSize), as hidden_size of the text"
            )
        }
        for (key, id) in [
            ("image_token_id", imageToken), ("image_start_token_id", imageStartToken),
            ("image_end_token_id", imageEndToken),
        ] where Int(id) >= text.vocabularySize {
            throw InputError(
                at: fields.location(key),
                "\(id) is not in the vocabulary",
                expected: "an id below vocab_size, \(text.vocabularySize)"
            )
        }
    }

    /// Fields about the file, or about how other programs run the model.
    private static let withoutEffect = [
        "architectures", "dtype", "torch_dtype", "transformers_version", "_name_or_path", "use_cache", "auto_map",
        "return_dict", "output_attentions", "output_hidden_states", "initializer_range",
        "_attn_implementation_autoset", "bos_token_id", "chunk_size_feed_forward", "is_encoder_decoder", "id2label",
        "label2id", "problem_type",
    ]
}
