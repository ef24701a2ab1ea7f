// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@Suite("File locks")
struct FileLockTests {
    @Test("A second lock on a file is refused as long as the first lives, and the file keeps what it holds")
    func holding() throws {
        let file = try ScratchFile("kept")
        let first = try FileLock(file.path)
        #expect(throws: FileLock.Fault.isHeld) { try FileLock(file.path) }
        withExtendedLifetime(first) {}
        #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "kept")
    }

    @Test("A lock ends with its object")
    func ending() throws {
        let file = try ScratchFile("")
        for _ in 0..<3 {
            let lock = try FileLock(file.path)
            #expect(lock.descriptor >= 0)
        }
    }

    @Test("A refused lock closes its own descriptor once, and no other")
    func descriptors() throws {
        let file = try ScratchFile("")
        let lock = try FileLock(file.path)
        func isOpen() -> Bool { fcntl(lock.descriptor, F_GETFD) >= 0 }
        for _ in 0..<2000 { #expect(throws: FileLock.Fault.isHeld) { try FileLock(file.path) } }
        #expect(isOpen())
    }

    @Test("A file that cannot be opened is named with the system's reason, and links are followed on request only")
    func opening() throws {
        let file = try ScratchFile("")
        let link = file.path + "-link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file.path)
        defer { try? FileManager.default.removeItem(atPath: link) }
        #expect(throws: FileLock.Fault.cannotOpen(ELOOP)) { try FileLock(link) }
        #expect(throws: FileLock.Fault.cannotOpen(EISDIR)) { try FileLock(NSTemporaryDirectory()) }
        #expect(throws: Never.self) { try FileLock(link, followsLinks: true) }
    }
}
