// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import GlyphVLM

/// How a run begins or goes on: what is in its folder, and otherwise what it was asked for.
struct RunOpening {
    /// What steps are made with.
    struct Parts {
        let model: ModelFolder
        let training: TrainingModel
        let batches: BatchMaker
        let testBatches: BatchMaker
        /// Steps that are done.
        let step: Int
    }

    let run: RunFolder
    let manifest: RunManifest
    let configuration: TrainingConfiguration
    let start: String
    let corpus: Corpus
    let heldOut: Corpus
    let device: Device
    let threads: Int

    /// Takes the folder, and reads and makes all that steps need.
    ///
    /// - Throws: `InputError` for a folder that is not this run's or that another run is using, and for texts or a model
    ///   that it cannot do with; `TensorError` where memory is short.
    func take() throws -> Parts {
        // A folder that no run had is taken when all is loaded, so that what cannot begin leaves nothing there; in any
        // other a run may be going on, whose files change.
        let early = run.wasTaken ? nil : try parts()
        try run.take()
        // Another run may have come and gone while the model was loaded.
        if let early, try origin().checkpoint == nil { return early }
        return try parts()
    }

    private func origin() throws -> (checkpoint: RunFolder.Checkpoint?, model: ModelFolder) {
        try run.origin(manifest, configuration, start: start)
    }

    private func parts() throws -> Parts {
        let (checkpoint, model) = try origin()
        let training = try TrainingModel(model, configuration, device: device, threads: threads)
        if let checkpoint {
            try run.restore(training, from: checkpoint)
        } else {
            try training.takeHeads(from: start)
        }
        return Parts(
            model: model,
            training: training,
            batches: try BatchMaker(model, corpus, seed: configuration.seed, device: device),
            testBatches: try BatchMaker(model, heldOut, seed: configuration.seed, device: device),
            step: checkpoint?.step ?? 0
        )
    }
}
