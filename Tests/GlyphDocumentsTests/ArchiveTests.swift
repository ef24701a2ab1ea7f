// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphDocuments

@Suite("Archives")
struct ArchiveTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test(
        "zip and tar, compressed in any way, give the same files under the archive's name",
        arguments: ["plain.zip", "plain.tar", "plain.tar.gz", "plain.tar.bz2", "plain.tar.xz"]
    )
    func plain(name: String) throws {
        let path = try Fixture.path(name)
        let document = try DocumentReader().read(path)
        #expect(Set(document.parts.map(\.name)) == ["\(path)/src/main.swift", "\(path)/说明.txt"])
        #expect(document.string.contains("1  print(\"hello\")\n") && document.string.contains("1  灯塔说明\n"))
        #expect(document.skipped == [SkippedInput(name: "\(path)/picture.png", reason: "is a PNG image")])
        #expect(document.notes.contains { $0.contains("picture.png: is a PNG image") })
    }

    @Test("A single compressed file is read as what it holds")
    func single() throws {
        let document = try Fixture.read("note.txt.gz")
        #expect(document.string == "one compressed file\n")
        #expect(document.parts[0].name == (try Fixture.path("note.txt")))
    }

    @Test("Names that leave the archive or hide themselves are not read, and listed")
    func escape() throws {
        let document = try Fixture.read("escape.zip")
        let path = try Fixture.path("escape.zip")
        #expect(document.parts.map(\.name) == ["\(path)/abs.txt", "\(path)/good.txt"])
        #expect(document.skipped.count == 4 && !document.string.contains("outside"))
        #expect(document.skipped.allSatisfy { !$0.name.contains("\n") })
        #expect(document.notes.contains { $0.contains("a leading / was removed from 1 name") })
    }

    @Test("Links, pipes and devices in a tar are not followed, and listed")
    func links() throws {
        let document = try Fixture.read("links.tar")
        #expect(document.string == "the real file\n")
        let names = document.skipped.map { $0.name.split(separator: "/").last.map(String.init) ?? "" }
        #expect(Set(names) == ["passwd", "up", "twin.txt", "pipe"])
    }

    @Test("An archive that unpacks to far more than its size is refused")
    func bomb() throws {
        #expect(
            Fixture.message(reading: try Fixture.path("bomb.zip")).contains("bomb.zip: unpacks to more than 200 times")
        )
        var options = ReadingOptions()
        options.limits.archiveRatio = 2000
        #expect(Fixture.message(reading: try Fixture.path("bomb.zip"), options).isEmpty)
        options.limits.bytes = 1 << 20
        #expect(
            Fixture.message(reading: try Fixture.path("bomb.zip"), options).contains(
                "unpacks to more than 1048576 bytes"
            )
        )
    }

    @Test("Archives in archives are read to a depth, no further")
    func nesting() throws {
        #expect(try Fixture.read("nested.zip").string == "deep inside\n")
        let message = Fixture.message(reading: try Fixture.path("matryoshka.zip"))
        #expect(message.contains("lies in archives nested deeper than 3"))
    }

    @Test("Too many entries are refused")
    func entries() throws {
        var options = ReadingOptions()
        options.limits.files = 2
        #expect(Fixture.message(reading: try Fixture.path("plain.zip"), options).contains("holds more than 2 files"))
    }

    @Test("Work on archives that are thrown away is bounded, too")
    func work() throws {
        var budget = InputBudget(DocumentLimits(bytes: 100))
        try budget.addUnpacked(400, from: "a.zip")
        #expect(throws: LimitExceeded.self) { try budget.addUnpacked(4, from: "a.zip") }
    }

    @Test("A tar archive from before there was a mark is read")
    func tarWithoutMark() throws {
        var header = [UInt8](repeating: 0, count: 512)
        func set(_ text: String, at offset: Int) {
            header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8)
        }
        set("a.txt", at: 0)
        for (offset, value) in [(100, "0000644"), (108, "0000000"), (116, "0000000")] { set(value, at: offset) }
        set("00000000003", at: 124)
        set("00000000000", at: 136)
        set(String(repeating: " ", count: 8), at: 148)
        let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
        set(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148)
        let content = Array("hi\n".utf8) + [UInt8](repeating: 0, count: 509 + 1024)
        let path = try folder.file("old", header + content)
        let document = try DocumentReader().read(path)
        #expect(document.string == "hi\n" && document.parts.map(\.name) == ["\(path)/a.txt"])
        header[0] ^= 1
        #expect(FormatDetector.find(header, name: "old") == .perhapsText)
    }

    @Test("A zip file may hold a long file that is called mimetype")
    func longMimetype() throws {
        let zip =
            "UEsDBBQAAAAIAAAAIQCO4gh3LAAAAGAJAAAIAAAAbWltZXR5cGUrSa0oUchPU0hUyMksBrNKKgtSi7lKRsVHxUfFR8"
            + "VHxUfFR8VHxUfFyRIHAFBLAwQUAAAAAAAAACEAi57Z0wEAAAABAAAABQAAAGEudHh0QVBLAQIUAxQAAAAIAAAAIQCO"
            + "4gh3LAAAAGAJAAAIAAAAAAAAAAAAAACAAQAAAABtaW1ldHlwZVBLAQIUAxQAAAAAAAAAIQCLntnTAQAAAAEAAAAFAA"
            + "AAAAAAAAAAAACAAVIAAABhLnR4dFBLBQYAAAAAAgACAGkAAAB2AAAAAAA="
        let path = try folder.file("types.zip", Array(try #require(Data(base64Encoded: zip))))
        let document = try DocumentReader().read(path)
        #expect(document.parts.map(\.name) == ["\(path)/mimetype", "\(path)/a.txt"])
    }

    @Test("Encrypted, empty and damaged archives are errors that name them")
    func faults() throws {
        #expect(
            Fixture.message(reading: try Fixture.path("encrypted.zip")).contains(
                "encrypted.zip/src/main.swift: is encrypted"
            )
        )
        #expect(Fixture.message(reading: try Fixture.path("empty.zip")).contains("empty.zip: is an empty archive"))
        for name in ["plain.zip", "plain.tar.gz", "plain.tar.xz", "plain.tar.bz2", "plain.tar"] {
            let whole = try Fixture.bytes(name)
            let cut = try folder.file("cut-\(name)", Array(whole[..<(min(whole.count, 3000) / 2)]))
            #expect(Fixture.message(reading: cut).contains("cut-\(name)"), "\(name)")
        }
    }

    @Test(
        "An archive with any byte changed is read or refused, never a trap",
        arguments: ["plain.zip", "plain.tar.gz", "links.tar"]
    )
    func damage(name: String) throws {
        let whole = try Fixture.bytes(name)
        for index in stride(from: 0, to: min(whole.count, 2048), by: 11) {
            var bytes = whole
            bytes[index] ^= 0xA5
            let path = try folder.file("bad", bytes)
            let message = Fixture.message(reading: path)
            #expect(message.isEmpty || message.contains("bad"), "byte \(index): \(message)")
        }
    }

    @Test("A broken archive in a folder is listed and the rest is read")
    func brokenInFolder() throws {
        _ = try folder.file("in/a.zip", [0x50, 0x4B, 3, 4, 0])
        _ = try folder.file("in/b.txt", "text")
        let document = try DocumentReader().read(folder.path + "/in")
        #expect(document.string == "text")
        #expect(document.skipped.map(\.name) == [folder.path + "/in/a.zip"])
    }
}
