// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import GlyphTokens
import GlyphVLM
import Testing

@testable import GlyphTrain

@Suite struct TrainerTests {
    @Test("A run that is stopped and resumed ends with the bytes of one that was not", arguments: ["f32", "bf16"])
    func resuming(compute: String) throws {
        let (model, folders) = (try Fixture.tinyModel().folder, try (0..<2).map { _ in try TemporaryFolder() })
        try Fixture.trainer(4, model: model.path, output: folders[0].path, compute: compute).train { _ in false }
        try Fixture.trainer(4, model: model.path, output: folders[1].path, compute: compute).train { $0.step == 2 }
        let resumed = try Fixture.trainer(4, model: model.path, output: folders[1].path, compute: compute)
        #expect(resumed.stepsDone == 2)
        try resumed.train { _ in false }
        for name in ["model.safetensors", "training.safetensors"] {
            let files = folders.map { ResourceFile.read("\($0.path)/step-0000004/\(name)") }
            #expect(files[0] != nil && files[0] == files[1], "\(name)")
        }
    }

    @Test("The loss of a model that sees the same few pages again and again falls by half")
    func learning() throws {
        let (folder, model) = try Fixture.tinyModel()
        let configuration = try Fixture.configuration(steps: 60)
        let training = try Fixture.training(model, configuration, seed: 1)
        let stage = configuration.stages[0]
        let batch = try BatchMaker(model, Fixture.corpus(), seed: 1).batch(step: 0, of: stage)
        var losses: [Double] = []
        for step in 1...60 {
            let parts = try training.learn([batch], share: 1, text: 1, glyphs: 1)
            losses.append(try #require(parts[0].text) + #require(parts[0].glyphs))
            _ = try training.optimizer.step(step, training.optimizer.takeGradients(), largestNorm: 1) { _ in 0.003 }
        }
        #expect(losses[59] < losses[0] / 2)
        _ = folder
    }

    @Test("Two learners with half of the batches each compute the gradients of one with all")
    func dataParallel() throws {
        let (folder, model) = try Fixture.tinyModel()
        let configuration = try Fixture.configuration(steps: 1)
        let maker = try BatchMaker(model, Fixture.corpus(), seed: 5)
        let batches = try (0..<3).map { try maker.batch(step: 0, part: $0, of: configuration.stages[0]) }
        let gradients = try [1, 2].map { threads in
            let training = try Fixture.training(model, configuration, seed: 2, threads: threads)
            _ = try training.learn(batches, share: 1 / Double(batches.count), text: 1, glyphs: 0.5)
            return try training.optimizer.slots.map { (name: $0.name, gradient: try $0.takeGradient()) }
        }
        for (one, two) in zip(gradients[0], gradients[1]) {
            guard let a = one.gradient else { continue }
            let b = try #require(two.gradient, "\(two.name)")
            let error = try (a - b).abs().max().item()
            #expect(error <= 1e-5 * max(1, try a.abs().max().item()), "\(one.name)")
        }
        _ = folder
    }

    @Test("Every parameter's gradient of the whole loss agrees with finite differences")
    func finiteDifferences() throws {
        let (folder, model) = try Fixture.tinyModel()
        let configuration = try Fixture.configuration(steps: 1)
        let training = try Fixture.training(model, configuration, seed: 4)
        let batch = try BatchMaker(model, Fixture.corpus(), seed: 6).batch(step: 0, of: configuration.stages[0])
        _ = try training.learn([batch], share: 1, text: 1, glyphs: 1)
        for slot in training.optimizer.slots {
            let gradient = try #require(try slot.takeGradient(), "\(slot.name)")
            // Along the gradient itself the difference is largest against the rounding of f32.
            let length = try gradient.norm().item()
            // Short enough that the slope does not change on the way.
            let step = min(2e-3, 0.02 / length)
            let direction = try gradient * (1 / max(length, 1e-9))
            let weight = try slot.parameter.detach()
            var values: [Double] = []
            for move in [step, -2 * step] {
                try weight.accumulate(direction, factor: move)
                let loss = try Tensor.withoutGrad { try training.learner.loss(batch, text: 1, glyphs: 1).total.item() }
                values.append(loss)
            }
            try weight.accumulate(direction, factor: step)
            let slope = (values[0] - values[1]) / (2 * step)
            #expect(abs(slope - length) <= 0.05 * length + 2e-3, "\(slot.name): \(slope) and \(length)")
        }
        _ = folder
    }

    @Test("A checkpoint is a complete model folder, and a folder of another run is refused")
    func checkpoints() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        try Fixture.trainer(2, model: model.path, output: output.path, commit: "1a2b-dirty").train { _ in false }
        let saved = try ModelFolder("\(output.path)/step-0000002")
        #expect(try GLM4V(saved).parameterCount > 0)
        #expect(throws: InputError.self) { try Fixture.trainer(3, model: model.path, output: output.path) }
        // The same run may go on with a corrected program; the manifest names the one that began it.
        #expect(try Fixture.trainer(2, model: model.path, output: output.path, commit: "3c4d").stepsDone == 2)
        let manifest = try #require(ResourceFile.read("\(output.path)/run.json"))
        #expect(String(decoding: manifest, as: UTF8.self).contains("\"commit\": \"1a2b-dirty\""))
        let lines = try #require(ResourceFile.read("\(output.path)/metrics.jsonl")).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 2)
    }

