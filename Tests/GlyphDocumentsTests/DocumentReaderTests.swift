// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphDocuments

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

    @Test("A UTF-8 file is its text, whatever it is called, and its extension tells the format")
    func plain() throws {
        for (name, format) in [
            ("a.txt", FileFormat.text), ("b.md", .markdown), ("c.Swift", .code), ("d.csv", .table), ("e", .text),
        ] {
            let path = try folder.file(name, "Zeilen\nmit ß und 中文")
            let document = try reader.read(path)
            #expect(document.string == "Zeilen\nmit ß und 中文")
            #expect(document.parts[0].format == format)
            #expect(document.parts.map(\.name) == [path] && document.parts[0].source == SourceRange(0, 24))
            #expect(document.parts[0].encoding == "UTF-8")
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

    @Test("Line ends of other systems become \\n, and a note says so")
    func lineEnds() throws {
        let document = try reader.read(folder.file("a", "one\r\ntwo\rthree\n\r\nend\r"))
        #expect(document.string == "one\ntwo\nthree\n\nend\n")
        #expect(document.notes.count == 1 && document.notes[0].contains("line ends of other systems"))
    }

    @Test("What is said of many files alike is said once")
    func groupedNotes() throws {
        let paths = try (1...5).map { try folder.file("note\($0)", "one\r\ntwo\r\n") }
        let notes = try reader.read(paths + [folder.file("plain", "one\n")]).notes
        #expect(notes == ["\(paths[0]), \(paths[1]), \(paths[2]) and 2 more: line ends of other systems became \\n"])
        #expect(try reader.read(Array(paths.prefix(2))).notes.count == 2)
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
        #expect(try message(reading: folder.file("y.bin", [0xFF, 0x00, 0x62])).contains("y.bin: is a binary file"))
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        #expect(try message(reading: folder.file("text.txt", png)).contains("text.txt: is a PNG image"))
        #expect(try message(reading: folder.file("a.out", [0x7F, 0x45, 0x4C, 0x46, 2])).contains("is a program"))
        let office: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]
        #expect(try message(reading: folder.file("x.docx", office)).contains("old or encrypted Office document"))
        #expect(try message(reading: folder.file("x.docx", [0x50, 0x4B, 3, 4, 0])).contains("x.docx: is damaged"))
    }

    @Test("Mail and saved pages with encoded parts are refused by name, plain mail is text")
    func mail() throws {
        let header = "Received: by x\r\n for <a@b.c>\r\nFrom: a@b.c\r\nSubject: Hi\r\nMIME-Version: 1.0\r\n"
        let encoded = header + "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nU2VocgU=\r\n"
        let message = try message(reading: folder.file("a.txt", encoded))
        #expect(message.contains("a.txt: is e-mail with encoded parts") && message.contains("Save it as text"))
        let page = """
            From: <Saved by Blink>
            MIME-Version: 1.0
            Content-Type: multipart/related; boundary="--"

            ----
            content-transfer-encoding: Quoted-Printable

            Caf=C3=A9
            """
        #expect(try self.message(reading: folder.file("b.mhtml", page)).contains("is a web page saved as MHTML"))
        let mailbox = "From a@b.c Mon Jan  1 10:00:00 2024\nFrom: a@b.c\n\nplain\n\n" + encoded
        #expect(try self.message(reading: folder.file("c", mailbox)).contains("is e-mail with encoded parts"))
        let plain = header + "Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\n\r\nHello\r\n"
        #expect(try reader.read(folder.file("d.eml", plain)).string.hasSuffix("\nHello\n"))
        let prose = "On mail: a letter.\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n"
        #expect(try reader.read(folder.file("e.txt", prose)).string == prose)
    }

    @Test("A text that begins with the letters of a binary format is text")
    func notBinary() throws {
        for text in ["OTTO was his name.", "GIF8 is a format.", "Rar! said the cat.", "BZh is no word.", "MZ"] {
            #expect(try reader.read(folder.file("a.txt", text)).string == text)
        }
    }

    @Test(
        "Empty files are errors that name the file",
        arguments: [[], [0xEF, 0xBB, 0xBF], [0xFF, 0xFE]] as [[UInt8]]
    )
    func empty(bytes: [UInt8]) throws {
        #expect(try message(reading: folder.file("nothing.txt", bytes)).contains("nothing.txt: is empty"))
        let blank = try folder.file("blank.txt", " \n\t\r\n")
        #expect(message(reading: blank).contains("blank.txt: holds nothing but white space"))
    }

    @Test("A missing file, a folder and a file over the limit are errors that say so")
    func unreadable() throws {
        #expect(message(reading: folder.path + "/none.txt").contains("none.txt: does not exist"))
        #expect(message(reading: folder.path).contains("holds no files"))
        let large = try folder.file("large", String(repeating: "x", count: 101))
        #expect(message(reading: large, with: DocumentReader(sizeLimit: 100)).contains("large: has 101 bytes"))
        #expect(!message(reading: large, with: DocumentReader(sizeLimit: 100)).contains("raise the limit"))
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

extension DocumentReader {
    /// A reader that refuses more than so many bytes.
    fileprivate init(sizeLimit: Int) {
        self.init()
        options.limits.bytes = sizeLimit
    }
}
