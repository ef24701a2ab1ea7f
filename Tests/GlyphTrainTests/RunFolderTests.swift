// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import GlyphVLM
import Testing

@testable import GlyphTrain

@Suite struct RunFolderTests {
    private func manifest(_ folder: TemporaryFolder) throws -> String {
        String(decoding: try #require(ResourceFile.read("\(folder.path)/run.json")), as: UTF8.self)
    }

    @Test("A second run in a folder is refused as long as the first lives, and takes it afterwards")
    func locking() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        var first: Trainer? = try Fixture.trainer(2, model: model.path, output: output.path)
        #expect(first?.stepsDone == 0)
        let error = #expect(throws: InputError.self) {
            try Fixture.trainer(2, model: model.path, output: output.path)
        }
        #expect(error?.location == output.path)
        #expect(error?.problem == "another run is using this folder")
        first = nil
        #expect(try Fixture.trainer(2, model: model.path, output: output.path).stepsDone == 0)
    }

    @Test("A run whose model cannot be read leaves nothing behind")
    func noModel() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        for folder in [output.path, "\(output.path)/new"] {
            let error = #expect(throws: InputError.self) {
                try Fixture.trainer(2, model: "\(model.path)/nope", output: folder)
            }
            #expect(error?.location == "\(model.path)/nope/config.json")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
        try Fixture.trainer(2, model: model.path, output: output.path).train { _ in false }
        #expect(try manifest(output).contains("\"model\": \(model.path.jsonLiteral)"))
    }

    @Test("A run whose weights cannot be read leaves nothing behind either, and its folder is free for another")
    func noWeights() throws {
        let (model, other) = (try Fixture.tinyModel().folder, try Fixture.tinyModel().folder)
        let output = try TemporaryFolder()
        let weights = "\(model.path)/model.safetensors"
        try ResourceFile.write(Array("no tensors".utf8), to: weights)
        let folder = "\(output.path)/new"
        let error = #expect(throws: InputError.self) { try Fixture.trainer(2, model: model.path, output: folder) }
        #expect(error?.location.hasPrefix(weights) == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
        #expect(try Fixture.trainer(2, model: other.path, output: folder).stepsDone == 0)
    }

    @Test("A run whose model has no token to end an answer with leaves nothing behind")
    func noEnd() throws {
        let ((model, files), output) = (try Fixture.tinyModel(), try TemporaryFolder())
        var configuration = files.configuration
        configuration.endTokens = []
        try ResourceFile.write(Array(configuration.json(weights: "float32").utf8), to: "\(model.path)/config.json")
        let error = #expect(throws: InputError.self) {
            try Fixture.trainer(2, model: model.path, output: "\(output.path)/new")
        }
        #expect(error?.location == "config.json: eos_token_id")
        #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
    }

    @Test("A model whose index names no file is refused, and not taken for one without weights")
    func emptyIndex() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        let index = "\(model.path)/model.safetensors.index.json"
        try ResourceFile.write(Array(#"{"metadata": {}, "weight_map": {}}"#.utf8), to: index)
        let error = #expect(throws: InputError.self) {
            try Fixture.trainer(2, model: model.path, output: output.path)
        }
        #expect(error?.location == "\(index): weight_map")
        #expect(error?.problem == "names no file")
    }

    @Test("A run goes on with as many batches side by side as it was begun with, as far as there is work for them")
    func sideBySide() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        func trainer(threads: Int) throws -> Trainer {
            try Fixture.trainer(4, model: model.path, output: output.path, threads: threads)
        }
        try trainer(threads: 2).train { $0.step == 2 }
        let error = #expect(throws: InputError.self) { try trainer(threads: 1) }
        #expect(error?.location == "\(output.path)/run.json")
        #expect(error?.problem.contains("--threads and --processes (2 then, 1 now)") == true)
        // A step has two batches.
        #expect(try trainer(threads: 3).stepsDone == 2)
        // What was begun before the number was noted goes on with any.
        let old = try manifest(output).replacing("  \"side-by-side\": \"2\",\n", with: "")
        #expect(try old != manifest(output))
        try ResourceFile.write(Array(old.utf8), to: "\(output.path)/run.json")
        #expect(try trainer(threads: 1).stepsDone == 2)
    }

    @Test("Threads without a batch do not count, and processes of one thread count as threads of one process")
    func learners() throws {
        let configuration = try Fixture.configuration(steps: 1)
        func number(_ threads: Int, _ processes: Int, device: Device = .cpu) -> String {
            RunManifest.sideBySide(configuration, device: device, threads: threads, processes: processes)
        }
        #expect(number(1, 1) == "1" && number(2, 1) == "2" && number(16, 1) == "2" && number(16, 2) == "2")
        #expect(number(16, 1, device: .cuda(0)) == "1")
        let json = """
            {"stages": [{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "accumulate": 8,
             "pages": [{"size": [4, 1], "batch": 1}]}]}
            """
        let larger = try TrainingConfiguration(json: Array(json.utf8), source: "test.json")
        #expect(RunManifest.sideBySide(larger, device: .cpu, threads: 3, processes: 2) == "2 × 3")
    }

    @Test("A run that made no step gives its folder to another one; one that did says what differs")
    func differences() throws {
        let (model, other) = (try Fixture.tinyModel().folder, try Fixture.tinyModel().folder)
        let output = try TemporaryFolder()
        #expect(try Fixture.trainer(2, model: other.path, output: output.path).stepsDone == 0)
        #expect(try manifest(output).contains(other.path))
        try Fixture.trainer(2, model: model.path, output: output.path).train { _ in false }
        #expect(try !manifest(output).contains(other.path))
        let error = #expect(throws: InputError.self) {
            try Fixture.trainer(3, model: other.path, output: output.path)
        }
        let problem = try #require(error?.problem)
        #expect(problem.contains("the configuration, the model (\(model.path.jsonLiteral) then"), "\(problem)")
        #expect(!problem.contains("the device") && !problem.contains("the text"), "\(problem)")
    }

    @Test("A checkpoint that is cut short is named with the one that is whole")
    func damaged() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        try Fixture.trainer(6, model: model.path, output: output.path).train { _ in false }
        func cut(_ file: String) throws {
            let bytes = try #require(ResourceFile.read("\(output.path)/\(file)"))
            try ResourceFile.write(Array(bytes.dropLast(100)), to: "\(output.path)/\(file)")
        }
        func remedy() -> String? {
            let error = #expect(throws: InputError.self) {
                try Fixture.trainer(6, model: model.path, output: output.path)
            }
            return error?.remedy
        }
        try cut("step-0000006/model.safetensors")
        #expect(remedy() == "Remove step-0000006; step-0000004 is whole, and the run goes on from it")
        try cut("step-0000004/training.safetensors")
        #expect(
            remedy() == "Remove step-0000006, step-0000004; step-0000002 is whole, and the run goes on from it"
        )
        try ResourceFile.write([], to: "\(output.path)/step-0000002/config.json")
        let all = ["step-0000006", "step-0000004", "step-0000002", "metrics.jsonl"]
        #expect(remedy() == "Remove \(all.joined(separator: ", ")); the run then begins anew")
        for name in all { try FileManager.default.removeItem(atPath: "\(output.path)/\(name)") }
        #expect(try Fixture.trainer(6, model: model.path, output: output.path).stepsDone == 0)
    }

    @Test("A run that was stopped says that it is not finished, until it is")
    func stopping() throws {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        for (stop, isFinished) in [(3, false), (4, true)] {
            let trainer = try Fixture.trainer(4, model: model.path, output: output.path)
            try trainer.train { $0.step == stop }
            #expect(trainer.isFinished == isFinished)
        }
    }

    @Test("Files and folders are waited for until they are on the disk, and what is not there is an error")
    func waiting() throws {
        let folder = try TemporaryFolder()
        try ResourceFile.write([1], to: "\(folder.path)/file")
        try RunFolder.waitForDisk("\(folder.path)/file")
        try RunFolder.waitForDisk(folder.path)
        #expect(throws: InputError.self) { try RunFolder.waitForDisk("\(folder.path)/nothing") }
    }

    @Test("What was skipped of a corpus is noted in the manifest")
    func skipped() throws {
        let (model, texts, output) = (try Fixture.tinyModel().folder, try TemporaryFolder(), try TemporaryFolder())
        let text = String(repeating: "A sentence of some words. ", count: 500)
        try ResourceFile.write(Array(text.utf8), to: "\(texts.path)/a.txt")
        try ResourceFile.write([0, 0xFF], to: "\(texts.path)/b.bin")
        let trainer = try Trainer(
            Fixture.configuration(steps: 1),
            start: model.path,
            corpus: Corpus(folder: texts.path),
            heldOut: Fixture.corpus(),
            output: output.path,
            threads: 1
        )
        #expect(trainer.stepsDone == 0)
        let json = try manifest(output)
        #expect(json.contains(#""corpus-skipped": ["b.bin"]"#) && json.contains(#""held-out-skipped": []"#))
    }
}
