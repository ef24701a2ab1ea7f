// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphDocuments

@Suite("Books")
struct BookTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func page(_ body: String, encoding: String = "utf-8") -> String {
        "<?xml version=\"1.0\" encoding=\"\(encoding)\"?><!DOCTYPE html>"
            + "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title/></head><body>\(body)</body></html>"
    }

    /// A book of chapters that the manifest gives one type, but for those with another; its spine names one too many.
    private func book(
        _ chapters: [StoredZip.Entry],
        types: [String: String] = [:],
        _ options: ReadingOptions = ReadingOptions()
    ) throws -> Document {
        let container = "<container><rootfiles><rootfile full-path=\"O/book.package\"/></rootfiles></container>"
        let items = chapters.map { chapter in
            let type = types[chapter.name] ?? "application/xhtml+xml"
            return "<item id=\"\(chapter.name)\" href=\"\(chapter.name)\" media-type=\"\(type)\"/>"
        }
        let spine = chapters.map { "<itemref idref=\"\($0.name)\"/>" } + ["<itemref idref=\"z\"/>"]
        let package = "<package><manifest>\(items.joined())</manifest><spine>\(spine.joined())</spine></package>"
        var entries = [
            StoredZip.Entry("mimetype", "application/epub+zip"),
            StoredZip.Entry("META-INF/container.xml", container),
            StoredZip.Entry("O/book.package", package),
        ]
        entries += chapters.map { StoredZip.Entry("O/\($0.name)", $0.content) }
        return try DocumentReader(options: options).read(folder.file("b.epub", StoredZip.bytes(entries)))
    }

    @Test("Chapters are what the manifest says they are, whatever their names end in")
    func chapters() throws {
        let document = try book(
            [
                StoredZip.Entry("noext", Self.page("<p>One")),
                StoredZip.Entry("c.XHT", Self.page("<p>Two")),
                StoredZip.Entry("p.svg", "<svg/>"),
                StoredZip.Entry("d.html", Self.page("<p>Three")),
            ],
            types: ["p.svg": "image/svg+xml"]
        )
        #expect(document.string == "One\n\nTwo\n\nThree\n")
        #expect(document.notes.count == 2)
        let drawing = "not read: the chapter O/p.svg, which is no text (image/svg+xml)"
        #expect(document.notes.contains { $0.hasSuffix(drawing) })
        #expect(document.notes.contains { $0.hasSuffix("the chapter \"z\" of the spine is not in the book") })
    }

    @Test("CDATA is text, with what looks like mark-up in it")
    func characterData() throws {
        let body = "<p>x <![CDATA[a < b && <i>c</i>]]> y</p>\n<p>z <![CDATA[]]]]></p>"
        let document = try book([StoredZip.Entry("a.xhtml", Self.page(body))])
        #expect(document.string == "x a < b && <i>c</i> y\n\nz ]]\n")
        #expect(document.provenance(of: "z ]]")?.lines == 2...2)
        let endless = Array("a <![CDATA[<b>]]> <![CDATA[ ]] >".utf8)
        #expect(CDATASections.escaped(in: endless) == Array("a &lt;b&gt; <![CDATA[ ]] >".utf8))
    }

    @Test("A chapter's own encoding is read, and where it says none the one that the person names")
    func encodings() throws {
        let russian: [UInt8] = [0xEF, 0xF0, 0xE8, 0xE2, 0xE5, 0xF2]
        func chapter(_ page: String) -> StoredZip.Entry {
            // The end of the page is left out.
            StoredZip.Entry("a.xhtml", Array(page.utf8.dropLast(14)) + russian)
        }
        let declared = chapter(Self.page("", encoding: "windows-1251"))
        #expect(try book([declared]).string == "привет\n")
        var options = ReadingOptions()
        options.encoding = "windows-1251"
        let document = try book([StoredZip.Entry("u.xhtml", Self.page("<p>да")), chapter(Self.page(""))], options)
        #expect(document.string == "да\n\nпривет\n")
        #expect(document.notes.contains { $0.hasSuffix("1 chapter converted from windows-1251") })
    }
}
