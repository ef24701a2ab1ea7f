// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphDocuments

@Suite("Encodings")
struct EncodingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A text as one of Python's codecs encodes it.
    private struct Case: Decodable {
        var codec: String
        var name: String
        var bytes: String
        var text: String
    }

    private func cases() throws -> [Case] {
        try JSONDecoder().decode([Case].self, from: Data(Fixture.bytes("encodings.json")))
    }

    @Test("Texts in every encoding are read as Python wrote them, and what was assumed is said")
    func detection() throws {
        let titles = [
            "gb18030": "GB18030", "gbk": "GB18030", "utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE",
            "utf-16": "UTF-16LE", "utf-32": "UTF-32LE", "utf-8-sig": "UTF-8", "big5": "Big5",
            "shift_jis": "windows-31j",
            "euc_jp": "EUC-JP", "euc_kr": "EUC-KR", "latin-1": "windows-1252 (Latin-1)",
            "cp1252": "windows-1252 (Latin-1)", "cp1251": "windows-1251", "koi8-r": "KOI8-R", "ascii": "UTF-8",
        ]
        let all = try cases()
        #expect(all.count == 19)
        for item in all {
            let bytes = try #require(Data(base64Encoded: item.bytes))
            let path = try folder.file("\(item.name).\(item.codec).txt", Array(bytes))
            let document = try DocumentReader().read(path)
            #expect(document.string == item.text.replacing("\r\n", with: "\n"), "\(item.name) in \(item.codec)")
            let title = titles[item.codec]
            #expect(document.parts[0].encoding == title, "\(item.name) in \(item.codec)")
            let isSaid = document.notes.contains { $0.hasPrefix(path) && $0.contains(title ?? "?") }
            #expect(isSaid == (title != "UTF-8"), "\(item.name) in \(item.codec)")
        }
    }

    @Test(
        "A line's location is the range of bytes that Python finds the line in",
        arguments: ["gb18030", "utf-16-be", "big5"]
    )
    func lineLocations(codec: String) throws {
        let item = try #require(cases().first { $0.codec == codec })
        let bytes = Array(try #require(Data(base64Encoded: item.bytes)))
        let document = try DocumentReader().read(folder.file("a.txt", bytes))
        let second = try #require(item.text.split(separator: "\n").last)
        let location = try #require(document.provenance(of: String(second.prefix(3))))
        let range = try #require(location.bytes)
        #expect(location.lines == 2...2)
        let line = try Decoding.decode(
            Array(bytes[range.lowerBound..<range.upperBound]),
            as: try #require(document.parts[0].encoding),
            from: "line"
        )
        #expect(String(decoding: line, as: UTF8.self) == second + "\n")
    }

    @Test("Bytes of a file with a mark and other line ends are found exactly")
    func exactBytes() throws {
        let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("one\r\ntwo é three\rfour\r\n".utf8)
        let document = try DocumentReader().read(folder.file("a.txt", bytes))
        for word in ["one", "two é", "three", "four"] {
            let range = try #require(document.provenance(of: word)?.bytes)
            #expect(bytes[range.lowerBound..<range.upperBound] == Array(word.utf8)[...])
        }
    }

    @Test("An encoding that is named is used, and malformed bytes in it are refused with the offset")
    func named() throws {
        var options = ReadingOptions()
        options.encoding = "gbk"
        let path = try folder.file("a.txt", [0xD6, 0xD0])
        #expect(try DocumentReader(options: options).read(path).string == "中")
        let broken = try folder.file("b.txt", [0x61, 0xD6, 0xD0, 0xFF, 0x61])
        #expect(Fixture.message(reading: broken, options).contains("b.txt: byte 3: is not valid GB18030"))
        let cut = try folder.file("c.txt", [0x61, 0xD6, 0xD0, 0xD6])
        #expect(Fixture.message(reading: cut, options).contains("c.txt: byte 3: is not valid GB18030"))
        let marked = try folder.file("d.txt", [0xFF, 0xFE, 0x2D, 0x4E])
        #expect(try DocumentReader(options: options).read(marked).string == "中")
        options.encoding = "klingon"
        #expect(Fixture.message(reading: path, options).contains("encoding: \"klingon\" is unknown"))
    }

    @Test("UTF-8 with a broken byte is refused with its offset, not read as something else")
    func mostlyUTF8() throws {
        let bytes = Array("Schöne Grüße aus Köln, ".utf8) + [0xE4] + Array("ußerst höflich".utf8)
        let message = try Fixture.message(reading: folder.file("a.txt", bytes))
        #expect(message.contains("a.txt: byte 27: 0xe4 is not valid UTF-8, which the rest of the file is"))
        let cut = Array("这是一段中文".utf8.dropLast())
        #expect(try Fixture.message(reading: folder.file("b.txt", cut)).contains("b.txt: byte 15: 0xe6"))
    }

    @Test("Neither a mark nor a person's word makes malformed bytes UTF-8")
    func claimedUTF8() throws {
        let marked = try folder.file("a.txt", [0xEF, 0xBB, 0xBF, 0x61, 0xFF])
        #expect(Fixture.message(reading: marked).contains("a.txt: byte 4: 0xff is not valid UTF-8"))
        var options = ReadingOptions()
        options.encoding = "utf-8"
        let plain = try folder.file("b.txt", [0x61, 0xFF])
        #expect(Fixture.message(reading: plain, options).contains("b.txt: byte 1: 0xff is not valid UTF-8"))
    }

    @Test("What cannot be told is refused rather than guessed")
    func ambiguous() throws {
        for bytes: [UInt8] in [[0x61, 0xE9], [0xD6, 0xD0], [0x61, 0x62, 0xFF, 0xFE, 0x64], (0x80...0xFF).map { $0 }] {
            #expect(try Fixture.message(reading: folder.file("a.txt", bytes)).contains("cannot be told"))
        }
    }

    @Test("Random bytes are never read as text, and never trap")
    func random() throws {
        var generator = SplitMix64(state: 7)
        for length in [1, 2, 3, 5, 17, 64, 300, 5000] {
            for _ in 0..<15 {
                let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                let path = try folder.file("random", bytes)
                let document = try? DocumentReader().read(path)
                // A few bytes can be a text by chance; they must be valid UTF-8 then.
                if length > 16 { #expect(document == nil) }
            }
        }
    }

    @Test("HTML that declares its encoding is read in it")
    func declared() throws {
        let page =
            Array("<html><head><meta charset=gb2312></head><body><p>".utf8) + [0xD6, 0xD0]
            + Array("</p></body></html>".utf8)
        let document = try DocumentReader().read(folder.file("a.html", page))
        #expect(document.string == "中\n")
        #expect(document.parts[0].encoding == "GB18030")
    }

    @Test(
        "XML that declares its encoding is read in it, whatever the file is called",
        arguments: ["a.xml", "a", "a.xhtml"]
    )
    func declaredByXML(name: String) throws {
        let text: [UInt8] = [0xCF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2]
        let page = Array("<?xml version=\"1.0\" encoding='windows-1251'?>\n<p>".utf8) + text + Array("</p>".utf8)
        let document = try DocumentReader().read(folder.file(name, page))
        #expect(document.string.contains("Привет"))
        #expect(document.parts[0].encoding == "windows-1251")
    }

    @Test("A declaration that cannot be true is ignored with a note", arguments: ["foo-8", "utf-16"])
    func uselessDeclaration(declared: String) throws {
        let words = "Größe und Maß der Bücher, die für die Prüfung nötig wären"
        let text = words.unicodeScalars.map { UInt8($0.value) }
        let page = Array("<html><head><meta charset=\"\(declared)\"></head><body><p>".utf8) + text
        let path = try folder.file("a.html", page + Array("</p></body></html>".utf8))
        let document = try DocumentReader().read(path)
        #expect(document.string.contains("Größe und Maß"))
        #expect(document.notes.contains { $0.hasPrefix("\(path): declares the encoding \"\(declared)\"") })
    }

    @Test("UTF-16 without a mark is known when a surrogate pair lies across the end of the sample")
    func splitPair() throws {
        let text = String(repeating: "a", count: 32_767) + "😀" + String(repeating: "b", count: 100)
        let bytes = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let document = try DocumentReader().read(folder.file("a.txt", bytes))
        #expect(document.parts[0].encoding == "UTF-16LE")
        #expect(document.string == text)
    }

    @Test(
        "UTF-16 without a mark is known in Hebrew and Arabic",
        arguments: ["הצדדים חייבים להודיע בכתב", "يجب على الطرفين الإخطار"]
    )
    func rightToLeft(text: String) throws {
        let bytes = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        #expect(try DocumentReader().read(folder.file("a.txt", bytes)).string == text)
    }

    @Test("Letters with a zero among them are no Chinese", arguments: ["\0abbott\n", "abc\0def\n", "a\0bcdefg"])
    func letterWithZero(text: String) throws {
        let path = try folder.file("a", Array(text.utf8))
        let error = #expect(throws: InputError.self) { try DocumentReader().read(path) }
        #expect(error?.problem.contains("which only binary files contain") == true)
    }

    @Test("Encodings of seven bits do not pass as UTF-8")
    func sevenBits() throws {
        let japanese = Array("a\u{1B}$B7@Ls\u{1B}(B b\n".utf8)
        let first = try DocumentReader().read(folder.file("a.txt", japanese))
        #expect(first.string == "a契約 b\n" && first.parts[0].encoding == "ISO-2022-JP")
        #expect(first.notes.contains { $0.contains("assumed to be ISO-2022-JP") })
        let korean = Array("\u{1B}$)C\u{0E}0h>`\u{0F}\n".utf8)
        #expect(try DocumentReader().read(folder.file("b.txt", korean)).string == "계약\n")
        let chinese = Array("~{5Z6~Lu86?n!#~} abc ~~\n".utf8)
        let second = try DocumentReader().read(folder.file("c.txt", chinese))
        #expect(second.string.hasPrefix("第二条") && second.string.hasSuffix(" abc ~\n"))
        #expect(second.parts[0].encoding == "HZ")
    }

    @Test(
        "Text with escapes of terminals and tildes of programs stays as it is",
        arguments: ["\u{1B}[1mbold\u{1B}(B", "(format t \"~{~a~}\" list)", "~{word~}", "~/.config and ~user"]
    )
    func noSevenBits(text: String) { #expect(SevenBitEncoding.find(Array(text.utf8)) == nil) }

    @Test("Advice names no flag of a program and no encoding as the likely one")
    func advice() throws {
        var options = ReadingOptions()
        options.encoding = "utf-8"
        for (bytes, encoding) in [([0x61, 0xE9, 0x20], "utf-8"), ([0x61, 0xE9], nil), ([0xFF, 0, 0x62], nil)]
            as [([UInt8], String?)]
        {
            options.encoding = encoding
            let message = try Fixture.message(reading: folder.file("a.txt", bytes), options)
            #expect(message.contains("`encoding` option") && !message.contains("--encoding"), "\(message)")
            #expect(!message.contains("-f GB18030"), "\(message)")
        }
    }
}
