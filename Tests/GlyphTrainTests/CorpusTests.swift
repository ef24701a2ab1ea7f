// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTrain

@Suite struct CorpusTests {
    /// A folder with enough text in `a.txt`.
    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let text = String(repeating: "A sentence of some words. ", count: 500)
        try ResourceFile.write(Array(text.utf8), to: "\(folder.path)/a.txt")
        return folder
    }

    @Test("Binary and empty files and pipes of a folder are left out, and all that hold something are named")
    func skipping() throws {
        let folder = try folder()
        try FileManager.default.createDirectory(atPath: "\(folder.path)/more", withIntermediateDirectories: true)
        try ResourceFile.write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0], to: "\(folder.path)/more/b.png")
        try ResourceFile.write([], to: "\(folder.path)/empty.txt")
        try #require(mkfifo("\(folder.path)/pipe", 0o600) == 0)
        let corpus = try Corpus(folder: folder.path)
        #expect(corpus.sources.map(\.path) == ["a.txt"])
        #expect(corpus.skipped == ["more/b.png", "pipe"])
    }

    @Test("A link to a folder is read as the folder, and linked folders below it are named as left out")
    func links() throws {
        let (folder, other) = (try self.folder(), try self.folder())
        let link = "\(other.path)/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path)
        let (direct, linked) = (try Corpus(folder: folder.path), try Corpus(folder: link))
        #expect(linked.sources == direct.sources && linked.skipped == [])
        let around = try Corpus(folder: other.path)
        #expect(around.sources.map(\.path) == ["a.txt"])
        #expect(around.skipped == ["link"])
    }

    @Test("Text that is not UTF-8 is refused with its file and byte")
    func encoding() throws {
        let folder = try folder()
        try ResourceFile.write(Array("caf".utf8) + [0xE9, 0x20], to: "\(folder.path)/latin.txt")
        let error = #expect(throws: InputError.self) { try Corpus(folder: folder.path) }
        #expect(error?.location == "\(folder.path)/latin.txt: byte 3")
    }

    @Test("A file that cannot be read is refused")
    func unreadable() throws {
        let folder = try folder()
        let link = "\(folder.path)/gone.txt"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/nonexistent/file")
        let error = #expect(throws: InputError.self) { try Corpus(folder: folder.path) }
        #expect(error?.location == link)
    }

    @Test(
        "A folder that cannot be read is refused, also below the one that is given",
        .disabled(if: geteuid() == 0, "root reads everything"),
        arguments: [0, 0o400, 0o100]
    )
    func unreadableFolder(mode: Int) throws {
        let (files, folder) = (FileManager.default, try folder())
        let below = "\(folder.path)/more"
        try files.createDirectory(atPath: below, withIntermediateDirectories: true)
        try ResourceFile.write(Array("some text".utf8), to: "\(below)/b.txt")
        for path in [below, folder.path] {
            try files.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            defer { try? files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path) }
            let error = #expect(throws: InputError.self) { try Corpus(folder: folder.path) }
            #expect(error?.location == path && error?.problem == "cannot be read")
        }
        #expect(try Corpus(folder: folder.path).sources.map(\.path) == ["a.txt", "more/b.txt"])
    }
}
