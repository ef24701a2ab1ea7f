// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphVLM

@Suite("Configurations are validated values")
struct ConfigurationTests {
    /// A fixture's `config.json` with one value of it changed or, with nil, removed.
    private func configuration(
        _ name: String = "single",
        _ path: [String] = [],
        _ value: Any? = nil
    ) throws -> ModelConfiguration {
        let data = Data(try Fixtures.bytes("\(name)/config.json"))
        let whole = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        func changed(_ object: [String: Any], _ path: ArraySlice<String>) -> [String: Any] {
            guard let key = path.first else { return object }
            var object = object
            let inner = object[key] as? [String: Any] ?? [:]
            object[key] = path.count == 1 ? value : changed(inner, path.dropFirst())
            return object
        }
        let json = try JSONSerialization.data(withJSONObject: changed(whole, path[...]))
        return try ModelConfiguration(json: Array(json))
    }

    @Test("The layouts of both generations are read", arguments: Fixtures.cases)
    func layouts(_ name: String) throws {
        let configuration = try configuration(name)
        #expect(configuration.text.ropeBase == 10_000)
        #expect(configuration.text.ropeSections.reduce(0, +) * 2 == configuration.text.rotarySize)
        #expect(configuration.isHeadTied == (name == "pages"))
        #expect(configuration.vision.outputSize == configuration.text.hiddenSize)
        #expect(configuration.endTokens.count == 3)
        #expect(configuration.family == (name == "ocr" ? .glmOCR : .glm4V))
    }

