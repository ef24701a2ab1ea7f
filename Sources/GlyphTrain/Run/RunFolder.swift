// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphVLM

/// The folder of a run: its manifest, its measurements and its checkpoints.
final class RunFolder {
    /// A checkpoint that is complete.
    struct Checkpoint {
        let path: String
        let step: Int

        var name: String { URL(fileURLWithPath: path).lastPathComponent }

        /// A file of such a name is somebody's note.
        var isFolder: Bool { RunFolder.isFolder(path) }
    }

    let path: String
    /// Where tokenizer and processor files are copied from.
    var modelFolder = ""
    /// Whether this process takes the folder; the others of a group share it.
    let isLeader: Bool
    /// The leader's, for the run's life.
    private var lock: FileLock?

    private var manifestFile: String { "\(path)/run.json" }
    private var lockFile: String { "\(path)/lock" }

    init(_ path: String, isLeader: Bool) { (self.path, self.isLeader) = (path, isLeader) }

    /// Whether a run has, or once had, the folder.
    ///
    /// The lock's file stays: if it were removed, one run could still hold it while the next one holds a new one.
    var wasTaken: Bool { !ResourceFile.isMissing(lockFile) }

    /// Makes the folder, and takes it for this run unless the leader of the group has done so.
    ///
    /// - Throws: `InputError` where it cannot be made, or another run is using it.
    func take() throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw InputError(at: path, "the folder cannot be made: \(error.localizedDescription)")
        }
        if isLeader { lock = try FileLock.ofRun(lockFile, at: path) }
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// What a run would begin with, after all is checked that files tell: the checkpoint that it goes on from, if there
    /// is one, and the model of that or else the one to start from.
    ///
    /// - Throws: `InputError` for results that are not the run's, and for a checkpoint or a model that it cannot use.
    func origin(
        _ manifest: RunManifest,
        _ configuration: TrainingConfiguration,
        start: String
    ) throws -> (checkpoint: Checkpoint?, model: ModelFolder) {
        try check(manifest)
        let checkpoint = try checkpoint(for: configuration, isLeader: isLeader)
        let model = try checkpoint.map(model) ?? ModelFolder(start, needsWeights: false)
        for stage in configuration.stages { try stage.check(model.imageProcessor) }
        return (checkpoint, model)
    }

    /// Refuses a folder that holds steps or measurements of another run, or of nobody knows which.
    func check(_ manifest: RunManifest) throws {
        let results = try results()
        // A run that made no step binds nobody; but what the leader has begun binds the others.
        if isLeader, results.isEmpty { return }
        guard let bytes = ResourceFile.read(manifestFile) else {
            guard !results.isEmpty else { return }
            throw InputError(
                at: manifestFile,
                "it cannot be read, but says what the results beside it were made with: "
                    + results.joined(separator: ", "),
                expected: "the file that the run wrote",
                remedy: "Put it back, move these elsewhere, or choose another --output"
            )
        }
        guard let differences = manifest.differences(from: bytes) else {
            throw InputError(
                at: manifestFile,
                "is not what a run was begun with",
                expected: "the file that the run wrote",
                remedy: "Choose another --output, or start a run from its last checkpoint with --model"
            )
        }
        guard differences.isEmpty else {
            throw InputError(
                at: manifestFile,
                "is of another run; what differs: \(differences.joined(separator: ", "))",
                expected: "what the run was begun with, so that it goes on as it would have",
                remedy: "Choose another --output, or start a run from its last checkpoint with --model"
            )
        }
    }

    /// Writes the manifest, unless the run that goes on has one.
    func begin(_ manifest: RunManifest) throws {
        if let bytes = ResourceFile.read(manifestFile), manifest.differences(from: bytes) == [] { return }
        try ResourceFile.write(Array(manifest.json.utf8), to: manifestFile)
        try Self.waitForDisk(manifestFile)
        try Self.waitForDisk(path)
    }

    /// Waits until a file's content or a folder's names are on the disk.
    ///
    /// - Throws: `InputError` where the disk did not take it.
    static func waitForDisk(_ path: String) throws {
        let number = DiskSync.wait(for: path)
        guard number == 0 else {
            throw InputError(at: path, "the disk did not take it: \(String(cString: strerror(number)))")
        }
    }

    /// The names of what steps have left: measurements, then checkpoints.
    private func results() throws -> [String] {
        try measurements + checkpoints().map(\.name)
    }
}
