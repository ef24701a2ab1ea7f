// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTrain

/// What a run makes of results that it finds in its folder.
@Suite struct RunResultsTests {
    private func lines(_ file: String) -> [String] {
        String(decoding: ResourceFile.read(file) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test("Measurements of nobody knows which run are refused and stay", arguments: ["metrics.jsonl", "samples.jsonl"])
    func foreignMeasurements(name: String) throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        let content = Array("{\"loss\": 1}\n{\"step\": 7, \"loss\": 2}\n".utf8)
        try ResourceFile.write(content, to: "\(output.path)/\(name)")
        let error = #expect(throws: InputError.self) {
            try Fixture.trainer(2, model: model.path, output: output.path)
        }
        #expect(error?.location == "\(output.path)/run.json")
        #expect(error?.problem.contains(name) == true)
        #expect(error?.remedy?.contains("another --output") == true)
        #expect(ResourceFile.read("\(output.path)/\(name)") == content)
    }

    @Test("A finished run whose checkpoints are gone keeps its measurements and says what to do")
    func noCheckpoints() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        try Fixture.trainer(4, model: model.path, output: output.path).train { _ in false }
        for step in [2, 4] { try FileManager.default.removeItem(atPath: "\(output.path)/step-000000\(step)") }
        let error = #expect(throws: InputError.self) {
            try Fixture.trainer(4, model: model.path, output: output.path)
        }
        let metrics = "\(output.path)/metrics.jsonl"
        #expect(error?.location == metrics)
        #expect(error?.problem.contains("4 steps") == true)
        #expect(error?.remedy?.contains("move metrics.jsonl") == true)
        #expect(lines(metrics).count == 4)
    }

    @Test("A run that was killed before its first checkpoint begins anew and measures its steps again")
    func killedEarly() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        let metrics = "\(output.path)/metrics.jsonl"
        #expect(try Fixture.trainer(4, model: model.path, output: output.path).stepsDone == 0)
        try ResourceFile.write(Array("{\"step\": 1, \"rate\": 1}\n{\"step\": 2, \"ra".utf8), to: metrics)
        #expect(try Fixture.trainer(4, model: model.path, output: output.path).stepsDone == 0)
        #expect(lines(metrics) == [])
    }

    @Test("A line that somebody wrote between the measurements stays")
    func otherLines() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        let metrics = "\(output.path)/metrics.jsonl"
        try Fixture.trainer(4, model: model.path, output: output.path).train { $0.step == 2 }
        let note = "{\"note\": \"moved to another machine\"}"
        let more = Array("\(note)\n{\"step\": 3, \"rate\": 1}\n".utf8)
        try ResourceFile.write(try #require(ResourceFile.read(metrics)) + more, to: metrics)
        #expect(try Fixture.trainer(4, model: model.path, output: output.path).stepsDone == 2)
        #expect(lines(metrics).count == 3 && lines(metrics).last == note)
    }

    @Test("Checkpoints without run.json are refused, by the configuration that made them too")
    func noManifest() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        try Fixture.trainer(2, model: model.path, output: output.path).train { _ in false }
        try FileManager.default.removeItem(atPath: "\(output.path)/run.json")
        for steps in [2, 3] {
            let error = #expect(throws: InputError.self) {
                try Fixture.trainer(steps, model: model.path, output: output.path)
            }
            #expect(error?.problem.contains("says what the results beside it were made with") == true)
            #expect(error?.problem.contains("step-0000002") == true)
        }
        #expect(ResourceFile.isMissing("\(output.path)/run.json"))
    }

    @Test("A state that is not of the run is named with the checkpoint that is whole")
    func otherState() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        try Fixture.trainer(6, model: model.path, output: output.path).train { _ in false }
        for step in [6, 4] {
            let checkpoint = "\(output.path)/step-000000\(step)"
            let weights = try #require(ResourceFile.read("\(checkpoint)/model.safetensors"))
            try ResourceFile.write(weights, to: "\(checkpoint)/training.safetensors")
        }
        let error = #expect(throws: InputError.self) {
            try Fixture.trainer(6, model: model.path, output: output.path)
        }
        #expect(error?.location == "\(output.path)/step-0000006/training.safetensors")
        #expect(
            error?.remedy
                == "Remove step-0000006, step-0000004; step-0000002 is whole, and the run goes on from it"
        )
    }

    @Test("A file that is named like a checkpoint is none")
    func file() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        try ResourceFile.write([], to: "\(output.path)/step-9")
        try Fixture.trainer(2, model: model.path, output: output.path).train { _ in false }
        #expect(try Fixture.trainer(2, model: model.path, output: output.path).stepsDone == 2)
        #expect(ResourceFile.read("\(output.path)/step-9") == [])
    }
}