    @Test(
        "A missing field is an error with its path",
        arguments: [
            "image_token_id", "text_config.vocab_size", "text_config.hidden_size", "vision_config.depth",
            "vision_config", "text_config.rope_parameters.mrope_section", "model_type",
        ]
    )
    func missing(_ path: String) throws {
        let error = #expect(throws: InputError.self) {
            try configuration("single", path.split(separator: ".").map(String.init))
        }
        #expect(error?.location == "config.json: \(path)")
        #expect(error?.problem == "the field is missing")
    }

    @Test(
        "An unknown field is an error with its path",
        arguments: [
            "surprise", "text_config.num_experts", "vision_config.window_size",
            "text_config.rope_parameters.scale", "quantization_config", "text_config.head_dim",
            "text_config.num_nextn_predict_layers",
        ]
    )
    func unknown(_ path: String) throws {
        let error = #expect(throws: InputError.self) {
            try configuration("single", path.split(separator: ".").map(String.init), 3)
        }
        #expect(error?.location == "config.json: \(path)")
    }

    @Test("Values that the family does not have are errors")
    func impossible() throws {
        let changes: [(String, Any)] = [
            ("model_type", "qwen2_vl"), ("text_config.num_attention_heads", 3), ("text_config.hidden_act", "gelu"),
            ("text_config.num_key_value_heads", 5), ("text_config.rope_parameters.mrope_section", [2, 1]),
            ("text_config.rope_parameters.mrope_section", [2, 2, 1]), ("text_config.rope_parameters.rope_type", "yarn"),
            ("text_config.hidden_size", -1), ("text_config.hidden_size", "32"), ("text_config.hidden_size", 1e30),
            ("vision_config.num_heads", 5), ("vision_config.out_hidden_size", 64), ("image_token_id", 400),
            ("text_config.attention_bias", false), ("text_config.rms_norm_eps", 0),
        ]
        for (path, value) in changes {
            let error = #expect(throws: InputError.self) {
                try configuration("single", path.split(separator: ".").map(String.init), value)
            }
            #expect(error?.location.hasPrefix("config.json: ") == true)
        }
    }

    @Test("GLM-OCR differs from GLM-4.1V as its reference says, and halves of the two do not go together")
    func recognition() throws {
        let model = try configuration("ocr")
        #expect(model.text.headSize == 12)
        #expect(model.text.predictionLayerCount == 1)
        #expect((model.vision.blockSize, model.vision.mergerSize) == (40, 96))
        // Without it the heads share the width of a token, and the rotary sections fill more than a head.
        #expect(throws: InputError.self) { try configuration("ocr", ["text_config", "head_dim"]) }
        let changes: [(String, Any)] = [
            ("model_type", "glm4v"), ("text_config.model_type", "glm4v_text"), ("text_config.attention_bias", true),
            ("vision_config.model_type", "glm4v_vision"), ("text_config.head_dim", 11),
            ("text_config.rope_parameters.partial_rotary_factor", 1e300),
        ]
        for (path, value) in changes {
            #expect(throws: InputError.self, "\(path)") {
                try configuration("ocr", path.split(separator: ".").map(String.init), value)
            }
        }
    }

    @Test("What the published GLM-OCR says of itself is read")
    func publishedRecognition() throws {
        let json = """
            {"architectures": ["GlmOcrForConditionalGeneration"], "model_type": "glm_ocr", "text_config": {
              "model_type": "glm_ocr_text", "pad_token_id": 59246, "vocab_size": 59392, "eos_token_id": [59246, 59253],
              "attention_bias": false, "attention_dropout": 0.0, "head_dim": 128, "hidden_act": "silu",
              "hidden_size": 1536, "initializer_range": 0.02, "intermediate_size": 4608,
              "max_position_embeddings": 131072, "num_attention_heads": 16, "num_hidden_layers": 16,
              "num_nextn_predict_layers": 1, "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "dtype": "bfloat16",
              "rope_parameters": {"rope_type": "default", "mrope_section": [16, 24, 24],
                "partial_rotary_factor": 1.0, "rope_theta": 10000}, "tie_word_embeddings": false, "use_cache": true
            }, "vision_config": {
              "model_type": "glm_ocr_vision", "hidden_size": 1024, "depth": 24, "num_heads": 16, "attention_bias": true,
              "intermediate_size": 4096, "hidden_act": "silu", "hidden_dropout_prob": 0.0, "initializer_range": 0.02,
              "image_size": 336, "patch_size": 14, "out_hidden_size": 1536, "rms_norm_eps": 1e-05,
              "spatial_merge_size": 2, "temporal_patch_size": 2
            }, "image_start_token_id": 59256, "image_end_token_id": 59257, "video_start_token_id": 59258,
            "video_end_token_id": 59259, "image_token_id": 59280, "video_token_id": 59281,
            "tie_word_embeddings": false, "transformers_version": "5.0.1dev0"}
            """
        let model = try ModelConfiguration(json: Array(json.utf8))
        #expect(model.endTokens == [59246, 59253])
        #expect(model.text.headSize == 128)
        #expect(model.vision.mergerSize == 4608)
        #expect(try ModelConfiguration(json: Array(model.json(weights: "bfloat16").utf8)).vision == model.vision)
    }

    @Test("Stop tokens come from generation_config.json, else from the model's file")
    func stopTokens() throws {
        let model = try configuration()
        #expect(GenerationDefaults(model).stopTokens == model.endTokens)
        let file = #"{"eos_token_id": 7, "temperature": 0, "top_k": 2, "max_length": 9}"#
        let defaults = try GenerationDefaults(json: Array(file.utf8), model: model)
        #expect(defaults.stopTokens == [7])
        #expect(defaults.temperature == 0)
        #expect(defaults.topK == 2)
        #expect(try ReferenceCase("single").folder.generation.stopTokens == model.endTokens)
    }

    @Test("Sampling defaults that no request could use are errors with their keys")
    func samplingDefaults() throws {
        let model = try configuration()
        for (key, values) in [
            ("temperature", ["-1", "101"]), ("top_p", ["0", "1.5"]), ("repetition_penalty", ["0", "1e-300", "101"]),
        ] {
            for value in values {
                let file = Array(#"{"\#(key)": \#(value)}"#.utf8)
                let error = #expect(throws: InputError.self) { try GenerationDefaults(json: file, model: model) }
                #expect(error?.location == "generation_config.json: \(key)")
            }
        }
    }

    @Test("An image processor that cuts otherwise than the model expects is an error")
    func processorOfAnotherModel() throws {
        let json = try Fixtures.bytes("single/preprocessor_config.json")
        let processor = try ImageProcessorConfiguration(json: json)
        let other = try configuration("published").vision
        let error = #expect(throws: InputError.self) { try processor.check(against: other, source: "file") }
        #expect(error?.location == "file: patch_size")
        let text = String(decoding: json, as: UTF8.self)
        for (good, bad) in [("\"do_resize\": true", "\"do_resize\": false"), ("\"resample\": 3", "\"resample\": 2")] {
            let changed = text.replacingOccurrences(of: good, with: bad)
            #expect(throws: InputError.self) { try ImageProcessorConfiguration(json: Array(changed.utf8)) }
        }
    }

    @Test("A folder without a checkpoint, or with a shard lost, says which file is missing")
    func incompleteFolders() throws {
        var error = #expect(throws: InputError.self) { try ModelFolder("/nonexistent") }
        #expect(error?.location == "/nonexistent/config.json")
        let copy = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: copy) }
        try FileManager.default.copyItem(atPath: "\(Fixtures.folder)/pages", toPath: copy.path)
        let shard = try #require(try ModelFolder(copy.path).weightFiles.last)
        try FileManager.default.removeItem(atPath: shard)
        error = #expect(throws: InputError.self) { try ModelFolder(copy.path) }
        #expect(error?.problem.contains("1 are missing: model-0000") == true)
    }
}
