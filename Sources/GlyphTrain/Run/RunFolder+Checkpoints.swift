// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor
import GlyphVLM

extension RunFolder {
    /// The checkpoint that a run goes on from; nil for one that begins.
    ///
    /// - Throws: `InputError` for measurements whose checkpoints are gone, which only the leader looks for, and for a
    ///   checkpoint of a longer run.
    func checkpoint(for configuration: TrainingConfiguration, isLeader: Bool) throws -> Checkpoint? {
        guard let last = try checkpoints().last else {
            if isLeader {
                try checkMeasurements(saving: configuration.saveInterval, last: configuration.stepCount)
            }
            return nil
        }
        guard last.step <= configuration.stepCount else {
            throw InputError(
                at: last.path,
                "the checkpoint is of step \(last.step)",
                expected: "a step up to \(configuration.stepCount), the configuration's last",
                remedy: "Move the folder elsewhere, or choose another --output"
            )
        }
        return last
    }

    /// All complete ones by their steps.
    func checkpoints() throws -> [Checkpoint] {
        guard Self.isFolder(path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: path)
            .compactMap { name -> Checkpoint? in
                guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0 else { return nil }
                let checkpoint = Checkpoint(path: "\(path)/\(name)", step: step)
                return checkpoint.isFolder ? checkpoint : nil
            }
            .sorted { $0.step < $1.step }
    }

    /// Reads the model of a checkpoint.
    ///
    /// - Throws: `InputError` saying which checkpoint to remove, where this one is not whole.
    func model(of checkpoint: Checkpoint) throws -> ModelFolder {
        do {
            return try Self.whole(checkpoint)
        } catch let fault as InputError {
            throw try damage(of: checkpoint, fault) { _ = try Self.whole($0) }
        }
    }

    /// Takes over the state of a checkpoint whose model was read.
    ///
    /// - Throws: `InputError` saying which checkpoint to remove, where the state is not of this run.
    func restore(_ training: TrainingModel, from checkpoint: Checkpoint) throws {
        do {
            try training.restore(checkpoint)
        } catch let fault as InputError {
            throw try damage(of: checkpoint, fault) { other in
                _ = try Self.whole(other)
                _ = try training.stateFile(of: other)
            }
        }
    }

    /// What is wrong with a checkpoint, and which ones to remove for the run to go on.
    private func damage(
        of checkpoint: Checkpoint,
        _ fault: InputError,
        check: (Checkpoint) throws -> Void
    ) throws -> InputError {
        let others = Array(try checkpoints().filter { $0.step < checkpoint.step }.reversed())
        let damaged = Array(others.prefix { (try? check($0)) == nil })
        let names = ([checkpoint] + damaged).map(\.name)
        let remedy =
            if let next = others.dropFirst(damaged.count).first {
                "Remove \(names.joined(separator: ", ")); \(next.name) is whole, and the run goes on from it"
            } else {
                // Without a checkpoint, measurements would be refused.
                "Remove \((names + measurements).joined(separator: ", ")); the run then begins anew"
            }
        return InputError(at: fault.location, fault.problem, expected: "a checkpoint that is whole", remedy: remedy)
    }

    /// The model's folder, if the heads of all files say that their content is there.
    private static func whole(_ checkpoint: Checkpoint) throws -> ModelFolder {
        let folder = try ModelFolder(checkpoint.path)
        for file in folder.weightFiles + ["\(checkpoint.path)/training.safetensors"] { _ = try SafetensorsFile(file) }
        return folder
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
        // On the disk before it has its name, and its name before older ones go.
        for name in try files.contentsOfDirectory(atPath: partial) { try Self.waitForDisk("\(partial)/\(name)") }
        try Self.waitForDisk(partial)
        try? files.removeItem(atPath: final)
        try files.moveItem(atPath: partial, toPath: final)
        try Self.waitForDisk(path)
        for old in try checkpoints().dropLast(kept + 1) { try? files.removeItem(atPath: old.path) }
        modelFolder = final
    }

    private static func isCopied(_ name: String) -> Bool {
        (name.hasSuffix(".json") || name.hasSuffix(".jinja")) && name != "config.json"
            && !name.hasPrefix("model.safetensors")
    }
}
