// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@Suite("Digests of checkpoints")
struct CheckpointDigestTests {
    /// Makes a folder with settings and weights for as long as `body` runs.
    private func withCheckpoint(_ body: (_ folder: String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "glyph-checkpoint-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try ResourceFile.write(Array("{}".utf8), to: folder + "/config.json")
        try ResourceFile.write([1, 2, 3], to: folder + "/model.safetensors")
        try setAge(1_000_000, of: folder + "/model.safetensors")
        try body(folder)
    }

    private func setAge(_ seconds: Double, of path: String) throws {
        let date = Date(timeIntervalSince1970: seconds)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }

    private func digest(_ folder: String, _ way: String = "auto") throws -> String {
        try Digest.ofCheckpoint(in: folder, computing: way)
    }

    @Test("Settings count with their content, weights with their size and age, and other files not at all")
    func facts() throws {
        try withCheckpoint { folder in
            let before = try digest(folder)
            #expect(before.count == 64)
            #expect(try digest(folder, "bf16") != before)
            try ResourceFile.write([0], to: folder + "/README.md")
            try setAge(5, of: folder + "/config.json")
            #expect(try digest(folder) == before)
            for name in ["config.json", "generation_config.json", "tokenizer.json"] {
                let last = try digest(folder)
                try ResourceFile.write(Array("{\"x\": 1}".utf8), to: "\(folder)/\(name)")
                #expect(try digest(folder) != last, "\(name)")
            }
            let settled = try digest(folder)
            try setAge(1_000_001, of: folder + "/model.safetensors")
            #expect(try digest(folder) != settled)
        }
    }

    @Test("Where the folder lies does not count, and of links to files in a cache the files do")
    func links() throws {
        try withCheckpoint { folder in
            let linked = folder + "-linked"
            try FileManager.default.createDirectory(atPath: linked, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: linked) }
            for name in ["config.json", "model.safetensors"] {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(linked)/\(name)",
                    withDestinationPath: "\(folder)/\(name)"
                )
            }
            #expect(try digest(linked) == digest(folder))
        }
    }

    @Test("A folder that is not there is an error with its path")
    func missing() {
        let error = #expect(throws: InputError.self) { try digest("/nonexistent/model") }
        #expect(error?.location == "/nonexistent/model")
    }
}
