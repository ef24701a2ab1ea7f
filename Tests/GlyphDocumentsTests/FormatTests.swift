// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphDocuments

@Suite("Formats")
struct FormatTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let report = """
        # The Lighthouse Report

        The keeper of the lighthouse wrote this in 1904.[^1]

        ## Stores

        1. Oil, 40 barrels
        2. Rope
          a. hemp
          b. wire
        3. Flour
        - a lamp
        - a spare lamp
          - with a glass

        | Month | Ships | Wrecks |
        | May | 31 | 0 |
        | June | 28 | 1 |

        ## Weather

        The wind was from the north-west for twelve days; see log.txt.

        > Fog is worse than wind.

        [^1]: Copied in 1950 from the original.

        """

    @Test("A DOCX by pandoc gives headings, lists, the table and the footnote in order")
    func pandoc() throws {
        let document = try Fixture.read("pandoc.docx")
        #expect(document.string == Self.report)
        #expect(document.parts[0].format == .docx)
        #expect(document.provenance(of: "twelve days")?.section == "paragraph 13")
        #expect(document.provenance(of: "1950")?.section == "note 1")
    }

    @Test("A DOCX by LibreOffice of the same report gives the same text, but for its own title and notes")
    func libreOffice() throws {
        let wanted =
            "# x\n\n"
            + Self.report.replacing(
                "[^1]: Copied in 1950 from the original.",
                with: "1. Copied in 1950 from the original.↩︎"
            )
            .replacing("1904.[^1]", with: "1904.1")
        #expect(try Fixture.read("libreoffice.docx").string == wanted)
    }

    @Test("Inserted text stays and deleted text goes; text boxes come once; merged cells are said once")
    func changes() throws {
        let document = try Fixture.read("changes.docx")
        #expect(
            document.string
                == "Kept inserted\tafter a tab\nnext line\n\nboxed\n\naround\n\n| a\\|b | both rows |\n| c |  |\n\nend\n"
        )
    }

    @Test("Labels of lists count as Word counts them")
    func numerals() {
        let formats = ["decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman", "decimalZero"]
        #expect(formats.map { WordNumbering.numeral(4, $0) } == ["4", "d", "D", "iv", "IV", "04"])
        #expect(formats.map { WordNumbering.numeral(28, $0) } == ["28", "bb", "BB", "xxviii", "XXVIII", "28"])
        #expect(WordNumbering.numeral(1994, "upperRoman") == "MCMXCIV")
        #expect(WordNumbering.numeral(0, "lowerLetter") == "0" && WordNumbering.numeral(-3, "upperRoman") == "-3")
    }

    @Test("A DOCX cut anywhere is an error that names it, never a trap or half a text")
    func truncatedWord() throws {
        let whole = try Fixture.bytes("pandoc.docx")
        for length in stride(from: 4, to: whole.count, by: 211) {
            let path = try folder.file("cut.docx", Array(whole[..<length]))
            let message = Fixture.message(reading: path)
            #expect(message.contains("cut.docx"), "\(length) bytes")
        }
    }

    @Test("A DOCX with any byte changed is read or refused, never a trap")
    func damagedWord() throws {
        let whole = try Fixture.bytes("changes.docx")
        for index in stride(from: 0, to: whole.count, by: 7) {
            var bytes = whole
            bytes[index] ^= 0x55
            let message = try Fixture.message(reading: folder.file("bad.docx", bytes))
            #expect(message.isEmpty || message.contains("bad.docx"))
        }
    }

    @Test("An EPUB gives its chapters in the order of the spine, with chapter and line as location")
    func book() throws {
        let document = try Fixture.read("book.epub")
        #expect(
            document.string
                == """
                # The Small Book

                A. Writer

                # First chapter

                It begins at sea — with fog & wind.

                # Second chapter

                It goes on in the harbour.

                ## A section

                With a list:

                - one
                - two

                # Third chapter

                It ends on land.

                """
        )
        #expect(document.provenance(of: "ends on land")?.section == "EPUB/text/ch003.xhtml")
        #expect(document.provenance(of: "harbour")?.description.hasSuffix("EPUB/text/ch002.xhtml:21") == true)
    }

    @Test("An EPUB with an encrypted chapter is refused")
    func lockedBook() throws {
        let message = Fixture.message(reading: try Fixture.path("locked.epub"))
        #expect(message.contains("locked.epub: is encrypted (EPUB/text/ch002.xhtml)"))
    }

    @Test("HTML gives readable text: no scripts, styles or hidden parts; entities, lists and tables as they look")
    func html() throws {
        let document = try Fixture.read("page.html")
        #expect(
            document.string
                == """
                # Tides & currents

                The tide rises and falls twice a day: 3 < 4 — always.
                A second line.

                ## Table

                Heights

                | Place | Metres |
                | Dover | 6.8 mean |
                | Kiel | 0.1 |

                3. third
                4. fourth
                  - inner

                neap

                  the smallest tide

                > Time and tide wait for no man.

                for tide in tides:
                    print(tide)

                [A buoy]

                Last 中文 words.

                """
        )
        #expect(document.provenance(of: "second line")?.lines == 6...6)
        #expect(document.provenance(of: "Kiel")?.lines == 10...10)
    }

    @Test(
        "Broken HTML is still text",
        arguments: ["<html><p>a<p>b</i></div>", "<html><table><td>a<p>b", "<html>a<b>b<!-- x"]
    )
    func brokenHTML(page: String) throws {
        let text = try DocumentReader().read(folder.file("a.html", page)).string
        #expect(text.contains("a") && text.contains("b"))
    }

    @Test("HTML that the parser cannot read to its end is refused, not cut off")
    func endlessHTML() throws {
        let deep = "<p>before</p>" + String(repeating: "<div>", count: 300) + "<p>after</p>"
        let deepMessage = try Fixture.message(reading: folder.file("deep.html", "<html>\(deep)"))
        #expect(deepMessage.contains("deep.html") && deepMessage.contains("more than 256 deep"))
        let long = "<html><pre>\(String(repeating: "x", count: 10_000_001))</pre><p>after"
        let longMessage = try Fixture.message(reading: folder.file("long.html", long))
        #expect(longMessage.contains("long.html") && longMessage.contains("10,000,000 bytes"))
    }

    @Test("Old pages that never close their fonts are read to the end")
    func openFonts() throws {
        let lines = (0..<1000).map { "<p><FONT size=2 color=red><b>Line \($0) of it, <i>and more\n" }
        let page = "<html>" + lines.joined() + "<p><u>an</u>d the end. 1 < 2"
        let document = try DocumentReader().read(folder.file("old.html", page))
        #expect(document.string.hasPrefix("Line 0 of it, and more\n\nLine 1 of it, and more\n"))
        #expect(document.string.contains("Line 999 of it, and more\n\nand the end. 1 < 2"))
        #expect(document.provenance(of: "Line 999")?.lines == 1000...1000)
        let hiding = try Fixture.message(reading: folder.file("hide.html", page + "<b style='display:none'>secret"))
        #expect(hiding.contains("more than 256 deep"), "what is hidden cannot be told apart then")
    }

    @Test("Lists may begin anywhere, and with what no number can hold they begin with 1")
    func listStarts() throws {
        func items(from start: String) throws -> String {
            let page = "<html><ol start=\"\(start)\"><li>a</li><li>b</li></ol>"
            return try DocumentReader().read(folder.file("list.html", page)).string
        }
        #expect(try items(from: "-1") == "-1. a\n0. b\n")
        #expect(try items(from: "2147483647") == "2147483647. a\n2147483648. b\n")
        #expect(try items(from: "9223372036854775807") == "1. a\n2. b\n")
        #expect(try items(from: "-9223372036854775808") == "1. a\n2. b\n")
    }

    @Test("Numbers of lists in Word that no list has end in a label, not in a trap or a long wait")
    func hostileNumbering() throws {
        let level = "9223372036854775806"
        let xml = """
            <w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="\(level)">
            <w:start w:val="-9223372036854775808"/><w:lvlText w:val="%9)"/></w:lvl></w:abstractNum>
            <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>
            """
        var numbering = try WordNumbering(Array(xml.utf8), name: "a.docx")
        let reference = WordNumbering.Reference(list: "1", level: WordNumbering.Reference.level(level))
        #expect(reference.level == 8 && WordNumbering.Reference.level("-1") == 0)
        #expect(numbering.label(for: reference) == "1)")
        #expect(numbering.label(for: reference) == "2)")
    }

    @Test("Deep nesting of elements ends in text or an error, not in an exhausted stack")
    func deepHTML() throws {
        let page = "<html>" + String(repeating: "<div><table><tr><td>", count: 20_000) + "x"
        let message = try Fixture.message(reading: folder.file("deep.html", page))
        #expect(message.isEmpty || message.contains("deep.html"))
    }

    @Test("A notebook gives cells in order with their outputs, and says what is not text")
    func notebook() throws {
        let document = try Fixture.read("notebook.ipynb")
        let text = document.string
        #expect(
            text.hasPrefix("[cell 1: markdown]\n\n# Tides\n\nHow high is the water?\n\n[cell 2: code]\n\n```python\n")
        )
        #expect(
            text.contains("max(heights)\n```\n\n[output]\nmean 3.4499999999999997\n\n[output]\n6.8\n\n[cell 3: raw]")
        )
        #expect(text.hasSuffix("ZeroDivisionError: division by zero\n") && !text.contains("\u{1B}"))
        #expect(document.provenance(of: "division by zero")?.section == "cell 5")
        #expect(document.parts[0].format == .notebook)
    }

    @Test("A notebook is known by its content; a damaged one is an error with the byte")
    func notebookByContent() throws {
        let bytes = try Fixture.bytes("notebook.ipynb")
        #expect(try DocumentReader().read(folder.file("book.json", bytes)).parts[0].format == .notebook)
        let cut = try folder.file("cut.ipynb", Array(bytes.dropLast(40)))
        #expect(Fixture.message(reading: cut).contains("cut.ipynb: byte "))
        let old = try folder.file("old.ipynb", "{\"worksheets\": [], \"nbformat\": 3}")
        #expect(Fixture.message(reading: old).contains("old.ipynb: is no notebook of format 4"))
    }

    @Test("Documents that are not read say what they are and what to do")
    func unsupported() throws {
        #expect(Fixture.message(reading: try Fixture.path("libreoffice.odt")).contains("OpenDocument file"))
        #expect(Fixture.message(reading: try Fixture.path("workbook.xlsx")).contains("Save its sheets as CSV"))
        #expect(try Fixture.message(reading: folder.file("a.rtf", "{\\rtf1 x}")).contains("RTF"))
    }

    @Test("JSON and CSV stay as they are")
    func verbatim() throws {
        for (name, text, format) in [("a.json", "{\"a\": [1,2]}", FileFormat.json), ("b.csv", "a,b\n1,2\n", .table)] {
            let document = try DocumentReader().read(folder.file(name, text))
            #expect(document.string == text && document.parts[0].format == format)
        }
    }
}
