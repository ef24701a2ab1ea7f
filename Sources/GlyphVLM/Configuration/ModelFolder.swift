// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
package import GlyphTokens

/// A checkpoint's folder: everything about the model but its weights, read and checked together.
///
/// | file | holds |
/// |---|---|
/// | `config.json` | shapes and special ids |
/// | `generation_config.json` | stop tokens and sampling defaults; may be missing |
/// | `preprocessor_config.json`, or `image_processor` of `processor_config.json` | how images are cut |
/// | `tokenizer.json` | the tokenizer |
/// | `model.safetensors`, or `model.safetensors.index.json` and its shards | weights |
package struct ModelFolder: Sendable {
    package let path: String
    package let configuration: ModelConfiguration
    package let generation: GenerationDefaults
    package let imageProcessor: ImageProcessor
    package let promptBuilder: PromptBuilder
    /// The paths of the files with weights, in the order of their names.
    package let weightFiles: [String]

    package var tokenizer: Tokenizer { promptBuilder.tokenizer }

    /// Reads a folder as `save_pretrained` writes it.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - needsWeights: Whether a folder without weights, as a new model starts from, is an error.
    /// - Throws: `InputError` for a missing file, a missing shard, or files that do not go together.
    package init(_ path: String, needsWeights: Bool = true) throws {
        self.path = path
        func file(_ name: String) -> (bytes: [UInt8], path: String)? {
            ResourceFile.read("\(path)/\(name)").map { ($0, "\(path)/\(name)") }
        }
        guard let config = file("config.json") else { throw Self.missing("config.json", in: path) }
        configuration = try ModelConfiguration(json: config.bytes, source: config.path)
        if let generation = file("generation_config.json") {
            self.generation = try GenerationDefaults(
                json: generation.bytes,
                source: generation.path,
                model: configuration
            )
        } else {
            generation = GenerationDefaults(configuration)
        }
        let processor: ImageProcessorConfiguration
        if let own = file("preprocessor_config.json") {
            processor = try ImageProcessorConfiguration(json: own.bytes, source: own.path)
            try processor.check(against: configuration.vision, source: own.path)
        } else if let shared = file("processor_config.json") {
            var fields = try JSONFields(file: shared.bytes, source: shared.path)
            guard var images = try fields.object("image_processor") else {
                throw InputError(
                    at: fields.location("image_processor"),
                    "the field is missing",
                    expected: "how images are cut"
                )
            }
            processor = try ImageProcessorConfiguration(&images)
            try processor.check(against: configuration.vision, source: shared.path)
        } else {
            throw Self.missing("preprocessor_config.json", in: path)
        }
        imageProcessor = ImageProcessor(processor)
        guard let tokenizer = file("tokenizer.json") else { throw Self.missing("tokenizer.json", in: path) }
        promptBuilder = try PromptBuilder(
            Tokenizer(huggingFaceJSON: tokenizer.bytes, source: tokenizer.path),
            for: configuration
        )
        let isBare = !["model.safetensors", "model.safetensors.index.json"].contains {
            ResourceFile.exists("\(path)/\($0)")
        }
        weightFiles = isBare && !needsWeights ? [] : try Self.weightFiles(in: path)
    }

    private static func weightFiles(in path: String) throws -> [String] {
        let single = "\(path)/model.safetensors"
        let index = "\(path)/model.safetensors.index.json"
        guard let bytes = ResourceFile.read(index) else {
            guard ResourceFile.exists(single) else { throw missing("model.safetensors", in: path) }
            return [single]
        }
        var fields = try JSONFields(file: bytes, source: index)
        let map = try fields.required("weight_map", "an object from weight names to files")
        guard case .object(let members) = map else {
            throw InputError(at: fields.location("weight_map"), "\(map.kind) is not supported", expected: "an object")
        }
        var names: Set<String> = []
        for member in members {
            let (key, value) = (member.key, member.value)
            guard case .string(let name) = value, !name.contains("/"), name.hasSuffix(".safetensors") else {
                throw InputError(
                    at: "\(fields.location("weight_map")).\(key)",
                    "\(value.kind) is not supported",
                    expected: "the name of a .safetensors file in the same folder"
                )
            }
            names.insert(name)
        }
        guard !names.isEmpty else {
            throw InputError(
                at: fields.location("weight_map"),
                "names no file",
                expected: "the file of every weight",
                remedy: "Download the checkpoint again; to train a new model, remove the index."
            )
        }
        let lost = names.filter { !ResourceFile.exists("\(path)/\($0)") }.sorted()
        guard lost.isEmpty else {
            throw InputError(
                at: path,
                "of \(names.count) weight files \(lost.count) are missing: \(lost.joined(separator: ", "))",
                expected: "every file that model.safetensors.index.json names",
                remedy: "Download the checkpoint again."
            )
        }
        return names.sorted().map { "\(path)/\($0)" }
    }

    private static func missing(_ name: String, in path: String) -> InputError {
        InputError(
            at: "\(path)/\(name)",
            "the file cannot be read",
            expected: "the folder of a GLM-4.1V or GLM-OCR checkpoint in Hugging Face's format"
        )
    }
}
