// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import Testing

@testable import GlyphVLM

/// Whether the suites named GPU… run: with a CUDA device, or on the processor where GLYPH_GPU_REHEARSAL is set, to try
/// the tests themselves.
private let hasGPU =
    Runtime.cudaDeviceCount > 0 || ProcessInfo.processInfo.environment["GLYPH_GPU_REHEARSAL"] != nil

@Suite(.enabled(if: hasGPU), .serialized)
struct GPUModelTests {
    private let device = Device.best

    init() throws { try Runtime.setNarrowProducts(false) }

    /// Compares the results that the reference kept, by name.
    private func compare(_ name: String, _ rungs: [String: [Float]], _ expected: [String: Rows]) throws {
        #expect(!rungs.isEmpty)
        for (rung, values) in rungs {
            let rows = try #require(expected[rung], "\(rung)")
            expectNear(values, rows.values, "\(name) \(rung) on \(device)", isReported: true)
        }
    }

    @Test("Every rung of the model on a GPU equals the reference's", arguments: Fixtures.cases)
    func rungs(_ name: String) throws {
        let model = try ReferenceModel(name, device: device)
        var rungs: [String: [Float]] = [:]
        let keep: Probe = { name, value in
            rungs[name] = (try? value.floats()).map { Rows.thinned($0, rowLength: value.size(-1)) }
        }
        let pixels = try Tensor.cat(model.patches.map { try $0.tensor(on: device) }, dim: 0)
        _ = try model.model.vision(pixels, model.patches.map(\.grid), probe: keep)
        try compare(name, rungs, model.reference.results("vision"))

        rungs = [:]
        let count = model.prompt.tokens.count
        let x = try model.model.vectors(model.model.pieces(of: model.prompt, 0..<count, model.vectors())).unsqueeze(0)
        let positions = try Tensor(model.prompt.positions.flattened(0..<count).map(Float.init), [3, count]).to(device)
        let hidden = try model.model.decoder(x, positions: positions, .none, probe: keep)
        rungs["logits"] = try model.model.logits(hidden.select(1, count - 1)).floats()
        try compare(name, rungs, model.reference.results("decoder"))
    }

    @Test("64 greedy tokens on a GPU are the reference's, to the last one", arguments: Fixtures.cases)
    func greedy(_ name: String) throws {
        let model = try ReferenceModel(name, device: device)
        let cache = try model.model.makeCache()
        let logits = try model.read(by: .max, into: cache, model.vectors())
        let tokens = try model.greedy(64, after: logits, cache)
        #expect(tokens == model.reference.greedy)
        let equal = zip(tokens, model.reference.greedy).prefix { $0 == $1 }.count
        Report.add("\(name) greedy tokens equal on \(device): \(equal) of 64")
    }

    @Test("Read in parts, a prompt gives the logits of one part", arguments: [1, 16, 37])
    func chunked(_ size: Int) throws {
        let model = try ReferenceModel("pages", device: device)
        let images = try model.vectors()
        let whole = try model.read(by: .max, into: model.model.makeCache(), images)
        expectNear(try model.read(by: size, into: model.model.makeCache(), images), whole, within: 2e-5, "logits")
    }

    @Test("Sequences of different lengths written together on a GPU give what each gives alone")
    func batched() throws {
        let model = try ReferenceModel("single", device: device).model
        let prompts = [3, 11, 40].map { Prompt(tokens: Array(5..<5 + Int32($0))) }
        func steps(_ prompts: [Prompt]) throws -> [DecodeStep] {
            try prompts.map { prompt in
                let cache = try model.makeCache()
                _ = try model.prefill(prompt, 0..<prompt.tokens.count, images: [:], into: cache)
                return DecodeStep(token: 80, cache: cache)
            }
        }
        let together = try model.decode(steps(prompts))
        for (index, prompt) in prompts.enumerated() {
            let alone = try model.decode(steps([prompt])).floats()
            expectNear(try together.select(0, index).floats(), alone, within: 2e-5, "sequence \(index)")
        }
    }

    @Test(
        "In bfloat16 and in 8 bits a GPU gives nearly the reference's logits",
        arguments: Fixtures.cases,
        [(DType.bf16, MatrixForm.computeType), (.f32, .int8), (.bf16, .int8)]
    )
    func narrow(_ name: String, _ form: (type: DType, matrices: MatrixForm)) throws {
        let model = try ReferenceModel(name, computeType: form.type, device: device, matrices: form.matrices)
        let cache = try model.model.makeCache()
        let logits = try model.read(by: .max, into: cache, model.vectors())
        let expected = try #require(try model.reference.results("decoder")["logits"])
        let what = "\(name) logits in \(form.type)\(form.matrices == .int8 ? " and 8 bits" : "") on \(device)"
        expectNear(logits, expected.values, within: 0.1, what, isReported: true)
        let next = try model.model.decode([DecodeStep(token: model.reference.greedy[0], cache: cache)]).floats()
        #expect(next.allSatisfy { $0.isFinite })
    }

    @Test(
        "The loss of a prompt and every gradient of it are on a GPU what they are on the processor",
        arguments: ["pages", "ocr"]
    )
    func training(_ name: String) throws {
        let results = try [Device.cpu, device].map { device in
            let model = try ReferenceModel(name, device: device)
            for (_, parameter) in model.model.parameters { _ = try parameter.requiringGrad() }
            let images = try model.recordedVectors()
            // A shorter prompt beside it, so that places are filled up.
            let prompts = [Prompt(tokens: Array(0..<40)), model.prompt]
            let hidden = try model.model.forward(prompts, images: [[], images], padToken: 1)
            let targets = try Tensor((0..<model.prompt.tokens.count).map { $0 % 300 }).to(device)
            let loss = try model.model.logits(hidden.select(0, 1)).crossEntropy(targets)
            try loss.backward()
            let gradients = try model.model.parameters.map { try #require(try $0.tensor.grad(), "\($0.name)").floats() }
            return (loss: try loss.item(), names: model.model.parameters.map(\.name), gradients: gradients)
        }
        #expect(abs(results[0].loss - results[1].loss) <= 1e-4 * results[0].loss)
        for (index, name) in results[0].names.enumerated() {
            expectNear(results[1].gradients[index], results[0].gradients[index], within: 1e-3, "gradient of \(name)")
        }
    }

    @Test("A saved model does not tell where it was")
    func saving() throws {
        let files = try [Device.cpu, device].map { device in
            let folder = NSTemporaryDirectory() + "glyph-gpu-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try ReferenceModel("single", device: device).model.save(to: folder)
            return try ["model.safetensors", "config.json"].map {
                try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))
            }
        }
        #expect(files[0] == files[1])
    }
}
