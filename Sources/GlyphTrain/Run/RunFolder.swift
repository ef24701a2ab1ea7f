// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import GlyphTokens
import GlyphVLM

/// The folder of a run: its manifest, its measurements and its checkpoints.
final class RunFolder {
    /// A checkpoint that is complete.
    struct Checkpoint {
        let path: String
        let step: Int
    }

    let path: String
    /// What of the test text is in the training text.
    let overlap: Overlap
    /// Where tokenizer and processor files are copied from.
    var modelFolder = ""

    /// Makes the folder with its manifest, or checks that the one that is there is of the same run.
    init(
        _ path: String,
        _ c: TrainingConfiguration,
        start: String,
        corpus: Corpus,
        heldOut: Corpus,
        device: Device,
        commit: String?
    ) throws {
        self.path = path
        overlap = Overlap(of: heldOut, in: corpus)
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw InputError(at: path, "the folder cannot be made: \(error.localizedDescription)")
        }
        let manifest = Self.manifest(c, start: start, corpus: corpus, heldOut: heldOut, overlap, device, commit)
        let file = "\(path)/run.json"
        if let bytes = ResourceFile.read(file) {
            guard Self.withoutCommit(String(decoding: bytes, as: UTF8.self)) == Self.withoutCommit(manifest) else {
                throw InputError(
                    at: file,
                    "is of another run: its configuration, data, device or libtorch differ",
                    expected: "what the run was begun with, so that it goes on as it would have",
                    remedy: "Choose another --output, or start a run from its last checkpoint with --model"
                )
            }
        } else {
            try ResourceFile.write(Array(manifest.utf8), to: file)
        }
    }

    /// A manifest without the line of the commit: a run may go on after the program was corrected.
    private static func withoutCommit(_ manifest: String) -> [Substring] {
        manifest.split(separator: "\n").filter { !$0.hasPrefix("  \"commit\":") }
    }

    private static func manifest(
        _ c: TrainingConfiguration,
        start: String,
        corpus: Corpus,
        heldOut: Corpus,
        _ overlap: Overlap,
        _ device: Device,
        _ commit: String?
    ) -> String {
        func list(_ corpus: Corpus) -> String {
            corpus.sources.map { source in
                "\n    {\"path\": \(source.path.jsonLiteral), \"sha256\": \"\(source.digest)\", "
                    + "\"characters\": \(source.count)}"
            }.joined(separator: ",")
        }
        return """
            {
              "configuration": "\(c.digest)",
              "seed": \(c.seed),
              "steps": \(c.stepCount),
              "model": \(start.jsonLiteral),
              "commit": \(commit?.jsonLiteral ?? "null"),
              "libtorch": \(Runtime.version.jsonLiteral),
              "device": \(device.description.jsonLiteral),
              "corpus": [\(list(corpus))
              ],
              "held-out": [\(list(heldOut))
              ],
              "held-out-overlap": {"passages": \(overlap.passages), "found": \(overlap.found)}
            }

            """
    }

    /// The checkpoint with the most steps.
    func lastCheckpoint() throws -> Checkpoint? {
        try checkpoints().last
    }

    private func checkpoints() throws -> [Checkpoint] {
        try FileManager.default.contentsOfDirectory(atPath: path)
            .compactMap { name in
                guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0 else { return nil }
                return Checkpoint(path: "\(path)/\(name)", step: step)
            }
            .sorted { $0.step < $1.step }
    }

    /// Writes a checkpoint, complete or not at all, and removes old ones.
    func save(_ training: TrainingModel, step: Int, keeping kept: Int) throws {
        let final = "\(path)/step-\(String(repeating: "0", count: max(0, 7 - String(step).count)))\(step)"
        let partial = final + ".partial"
        let files = FileManager.default
        try? files.removeItem(atPath: partial)
        try files.createDirectory(atPath: partial, withIntermediateDirectories: true)
        try training.learner.model.save(to: partial)
        try SafetensorsWriter.write(training.state, to: "\(partial)/training.safetensors")
        for name in try files.contentsOfDirectory(atPath: modelFolder).sorted() where Self.isCopied(name) {
            try files.copyItem(atPath: "\(modelFolder)/\(name)", toPath: "\(partial)/\(name)")
        }
        try? files.removeItem(atPath: final)
        try files.moveItem(atPath: partial, toPath: final)
        for old in try checkpoints().dropLast(kept + 1) { try? files.removeItem(atPath: old.path) }
        modelFolder = final
    }

    private static func isCopied(_ name: String) -> Bool {
        (name.hasSuffix(".json") || name.hasSuffix(".jinja")) && name != "config.json"
            && !name.hasPrefix("model.safetensors")
    }

    /// Leaves out the measurements of steps that a run that was killed will do again.
    func forgetMeasurements(after step: Int) throws {
        for file in ["metrics.jsonl", "samples.jsonl"].map({ "\(path)/\($0)" }) {
            guard let bytes = ResourceFile.read(file) else { continue }
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            let kept = lines.prefix { line in
                let number = line.dropFirst(#"{"step": "#.utf8.count).prefix { $0 != UInt8(ascii: ",") }
                return (Int(String(decoding: number, as: UTF8.self)) ?? .max) <= step && line.last == UInt8(ascii: "}")
            }
            guard kept.count < lines.count else { continue }
            try ResourceFile.write(Array(kept.map { $0 + [10] }.joined()), to: file)
        }
    }

    /// Adds a line to the measurements.
    func log(_ report: Trainer.Report) throws {
        func field(_ name: String, _ value: Double?, _ digits: Int) -> String {
            guard let value else { return "" }
            return ", \"\(name)\": " + String(format: "%.\(digits)f", value)
        }
        var line = "{\"step\": \(report.step), \"stage\": \(report.stage.jsonLiteral)"
        line +=
            field("rate", report.rate, 8) + field("norm", report.gradientNorm, 4) + field("seconds", report.seconds, 3)
        line += field("textLoss", report.textLoss, 5) + field("textRight", report.textRight, 5)
        line += field("glyphsRight", report.glyphsRight, 5)
        for (task, share) in report.tasks.sorted(by: { $0.key < $1.key }) { line += field("right.\(task)", share, 5) }
        if let evaluation = report.evaluation {
            line += field("heldOutGlyphsRight", evaluation.glyphsRight, 5)
            line += field("heldOutTextRight", evaluation.textRight, 5)
            line += field("heldOutCharacterErrors", evaluation.characterErrors, 3)
            for (task, share) in evaluation.answersRight.sorted(by: { $0.key < $1.key }) {
                line += field("heldOutRight.\(task)", share, 5)
            }
        }
        try append(line + "}\n", to: "metrics.jsonl")
        let samples = report.evaluation?.samples ?? []
        let lines = samples.map { sample in
            "{\"step\": \(report.step), \"task\": \(sample.task.jsonLiteral), "
                + "\"wanted\": \(sample.wanted.jsonLiteral), \"said\": \(sample.said.jsonLiteral)}\n"
        }
        if !lines.isEmpty { try append(lines.joined(), to: "samples.jsonl") }
    }

    private func append(_ text: String, to name: String) throws {
        let file = "\(path)/\(name)"
        if !FileManager.default.fileExists(atPath: file) { try ResourceFile.write([], to: file) }
        guard let handle = FileHandle(forWritingAtPath: file) else {
            throw InputError(at: file, "the file cannot be written")
        }
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
    }
}

