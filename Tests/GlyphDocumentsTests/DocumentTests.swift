// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphDocuments

/// A folder for one test's files, removed with the value that owns it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "glyph-documents-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }
}

extension Document {
    fileprivate var string: String { String(decoding: text.utf8, as: UTF8.self) }
}

@Suite("Reading documents")
struct DocumentReaderTests {
    let folder: TemporaryFolder
    let reader = DocumentReader()

    init() throws { folder = try TemporaryFolder() }

    /// The description of the error that reading gives, or an empty text when it gives none.
    private func message(reading path: String, with reader: DocumentReader = DocumentReader()) -> String {
        do {
            _ = try reader.read(path)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("A UTF-8 file is its text, whatever it is called, and its extension tells the kind")
    func plain() throws {
        for (name, kind) in [
            ("a.txt", Document.Kind.prose), ("b.md", .markdown), ("c.Swift", .code), ("d.csv", .table), ("e", .prose),
        ] {
            let path = try folder.file(name, "Zeilen\nmit ß und 中文")
            let document = try reader.read(path)
            #expect(document.string == "Zeilen\nmit ß und 中文")
            #expect(document.kind == kind)
            #expect(document.parts == [Document.Part(name: path, source: SourceRange(0, 24))])
            #expect(document.notes.isEmpty)
        }
    }

    @Test("A byte-order mark is removed")
    func byteOrderMark() throws {
        #expect(try reader.read(folder.file("a", [0xEF, 0xBB, 0xBF, 0x61])).string == "a")
    }

    @Test("UTF-16 of both byte orders is converted, surrogate pairs included, and noted", arguments: [false, true])
    func utf16(isBigEndian: Bool) throws {
        let text = "é中😀\n"
        let units = [0xFEFF] + Array(text.utf16)
        let bytes = units.flatMap { unit in
            let pair = [UInt8(unit & 255), UInt8(unit >> 8)]
            return isBigEndian ? pair.reversed() : pair
        }
        let document = try reader.read(folder.file("a", bytes))
        #expect(document.string == text)
        #expect(document.notes.count == 1 && document.notes[0].contains("UTF-16"))
    }

    @Test("Broken UTF-16 is refused with the offset")
    func brokenUTF16() throws {
        let half = try folder.file("half", [0xFF, 0xFE, 0x61, 0x00, 0x62])
        #expect(message(reading: half).contains("half: byte 4"))
        let lone = try folder.file("lone", [0xFF, 0xFE, 0x61, 0x00, 0x00, 0xD8, 0x61, 0x00])
        #expect(message(reading: lone).contains("lone: byte 4"))
    }

    @Test("Line ends of other systems become \\n, and a note says how many")
    func lineEnds() throws {
        let document = try reader.read(folder.file("a", "one\r\ntwo\rthree\n\r\nend\r"))
        #expect(document.string == "one\ntwo\nthree\n\nend\n")
        #expect(document.notes.count == 1 && document.notes[0].contains("4 line ends"))
    }

    @Test("Invalid UTF-8 is refused with file, offset and a way to convert it")
    func invalid() throws {
        let path = try folder.file("latin1.txt", [0x61, 0x62, 0xE9, 0x20])
        let message = message(reading: path)
        #expect(message.contains("latin1.txt: byte 2") && message.contains("0xe9") && message.contains("iconv"))
    }

    @Test("Binary files are refused, by what they are where that can be told")
    func binary() throws {
        #expect(try message(reading: folder.file("x.bin", [0x61, 0x00, 0x62])).contains("x.bin: byte 1"))
        #expect(try message(reading: folder.file("x.pdf", "%PDF-1.7\n")).contains("pdftotext"))
        #expect(try message(reading: folder.file("x.docx", [0x50, 0x4B, 3, 4, 0])).contains("ZIP"))
        #expect(try message(reading: folder.file("x.txt", [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0])).contains("UTF-32"))
    }

    @Test(
        "Empty files are errors that name the file",
        arguments: [[], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE]] as [[UInt8]]
    )
    func empty(bytes: [UInt8]) throws {
        #expect(try message(reading: folder.file("nothing.txt", bytes)).contains("nothing.txt: is empty"))
    }

    @Test("A missing file, a folder and a file over the limit are errors that say so")
    func unreadable() throws {
        #expect(message(reading: folder.path + "/none.txt").contains("none.txt: does not exist"))
        #expect(message(reading: folder.path).contains("is a folder"))
        let large = try folder.file("large", String(repeating: "x", count: 101))
        #expect(message(reading: large, with: DocumentReader(sizeLimit: 100)).contains("large: has 101 bytes"))
        #expect(try DocumentReader(sizeLimit: 101).read(large).text.utf8.count == 101)
    }

    @Test("A file without read permission is an error that says so")
    func noPermission() throws {
        #expect("\(DocumentReader.fault("secret", EACCES))".contains("secret: may not be read"))
        guard getuid() != 0 else { return }  // root reads everything
        let path = try folder.file("secret", "x")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        #expect(message(reading: path).contains("may not be read"))
    }

    @Test("A pipe is read to its end, however it comes in")
    func pipe() throws {
        let text = String(repeating: "line of text\n", count: 40_000)
        let pipe = Pipe()
        let writer = Thread {
            try? pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try? pipe.fileHandleForWriting.close()
        }
        writer.start()
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        #expect(try reader.read(descriptor: descriptor, name: "standard input").string == text)
    }

    @Test("The size limit holds for pipes, too")
    func longPipe() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data(repeating: 0x61, count: 1001))
        try pipe.fileHandleForWriting.close()
        let descriptor = pipe.fileHandleForReading.fileDescriptor
        #expect(throws: InputError.self) {
            try DocumentReader(sizeLimit: 1000).read(descriptor: descriptor, name: "standard input")
        }
    }

    @Test("Files of the kernel, which claim to be empty, are read")
    func sizeZero() throws {
        guard FileManager.default.fileExists(atPath: "/proc/version") else { return }
        #expect(try !reader.read("/proc/version").text.utf8.isEmpty)
    }

    @Test("Standard input cannot be named twice, and no input is an error")
    func inputs() {
        #expect(throws: InputError.self) { try reader.read(["-", "-"]) }
        #expect(throws: InputError.self) { try reader.read([String]()) }
    }
}

