// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import GlyphVLM
import Testing

@testable import GlyphTrain

/// Whether the suites named GPU… run: with a CUDA device, or on the processor where GLYPH_GPU_REHEARSAL is set, to try
/// the tests themselves.
private let hasGPU =
    Runtime.cudaDeviceCount > 0 || ProcessInfo.processInfo.environment["GLYPH_GPU_REHEARSAL"] != nil

@Suite(.enabled(if: hasGPU), .serialized)
struct GPUTrainingTests {
    private let device = Device.best

    @Test("The loss of a step and its gradients are on a GPU what they are on the processor")
    func gradients() throws {
        try Runtime.setNarrowProducts(false)
        let (folder, model) = try Fixture.tinyModel()
        let configuration = try Fixture.configuration(steps: 1)
        let maker = try BatchMaker(model, Fixture.corpus(), seed: 5)
        let batches = try (0..<2).map { try maker.batch(step: 0, part: $0, of: configuration.stages[0]) }
        let results = try [Device.cpu, device].map { device in
            let training = try Fixture.training(model, configuration, seed: 2, device: device)
            let parts = try training.learn(batches, share: 1 / Double(batches.count), text: 1, glyphs: 0.5)
            return (parts, try training.optimizer.slots.map { ($0.name, try $0.takeGradient()?.to(.cpu)) })
        }
        for (expected, found) in zip(results[0].0, results[1].0) {
            #expect(abs(try #require(found.text) - #require(expected.text)) <= 1e-4)
            #expect(abs(try #require(found.glyphs) - #require(expected.glyphs)) <= 1e-4)
        }
        for ((name, expected), (_, found)) in zip(results[0].1, results[1].1) {
            let (expected, found) = (try #require(expected, "\(name)"), try #require(found, "\(name)"))
            let (error, scale) = (try (expected - found).abs().max().item(), try expected.abs().max().item())
            #expect(error <= 1e-3 * scale, "\(name) is off by \(error) of \(scale)")
        }
        _ = folder
    }

    @Test("The optimiser's steps are on a GPU what they are on the processor", arguments: [DType.f32, .bf16])
    func optimizer(_ dtype: DType) throws {
        let results = try [Device.cpu, device].map { device in
            let generator = try TensorGenerator(seed: 7)
            let parameters = try [[5, 7], [9]].map { try generator.normal($0).to(device, dtype) }
            let named = zip(["matrix", "vector"], parameters).map { (name: $0, tensor: $1) }
            let optimizer = try AdamW([named], isVision: { $0 == "vector" }, betas: (0.9, 0.98), weightDecay: 0.1)
            var norms: [Double] = []
            for step in 1...5 {
                for parameter in parameters {
                    let factors = try generator.normal(parameter.shape).to(device, dtype)
                    try (parameter * factors).sum().backward()
                }
                norms.append(try optimizer.step(step, optimizer.takeGradients(), largestNorm: 3) { $0 ? 0.01 : 0.05 })
            }
            return (norms, try optimizer.slots.map { try $0.master.detach().floats() })
        }
        for (expected, found) in zip(results[0].0, results[1].0) { #expect(abs(expected - found) <= 1e-5 * expected) }
        for (expected, found) in zip(results[0].1.joined(), results[1].1.joined()) {
            #expect(abs(expected - found) <= 1e-5)
        }
    }

    @Test("A run on a GPU begins like one on the processor and leaves a model", arguments: ["f32", "mixed", "bf16"])
    func run(compute: String) throws {
        let model = try Fixture.tinyModel().folder
        let losses = try [Device.cpu, device].map { device in
            let output = try TemporaryFolder()
            var losses: [Double] = []
            // Stopped and resumed in the middle, so that a state goes to the device and comes back.
            for stop in [2, 4] {
                let trainer = try Fixture.trainer(
                    4,
                    model: model.path,
                    output: output.path,
                    compute: compute,
                    device: device
                )
                try trainer.train { report in
                    losses.append(try #require(report.textLoss))
                    return report.step == stop
                }
            }
            _ = try GLM4V(ModelFolder("\(output.path)/step-0000004"))
            return losses
        }
        #expect(losses[1].count == 4 && losses[1].allSatisfy { $0.isFinite })
        for (expected, found) in zip(losses[0], losses[1]) {
            #expect(abs(expected - found) <= (compute == "f32" ? 0.01 : 0.05), "\(losses)")
        }
    }
}
