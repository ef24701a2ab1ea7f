// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphEngine
import GlyphPage
import Testing

@Suite struct BlockFolderTests {
    private func withFolder(_ body: (_ path: String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "blocks-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test("blocks come back after a restart, byte for byte")
    func roundTrip() throws {
        try withFolder { path in
            let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
            let first = try BlockFolder(path: path, limit: 1 << 20)
            first.write(bytes, as: "a")
            first.flush()
            #expect(first.read("a") == bytes)
            let second = try BlockFolder(path: path, limit: 1 << 20)
            #expect(second.read("a") == bytes)
            #expect(second.read("b") == nil)
        }
    }

    @Test("a cut or changed file is not used")
    func damage() throws {
        try withFolder { path in
            let folder = try BlockFolder(path: path, limit: 1 << 20)
            for name in ["cut", "changed", "empty"] { folder.write([1, 2, 3, 4], as: name) }
            folder.flush()
            func damage(_ name: String, _ change: (inout Data) -> Void) throws {
                let url = URL(fileURLWithPath: "\(path)/\(name).kv")
                var data = try Data(contentsOf: url)
                change(&data)
                try data.write(to: url)
            }
            try damage("cut") { $0.removeLast() }
            try damage("changed") { $0[$0.count - 1] ^= 1 }
            try damage("empty") { $0 = Data() }
            for name in ["cut", "changed", "empty"] { #expect(folder.read(name) == nil) }
        }
    }

    /// A block of 300 bytes, 364 with its digest, whose file is as old as it is told.
    private func write(_ name: String, to folder: BlockFolder, at path: String, age seconds: Double) throws {
        folder.write([UInt8](repeating: 1, count: 300), as: name)
        folder.flush()
        let age = Date(timeIntervalSinceNow: -seconds)
        try FileManager.default.setAttributes([.modificationDate: age], ofItemAtPath: "\(path)/\(name).kv")
    }

    @Test("the block used longest ago makes room for a new one, also after a restart", arguments: [false, true])
    func limit(restarts: Bool) throws {
        try withFolder { path in
            var folder = try BlockFolder(path: path, limit: 1300)
            for (index, name) in ["a", "b", "c"].enumerated() {
                try write(name, to: folder, at: path, age: 1000 - Double(index))
            }
            #expect(folder.read("a") != nil)
            if restarts { folder = try BlockFolder(path: path, limit: 1300) }
            try write("d", to: folder, at: path, age: 500)
            #expect(folder.read("b") == nil)
            for name in ["a", "c", "d"] { #expect(folder.read(name) != nil) }
        }
    }

    @Test("a folder opened with a smaller limit keeps the blocks that were used last")
    func smallerLimit() throws {
        try withFolder { path in
            let folder = try BlockFolder(path: path, limit: 1 << 20)
            for (index, name) in ["a", "b", "c"].enumerated() {
                try write(name, to: folder, at: path, age: 1000 - Double(index))
            }
            let smaller = try BlockFolder(path: path, limit: 800)
            #expect(smaller.read("a") == nil)
            #expect(smaller.read("b") != nil)
            #expect(smaller.read("c") != nil)
        }
    }

    @Test("a block written again takes its room once, and one beyond the limit is not written")
    func again() throws {
        try withFolder { path in
            let folder = try BlockFolder(path: path, limit: 1300)
            for _ in 0..<5 { try write("a", to: folder, at: path, age: 100) }
            try write("b", to: folder, at: path, age: 50)
            folder.write([UInt8](repeating: 1, count: 2000), as: "large")
            folder.flush()
            #expect(folder.read("a") != nil)
            #expect(folder.read("b") != nil)
            #expect(folder.read("large") == nil)
        }
    }

    @Test("a folder that cannot be made is an input error")
    func unusable() {
        #expect(throws: InputError.self) { try BlockFolder(path: "/proc/no/such", limit: 1) }
    }
}
