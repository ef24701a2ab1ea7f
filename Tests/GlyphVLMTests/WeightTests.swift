// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import Testing

@testable import GlyphVLM

@Suite("Weights are consumed exactly once, or the error says which are not")
struct WeightTests {
    private func temporary() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }

    /// Writes a case's parameters, changed, and says what loading them gives.
    private func error(
        _ name: String = "single",
        _ change: (inout [(name: String, tensor: Tensor)]) throws -> Void
    ) throws -> InputError? {
        let folder = try temporary()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let reference = try ReferenceCase(name)
        var parameters = try GLM4V(reference.folder).parameters
        try change(&parameters)
        let file = "\(folder)/model.safetensors"
        try SafetensorsWriter.write(parameters, to: file)
        let store = try ParameterStore(files: [file], computeType: .f32, device: .cpu)
        let root = store.root
        _ = try VisionTower(reference.folder.configuration.vision, root / "model" / "visual")
        _ = try TextDecoder(reference.folder.configuration.text, isHeadTied: name == "pages", root)
        do {
            try store.finish()
            return nil
        } catch let error as InputError {
            return error
        }
    }

    @Test("Missing, mis-shaped and unknown weights are in one error")
    func listed() throws {
        let problem = try error { parameters in
            parameters.removeAll { $0.name == "model.visual.blocks.1.attn.qkv.weight" }
            parameters[3].tensor = try Tensor.zeros([2, 3])
            parameters.append(("model.language_model.layers.9.mlp.down_proj.weight", try Tensor.zeros([1])))
            parameters.append(("extra.bias", try Tensor.zeros([1])))
        }?.problem
        let text = try #require(problem)
        #expect(text.contains("1 missing: model.visual.blocks.1.attn.qkv.weight"))
        #expect(text.contains("1 of another shape: "))
        #expect(text.contains("is f32[2, 3], not"))
        #expect(text.contains("2 unknown: extra.bias, model.language_model.layers.9.mlp.down_proj.weight"))
    }

    @Test("Names of the first releases are the same weights, and both at once are an error")
    func oldNames() throws {
        let none = try error { parameters in
            parameters = parameters.map { name, tensor in
                let name = name.replacingOccurrences(of: "model.visual.", with: "visual.")
                return (name.replacingOccurrences(of: "model.language_model.", with: "model."), tensor)
            }
        }
        #expect(none == nil)
        #expect(throws: InputError.self) {
            try error { $0.append(("model.norm.weight", $0[0].tensor)) }
        }
    }

    @Test("A shared head may be stored under both names")
    func tiedHead() throws {
        let none = try error("pages") { parameters in
            let embedding = try #require(parameters.first { $0.name.hasSuffix("embed_tokens.weight") })
            parameters.append(("lm_head.weight", embedding.tensor))
        }
        #expect(none == nil)
    }

    @Test("Each part of a model finds its weights by their names", arguments: Fixtures.cases)
    func parts(_ name: String) throws {
        let model = try GLM4V(ReferenceCase(name).folder)
        for part in ModelPart.allCases {
            let isMissing = part == .head && model.configuration.isHeadTied
            #expect(model.parameters(of: part).isEmpty == isMissing, "\(part)")
        }
        // The decoder's last norm is in no part.
        let decoder = model.parameters.count - model.parameters(of: .visionTower).count
        #expect(model.parameters(of: .tokenEmbedding, .decoderBlocks, .head).count == decoder - 1)
        let embedding = model.patchEmbedding
        let bytes = try [embedding.weight, embedding.bias].map { try $0.bytes() }
        #expect(try model.parameters(of: .patchEmbedding).map { try $0.tensor.bytes() } == bytes)
    }

    @Test("Layers that predict further tokens are left alone where config.json tells of them, and unknown elsewhere")
    func predictionLayers() throws {
        let name = "model.language_model.layers.2.eh_proj.weight"
        #expect(try error("ocr") { $0.append((name, try Tensor.zeros([1]))) } == nil)
        #expect(try error("single") { $0.append((name, try Tensor.zeros([1]))) }?.problem.contains(name) == true)
    }

    @Test("A saved model loads with equal weights and an equal configuration", arguments: Fixtures.cases)
    func saving(_ name: String) throws {
        // `runs/engine-parity.sh` asks for the files, to load them in Python.
        let wanted = ProcessInfo.processInfo.environment["GLYPH_VLM_SAVE"].map { "\($0)/\(name)" }
        let folder = try wanted ?? temporary()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { if wanted == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let reference = try ReferenceCase(name)
        let model = try GLM4V(reference.folder)
        try model.save(to: folder)
        for file in ["tokenizer.json", "preprocessor_config.json"] {
            try FileManager.default.copyItem(atPath: "\(reference.folder.path)/\(file)", toPath: "\(folder)/\(file)")
        }
        let again = try ModelFolder(folder)
        var expected = reference.folder.configuration
        expected.text.predictionLayerCount = 0
        #expect(again.configuration == expected)
        let loaded = try GLM4V(again)
        #expect(loaded.parameters.map(\.name) == model.parameters.map(\.name))
        for (a, b) in zip(loaded.parameters, model.parameters) {
            #expect(try a.tensor.bytes() == b.tensor.bytes(), "\(a.name)")
        }
        #expect(loaded.parameterCount == model.parameterCount)
    }

    @Test("The same seed makes the same new model, another seed another")
    func newModels() throws {
        let configuration = try ReferenceCase("single").folder.configuration
        let models = try [1, 1, 2].map {
            try GLM4V(configuration, generator: TensorGenerator(seed: UInt64($0)))
        }
        let embeddings = try models.map { try $0.decoder.embedding.floats() }
        #expect(embeddings[0] == embeddings[1])
        #expect(embeddings[0] != embeddings[2])
        #expect(models[0].parameterCount == (try GLM4V(ReferenceCase("single").folder).parameterCount))
    }

    @Test("A truncated file, at whatever byte, is an error", arguments: [0, 5, 9, 200, 1_000, 30_000, 64_000])
    func truncated(_ size: Int) throws {
        let folder = try temporary()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bytes = try Fixtures.bytes("published/model.safetensors")
        let path = "\(folder)/model.safetensors"
        try Data(bytes.prefix(size)).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: InputError.self) { try SafetensorsFile(path) }
        #expect(error?.location.hasPrefix(path) == true)
    }

    @Test("Headers that lie are errors")
    func corruptHeaders() throws {
        let folder = try temporary()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/model.safetensors"
        let headers = [
            "[]", "{\"a\":3}", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
            "{\"a\":{\"dtype\":\"F8\",\"shape\":[4],\"data_offsets\":[0,4]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1000000000,1000000000,1000000000],\"data_offsets\":[0,8]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[2,6]}}",
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "{\"a\"",
        ]
        for header in headers {
            var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init)
            bytes += Array(header.utf8) + [UInt8](repeating: 0, count: 8)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            #expect(throws: InputError.self, "\(header)") { try SafetensorsFile(path) }
        }
        let huge = withUnsafeBytes(of: UInt64.max, Array.init) + [0, 0, 0]
        try Data(huge).write(to: URL(fileURLWithPath: path))
        #expect(throws: InputError.self) { try SafetensorsFile(path) }
    }
}
