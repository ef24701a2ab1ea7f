// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphDocuments

@Suite("Pictures of PDF pages", .enabled(if: LimitedProgram.find("pdftotext") != nil, "no poppler-utils"))
struct PDFPictureTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// One A4 page with texts at places from its lower left corner, and with a grey picture of so many pixels.
    private func page(_ texts: [(x: Int, y: Int, text: String)], picture: (Int, Int), drawn: [String])
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
