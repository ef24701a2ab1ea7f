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

    @Test("a folder keeps to its limit, and the oldest blocks make room at the next start")
    func limit() throws {
        try withFolder { path in
            // A block of 300 bytes takes 364 with its digest.
            let folder = try BlockFolder(path: path, limit: 1100)
            for (index, name) in ["a", "b", "c", "d"].enumerated() {
                folder.write([UInt8](repeating: 1, count: 300), as: name)
                folder.flush()
                let age = Date(timeIntervalSince1970: 1_000_000 + Double(index))
                let file = "\(path)/\(name).kv"
                if FileManager.default.fileExists(atPath: file) {
                    try FileManager.default.setAttributes([.modificationDate: age], ofItemAtPath: file)
                }
            }
            #expect(folder.read("c") != nil)
            #expect(folder.read("d") == nil)
            let restarted = try BlockFolder(path: path, limit: 1000)
            #expect(restarted.read("a") == nil)
            #expect(restarted.read("b") != nil)
        }
    }

    @Test("a folder that cannot be made is an input error")
    func unusable() {
        #expect(throws: InputError.self) { try BlockFolder(path: "/proc/no/such", limit: 1) }
    }
}