    @Test("Gradients that are not finite end a run with what can be done about it")
    func infiniteGradients() throws {
        let (folder, model) = try Fixture.tinyModel()
        let output = try TemporaryFolder()
        let start = try Fixture.training(model, Fixture.configuration(steps: 1), seed: 1).learner.model
        try Tensor.withoutGrad {
            for (name, tensor) in start.parameters where name.hasSuffix("norm.weight") {
                let weight = try tensor.detach()
                try weight.copy(from: weight * Double.infinity)
            }
        }
        try start.save(to: folder.path)
        let trainer = try Fixture.trainer(1, model: folder.path, output: output.path)
        let error = #expect(throws: InputError.self) { try trainer.train { _ in false } }
        #expect(error?.location == "step 1")
        let remedy = try #require(error?.remedy)
        #expect(remedy.contains("--model") && remedy.contains("another --output"), "\(remedy)")
    }

    @Test("A checkpoint beyond the configuration's last step is refused with its folder and step")
    func beyondTheEnd() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        #expect(try Fixture.trainer(4, model: model.path, output: output.path).stepsDone == 0)
        let folder = "\(output.path)/step-0000009"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let error = #expect(throws: InputError.self) {
            try Fixture.trainer(4, model: model.path, output: output.path)
        }
        #expect(error?.location == folder)
        #expect(error?.problem.contains("step 9") == true)
    }

    @Test("Measurements of steps that a killed run does again are written once")
    func killed() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        let file = "\(output.path)/metrics.jsonl"
        try Fixture.trainer(4, model: model.path, output: output.path).train { $0.step == 2 }
        // What a kill leaves: steps after the checkpoint, the last of them cut short.
        let left = try #require(ResourceFile.read(file)) + Array("{\"step\": 3, \"rate\": 1}\n{\"step\": 4, \"ra".utf8)
        try ResourceFile.write(left, to: file)
        try Fixture.trainer(4, model: model.path, output: output.path).train { _ in false }
        let lines = String(decoding: try #require(ResourceFile.read(file)), as: UTF8.self).split(separator: "\n")
        #expect(lines.map { $0.prefix(#"{"step": 1,"#.utf8.count) } == (1...4).map { "{\"step\": \($0)," })
    }

    @Test("A run that is interrupted does not wait for a batch, and goes on from the step that was done last")
    func interrupted() throws {
        let (model, output, flag) = (try Fixture.tinyModel().folder, try TemporaryFolder(), Flag())
        let early = try Fixture.trainer(9, model: model.path, output: output.path)
        try early.train { _ in
            false
        } interrupted: {
            true
        }
        #expect(early.stepsDone == 0)
        withExtendedLifetime(early) {}
        let other = try TemporaryFolder()
        let run = try Fixture.trainer(9, model: model.path, output: other.path)
        try run.train { report in
            if report.step == 2 { flag.raise() }
            return false
        } interrupted: {
            flag.isRaised
        }
        // The batch of step 3 may have been ready.
        let steps = run.stepsDone
        #expect((2...3).contains(steps))
        #expect(!ResourceFile.isMissing("\(other.path)/step-000000\(steps)"))
    }

    @Test("A batch that nobody wants any more is not made")
    func unwantedBatch() throws {
        let (folder, model) = try Fixture.tinyModel()
        let stage = try Fixture.configuration(steps: 1).stages[0]
        let maker = try BatchMaker(model, Fixture.corpus(), seed: 1)
        #expect(throws: CancellationError.self) { try maker.batch(step: 0, of: stage, interrupted: { true }) }
        _ = folder
    }

    /// Goes up once, seen by all threads.
    private final class Flag: @unchecked Sendable {
        private let lock = NSLock()
        private var state = false

        var isRaised: Bool { lock.withLock { state } }

        func raise() { lock.withLock { state = true } }
    }

    @Test("A run that starts from a checkpoint takes over the heads that name glyphs")
    func heads() throws {
        let (model, output, next) = (try Fixture.tinyModel().folder, try TemporaryFolder(), try TemporaryFolder())
        try Fixture.trainer(2, model: model.path, output: output.path).train { _ in false }
        let checkpoint = "\(output.path)/step-0000002"
        let other = try Fixture.training(try ModelFolder(checkpoint), Fixture.configuration(steps: 1), seed: 9)
        func weight(_ training: TrainingModel) throws -> [Float] {
            try #require(training.optimizer.slots.first { $0.name == "glyphs.8.weight" }).master.floats()
        }
        let saved = try SafetensorsFile("\(checkpoint)/training.safetensors").tensor("master.glyphs.8.weight").floats()
        #expect(try weight(other) != saved)
        try other.takeHeads(from: checkpoint)
        #expect(try weight(other) == saved)
        try other.takeHeads(from: next.path)
        #expect(try weight(other) == saved)
    }
}
