// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphDocuments

@Suite("Tables and pictures of PDF pages", .enabled(if: LimitedProgram.find("pdftotext") != nil, "no poppler-utils"))
struct PDFTableTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// One A4 page with texts at places from its lower left corner, and with a grey picture of so many pixels.
    private func page(_ texts: [(x: Int, y: Int, text: String)], picture: (Int, Int) = (1, 1), drawn: [String] = [])
        -> String
    {
        let words = texts.map { "BT /F 10 Tf \($0.x) \($0.y) Td (\($0.text)) Tj ET" }
        let content = (drawn.map { "q \($0) cm /I Do Q" } + words).joined(separator: "\n")
        return """
            %PDF-1.4
            1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
            2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
            3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R
              /Resources << /Font << /F 6 0 R >> /XObject << /I 5 0 R >> >> >> endobj
            4 0 obj << /Length \(content.utf8.count) >> stream
            \(content)
            endstream endobj
            5 0 obj << /Type /XObject /Subtype /Image /Width \(picture.0) /Height \(picture.1)
              /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >> stream
            A
            endstream endobj
            6 0 obj << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> endobj
            trailer << /Size 7 /Root 1 0 R >>
            %%EOF

            """
    }

    private let table = [
        ["Item", "2019", "2020", "2021"], ["Alpha", "1", "", "3"], ["Beta", "", "5", ""], ["Gamma", "", "", "9"],
        ["Delta", "10", "", ""],
    ]

    private func texts(of table: [[String]], x: Int, y: Int) -> [(x: Int, y: Int, text: String)] {
        table.enumerated().flatMap { row, cells in
            cells.enumerated().filter { !$0.element.isEmpty }.map { (x + 60 * $0.offset, y - 18 * row, $0.element) }
        }
    }

    /// Lines of two columns of prose.
    private func columns(_ count: Int, y: Int) -> [(x: Int, y: Int, text: String)] {
        (0..<count).flatMap { line in
            [(50, "left"), (310, "right")].map { x, side in
                (x, y - 12 * line, "\(side) line \(line) of a text that is set in columns")
            }
        }
    }

    @Test("A table keeps its rows, and its empty cells their places")
    func rows() throws {
        let title = (50, 800, "A sentence above the table that is longer than any of its cells")
        let pdf = page([title] + texts(of: table, x: 100, y: 760))
        let document = try DocumentReader().read(folder.file("a.pdf", pdf))
        let expected = """
            | Item | 2019 | 2020 | 2021 |
            | Alpha | 1 |  | 3 |
            | Beta |  | 5 |  |
            | Gamma |  |  | 9 |
            | Delta | 10 |  |  |

            """
        #expect(document.string.hasSuffix(title.2 + "\n\n" + expected), "\(document.string)")
        #expect(document.provenance(of: "Gamma")?.pages == 1...1)
        #expect(document.notes.isEmpty)
    }

    @Test("Columns of text stay in reading order")
    func proseColumns() throws {
        let document = try DocumentReader().read(folder.file("a.pdf", page(columns(30, y: 780))))
        let left = try #require(document.string.firstRange(of: "left line 29"))
        let right = try #require(document.string.firstRange(of: "right line 0"))
        #expect(left.upperBound < right.lowerBound && !document.string.contains("|"))
        #expect(document.notes.isEmpty)
    }

    @Test("A table on a page with columns of text is left alone, with a note")
    func mixed() throws {
        let pdf = page(columns(20, y: 780) + texts(of: table, x: 310, y: 500))
        let document = try DocumentReader().read(folder.file("a.pdf", pdf))
        #expect(!document.string.contains("|") && document.string.contains("right line 0"))
        #expect(document.notes.contains { $0.contains("page 1: what seems to be a table may have its cells out") })
    }

    @Test("Text that begins beside a table and goes on is not read across")
    func textBeside() throws {
        let lines = (0..<30).map { (50, 780 - 18 * $0, "line \($0) of a text in a narrow column") }
        let words = (lines + texts(of: table, x: 310, y: 780)).map { x, y, text in
            PageWord(
                text: text,
                left: Double(x),
                top: Double(842 - y),
                right: Double(x) + 5 * Double(text.count),
                bottom: Double(852 - y)
            )
        }
        #expect(TabularPage.judge(try #require(PageRow.rows(of: words))) == .unsure)
    }

    @Test("Pages with turned letters or text from right to left are left alone")
    func otherDirections() {
        let word = PageWord(text: "a", left: 0, top: 0, right: 10, bottom: 10)
        let turned = PageWord(text: "margin", left: 0, top: 0, right: 10, bottom: 200)
        let hebrew = PageWord(text: "שלום", left: 20, top: 0, right: 40, bottom: 10)
        #expect(PageRow.rows(of: [word, word]) != nil)
        #expect(PageRow.rows(of: [word, word, turned]) == nil && PageRow.rows(of: [word, hebrew]) == nil)
    }

    @Test("A page that is scanned in strips is a scan")
    func strips() throws {
        let strips = (0..<16).map { "595 0 0 53 0 \(842 - 53 * ($0 + 1))" }
        let pdf = page([(280, 10, "Page 1")], picture: (1200, 100), drawn: strips)
        let document = try DocumentReader().read(folder.file("a.pdf", pdf))
        #expect(document.scans.map(\.page) == [1])
    }

    @Test("A stamp on a scan is read, and a note says that the scan was not")
    func stamp() throws {
        let stamp = "Downloaded from https://library.example.org by user 42 on 2024-01-01. Page 1"
        let full = page([(100, 10, stamp)], picture: (1200, 1600), drawn: ["595 0 0 842 0 0"])
        let document = try DocumentReader().read(folder.file("a.pdf", full))
        #expect(document.scans.isEmpty && document.string.contains("by user 42"))
        #expect(document.notes.contains { $0.contains("page 1: a picture covers half of the page or more") })
        let logo = page([(100, 10, stamp)], picture: (1200, 1600), drawn: ["60 0 0 84 0 0"])
        #expect(try DocumentReader().read(folder.file("b.pdf", logo)).notes.isEmpty)
    }
}