@Suite("Joined documents")
struct JoinedDocumentTests {
    private func document(_ name: String, _ text: String, _ kind: Document.Kind = .prose) -> Document {
        Document(name: name, text: SourceText(text), kind: kind)
    }

    @Test("Inputs stand in order under their names, and every part's range is its own text")
    func joining() throws {
        let joined = try Document(joining: [document("a.txt", "one\n"), document("b.md", "two", .markdown)])
        #expect(joined.string == "==> a.txt <==\none\n\n==> b.md <==\ntwo")
        #expect(joined.kind == .mixed)
        #expect(joined.name == "a.txt and 1 more")
        let texts = joined.parts.map { part in
            String(decoding: joined.text.utf8[part.source.lowerBound..<part.source.upperBound], as: UTF8.self)
        }
        #expect(texts == ["one\n", "two"])
    }

    @Test("One input is itself, without a name above it")
    func single() throws {
        #expect(try Document(joining: [document("a.txt", "one")]).string == "one")
    }

    @Test("Joined documents can be joined again with their parts intact")
    func nested() throws {
        let inner = try Document(joining: [document("a", "1"), document("b", "2")])
        let outer = try Document(joining: [document("c", "3"), inner])
        #expect(outer.parts.map(\.name) == ["c", "a", "b"])
        let last = try #require(outer.parts.last).source
        #expect(outer.text.utf8[last.lowerBound] == UInt8(ascii: "2"))
    }
}

@Suite("Positions in sources")
struct SourceMapTests {
    @Test("An offset is found as part, line and column, columns in code points")
    func positions() throws {
        let joined = try Document(
            joining: [
                Document(name: "a", text: SourceText("x\né中z\r\nend"), kind: .prose),
                Document(name: "b", text: SourceText("q\rr"), kind: .prose),
            ])
        let map = SourceMap(joined)
        let text = joined.string
        func position(_ needle: String) -> String? {
            text.range(of: needle).flatMap {
                map.position(of: text.utf8.distance(from: text.startIndex, to: $0.lowerBound))
            }?
            .description
        }
        #expect(position("x") == "a:1:1")
        #expect(position("z") == "a:2:3")
        #expect(position("end") == "a:3:1")
        #expect(position("==> b") == "a:3:4")
        #expect(position("q") == "b:1:1")
        #expect(map.position(of: text.utf8.count - 1)?.description == "b:2:1")
        #expect(map.position(of: text.utf8.count)?.description == "b:2:2")
        #expect(map.position(of: -1) == nil && map.position(of: text.utf8.count + 1) == nil)
    }

    @Test("Long texts give the same positions as counting from the start")
    func longText() {
        let text = (1...20_000).map { "line number \($0)\n" }.joined()
        let document = Document(name: "long", text: SourceText(text), kind: .prose)
        let map = SourceMap(document)
        var (line, column) = (1, 1)
        for (offset, byte) in text.utf8.enumerated() {
            if offset % 997 == 0 || offset % (1 << 14) < 2 {
                #expect(map.position(of: offset) == SourcePosition(part: "long", line: line, column: column))
            }
            column += 1
            if byte == 0x0A { (line, column) = (line + 1, 1) }
        }
    }

    @Test("An empty document's only position is its start")
    func empty() {
        let map = SourceMap(Document(name: "e", text: SourceText(""), kind: .prose))
        #expect(map.position(of: 0)?.description == "e:1:1")
    }
}
