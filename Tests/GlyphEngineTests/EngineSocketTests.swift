// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphEngine
import GlyphPage
import Testing

@Suite struct EngineSocketTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("glyph-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    /// A socket's file; somebody listens as long as the descriptor is open.
    private func listen(at path: String) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(UnixAddress.with(path, descriptor, bind) == 0)
        #expect(Foundation.listen(descriptor, 1) == 0)
        return descriptor
    }

    @Test("What is no socket is refused and stays what it is, also when the engine ends")
    func files() throws {
        try withFolder { folder in
            let path = folder + "/notes.txt"
            try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
            let socket = EngineSocket(path: path)
            #expect(throws: InputError.self) { try socket.claim() }
            socket.remove()
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
        }
    }

    @Test("A socket at which a process listens is refused, one that was left behind makes room")
    func sockets() throws {
        try withFolder { folder in
            let path = folder + "/s"
            let descriptor = listen(at: path)
            #expect(throws: InputError.self) { try EngineSocket(path: path).claim() }
            #expect(FileManager.default.fileExists(atPath: path))
            close(descriptor)
            try EngineSocket(path: path).claim()
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("An engine removes its own socket, and not that of another one in its place")
    func removal() throws {
        try withFolder { folder in
            let path = folder + "/s"
            let first = EngineSocket(path: path)
            let gone = listen(at: path)
            first.isListening()
            first.remove()
            #expect(!FileManager.default.fileExists(atPath: path))

            let second = EngineSocket(path: path)
            let own = listen(at: path)
            second.isListening()
            unlink(path)
            let other = listen(at: path)
            second.remove()
            #expect(FileManager.default.fileExists(atPath: path))
            for descriptor in [gone, own, other] { close(descriptor) }
        }
    }
}