extension TrainingModel {
    /// The optimiser's state and the heads, under names that do not meet the model's.
    var state: [(name: String, tensor: Tensor)] {
        optimizer.slots.flatMap { slot in
            var tensors = [("first.\(slot.name)", slot.firstMoment), ("second.\(slot.name)", slot.secondMoment)]
            if slot.parameter.dtype != .f32 || slot.name.hasPrefix("glyphs.") {
                tensors.append(("master.\(slot.name)", slot.master))
            }
            return tensors
        }
    }

    /// Takes over the heads of another run's checkpoint, where the folder has some: a tower that reads, under a head that
    /// knows nothing yet, would be taught to forget.
    func takeHeads(from folder: String) throws {
        let path = "\(folder)/training.safetensors"
        guard FileManager.default.fileExists(atPath: path) else { return }
        let file = try SafetensorsFile(path)
        try Tensor.withoutGrad {
            for slot in optimizer.slots where slot.name.hasPrefix("glyphs.") {
                let name = "master.\(slot.name)"
                guard let entry = file.entries[name], entry.shape == slot.master.shape else { continue }
                try slot.master.detach().copy(from: file.tensor(name))
                try slot.parameter.detach().copy(from: slot.master)
            }
        }
    }

    /// Takes over the state of a checkpoint; the model's own weights were read with the model.
    func restore(_ checkpoint: RunFolder.Checkpoint) throws {
        let file = try SafetensorsFile("\(checkpoint.path)/training.safetensors")
        try Tensor.withoutGrad {
            for (name, tensor) in state {
                guard let entry = file.entries[name], entry.shape == tensor.shape else {
                    throw InputError(
                        at: file.path,
                        "\(name) is missing or of another shape",
                        expected: "the state of this run"
                    )
                }
                try tensor.detach().copy(from: file.tensor(name))
            }
            for slot in optimizer.slots where slot.parameter.dtype != .f32 {
                try slot.parameter.detach().copy(from: slot.master)
            }
        }
    }
}
