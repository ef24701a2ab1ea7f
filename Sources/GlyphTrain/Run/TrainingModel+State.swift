// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor

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

    /// The file with the state of a checkpoint, if it has all of this model's.
    func stateFile(of checkpoint: RunFolder.Checkpoint) throws -> SafetensorsFile {
        let file = try SafetensorsFile("\(checkpoint.path)/training.safetensors")
        for (name, tensor) in state where file.entries[name]?.shape != tensor.shape {
            throw InputError(at: file.path, "\(name) is missing or of another shape", expected: "the state of this run")
        }
        return file
    }

    /// Takes over the state of a checkpoint; the model's own weights were read with the model.
    func restore(_ checkpoint: RunFolder.Checkpoint) throws {
        let file = try stateFile(of: checkpoint)
        try Tensor.withoutGrad {
            for (name, tensor) in state { try tensor.detach().copy(from: file.tensor(name)) }
            for slot in optimizer.slots where slot.parameter.dtype != .f32 {
                try slot.parameter.detach().copy(from: slot.master)
            }
        }
    }
}
