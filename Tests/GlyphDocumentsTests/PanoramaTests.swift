// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphDocuments

@Suite("Panorama")
struct PanoramaTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(_ files: [(String, String)], _ choice: ReadingOptions.Panorama = .auto) throws -> Document {
        var options = ReadingOptions()
        options.panorama = choice
        return try DocumentReader(options: options).read(files.map { try folder.file($0.0, $0.1) })
    }

    @Test("Source files stand under their names with line numbers, after a table of contents")
    func joining() throws {
        let long = (1...10).map { "line \($0)\n" }.joined()
        let document = try read([("a.swift", "let a = 1\n\nlet b = 2"), ("b.py", long)])
        let (a, b) = (folder.path + "/a.swift", folder.path + "/b.py")
        #expect(
            document.string
                == """
                Contents: 2 files, 13 lines
                  \(a): 3 lines
                  \(b): 10 lines

                ==> \(a) (3 lines) <==
                1  let a = 1
                2\u{20}\u{20}
                3  let b = 2

                ==> \(b) (10 lines) <==
                 1  line 1
                 2  line 2
                 3  line 3
                 4  line 4
                 5  line 5
                 6  line 6
                 7  line 7
                 8  line 8
                 9  line 9
                10  line 10

                """
        )
    }

    @Test("Every word of every file is found again at its own bytes and lines")
    func roundTrip() throws {
        var generator = SplitMix64(state: 3)
        let files: [(String, String)] = (0..<5).map { index in
            let lines = (0..<Int(generator.next() % 200)).map { line in
                String(repeating: " ", count: Int(generator.next() % 9)) + "é\(index)中\(line)" + "x"
            }
            return ("f\(index).c", lines.joined(separator: index == 2 ? "\r\n" : "\n"))
        }
        .filter { !$0.1.isEmpty }
        let document = try read(files)
        let map = SourceMap(document)
        let text = document.text.utf8
        for (index, file) in files.enumerated() {
            let source = Array(file.1.utf8)
            let part = document.parts[index]
            var line = 1
            for offset in part.source.lowerBound..<part.source.upperBound {
                let location = try #require(map.provenance(of: SourceRange(offset, offset + 1)).first)
                #expect(location.lines == line...line && location.file == part.name)
                // A byte of the gutter is the file's nowhere; every other one is the very byte of the file.
                let bytes = try #require(location.bytes)
                if bytes.count == 1, text[offset] != 0x0A { #expect(source[bytes.lowerBound] == text[offset]) }
                if text[offset] == 0x0A { line += 1 }
            }
        }
    }

    @Test("Documents among sources keep their text without line numbers")
    func mixed() throws {
        let source = try folder.file("a.c", "int a;\n")
        let document = try DocumentReader().read([source, Fixture.path("pandoc.docx")])
        #expect(document.string.contains("pandoc.docx: docx\n") && document.string.contains("\n## Stores\n"))
        #expect(document.provenance(of: "twelve days")?.section == "paragraph 13")
        #expect(document.provenance(of: "int a")?.description == "\(source):1")
    }

    @Test("HTML among sources is source; by itself it is a page")
    func html() throws {
        let page = "<html><body><p>Text</p></body></html>"
        #expect(try read([("a.js", "x"), ("b.html", page)]).string.contains("1  <html><body>"))
        #expect(try read([("b.html", page)]).string == "Text\n")
        #expect(try read([("b.php", page)]).string == page)
    }

    @Test("Prose is joined without line numbers unless they are asked for, and one file stays as it is")
    func choices() throws {
        let files = [("a.txt", "A"), ("b.txt", "B")]
        #expect(try !read(files).string.contains("Contents"))
        #expect(try read(files, .on).string.contains("1  A"))
        #expect(try read([("a.c", "A"), ("b.c", "B")], .off).string.contains("<==\nA"))
        #expect(try read([("a.c", "A")]).string == "A")
    }
}
