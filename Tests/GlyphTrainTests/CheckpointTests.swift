// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTokens
import GlyphVLM
import Testing

@testable import GlyphTrain

@Suite struct CheckpointTests {
    private func trainer(_ recomputes: Bool, compute: String, model: String, output: String) throws -> Trainer {
        var configuration = try Fixture.configuration(steps: 4, compute: compute)
        configuration.recomputesBlocks = recomputes
        return try Trainer(
            configuration,
            start: model,
            corpus: Fixture.corpus(),
            heldOut: Fixture.corpus(),
            output: output,
            threads: 2
        )
    }

    @Test(
        "A run that computes blocks again, stopped and resumed, ends with the bytes of one that keeps everything",
        arguments: ["f32", "bf16"]
    )
    func resuming(compute: String) throws {
        let (model, folders) = (try Fixture.tinyModel().folder, try (0..<2).map { _ in try TemporaryFolder() })
        func trainer(_ index: Int) throws -> Trainer {
            try self.trainer(index == 1, compute: compute, model: model.path, output: folders[index].path)
        }
        try trainer(0).train { _ in false }
        try trainer(1).train { $0.step == 2 }
        let resumed = try trainer(1)
        #expect(resumed.stepsDone == 2)
        try resumed.train { _ in false }
        for name in ["model.safetensors", "training.safetensors"] {
            let files = folders.map { ResourceFile.read("\($0.path)/step-0000004/\(name)") }
            #expect(files[0] != nil && files[0] == files[1], "\(name)")
        }
    }

    @Test("Every learner of a run computes blocks again where the configuration says so")
    func configuration() throws {
        let (folder, model) = try Fixture.tinyModel()
        for (key, recomputes) in [("", false), (#""checkpoint": false, "#, false), (#""checkpoint": true, "#, true)] {
            let json = """
                {\(key)"stages": [{"name": "one", "steps": 1, "learning-rate": [0.1, 0.1],
                 "pages": [{"size": [4, 1], "batch": 1}]}]}
                """
            let configuration = try TrainingConfiguration(json: Array(json.utf8), source: "test.json")
            let training = try Fixture.training(model, configuration, seed: 1, threads: 2)
            #expect(training.learners.map(\.model.recomputesBlocks) == [recomputes, recomputes])
        }
        _ = folder
    }
}
