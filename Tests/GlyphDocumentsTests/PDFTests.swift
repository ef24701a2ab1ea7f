// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTestSupport
import Testing

@testable import GlyphDocuments

@Suite("PDF", .enabled(if: LimitedProgram.find("pdftotext") != nil, "poppler-utils is not installed"))
struct PDFTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("A PDF by LibreOffice gives its text page by page")
    func text() throws {
        let document = try Fixture.read("text.pdf")
        #expect(document.string.hasPrefix("[page 1]\n\nReport\nThe Lighthouse Report\n"))
        #expect(document.scans.isEmpty && document.parts[0].format == .pdf)
        #expect(document.provenance(of: "40 barrels")?.pages == 1...1)
        #expect(document.provenance(of: "north-west")?.pages == 2...2)
        #expect(document.provenance(of: "north-west")?.description.hasSuffix("text.pdf, page 2") == true)
        let whole = SourceMap(document).provenance(of: SourceRange(0, document.text.utf8.count))
        #expect(whole.map(\.pages) == [1...2])
    }

    @Test("A scanned PDF gives its pages as pictures, the same every time")
    func scan() throws {
        let document = try Fixture.read("scan.pdf")
        #expect(document.text.utf8.isEmpty)
        #expect(document.scans.map(\.page) == [1, 2])
        #expect(document.notes.contains { $0.contains("2 of 2 pages without text") })
        let page = try document.scans[1].encoded(number: 7)
        #expect(page.number == 7)
        // Letter or A4 at 120 dpi.
        #expect((900...1100).contains(page.width) && (1300...1450).contains(page.height))
        #expect(try document.scans[1].encoded(number: 7).png == page.png)
    }

    @Test("The size of a picture is known before it is drawn, also of pages that are cropped and turned")
    func pictureSize() throws {
        func page(_ keys: String) -> String {
            """
            %PDF-1.4
            1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
            2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj
            3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 300.3 401.7] \(keys) /Contents 4 0 R>> endobj
            4 0 obj <</Length 22>> stream
            20 30 100 200 re f    
            endstream endobj
            trailer <</Root 1 0 R>>

            """
        }
        for (name, keys, size) in [
            ("plain", "", (501, 670)), ("turned", "/Rotate 90", (670, 501)), ("upside", "/Rotate 180", (501, 670)),
            ("cropped", "/CropBox [10 20 210 320]", (334, 500)),
            ("both", "/Rotate 270 /CropBox [10 20 210 320]", (500, 334)),
        ] {
            let document = try DocumentReader().read(try folder.file(name + ".pdf", page(keys)))
            let scan = try #require(document.scans.first)
            let drawn = try scan.encoded(number: 1)
            #expect(scan.pixels == (drawn.width, drawn.height), "\(name)")
            #expect(scan.pixels == size, "\(name)")
        }
    }

    @Test("Of a mixed PDF, pages without text become pictures in their place and blank ones go")
    func mixed() throws {
        let document = try Fixture.read("mixed.pdf")
        #expect(document.string.contains("40 barrels"))
        #expect(document.string.hasSuffix("[page 3: see its picture after the text]\n"))
        #expect(document.scans.map(\.page) == [3])
        #expect(document.notes.contains { $0.contains("1 blank page left out") })
        #expect(document.provenance(of: "see its picture")?.pages == 3...3)
    }

    @Test("Encrypted, blank, damaged and empty PDFs are errors that say so")
    func faults() throws {
        #expect(
            Fixture.message(reading: try Fixture.path("encrypted.pdf")).contains(
                "encrypted.pdf: is encrypted with a password"
            )
        )
        #expect(Fixture.message(reading: try Fixture.path("blank.pdf")).contains("nothing but blank pages"))
        let cut = try folder.file("cut.pdf", Array(try Fixture.bytes("text.pdf")[..<200]))
        #expect(Fixture.message(reading: cut).contains("cut.pdf: is damaged or no PDF"))
        #expect(
            try Fixture.message(reading: folder.file("no.pdf", "%PDF-1.7\n")).contains("no.pdf: is damaged or no PDF")
        )
        #expect(try Fixture.message(reading: folder.file("empty.pdf", "")).contains("empty.pdf: is empty"))
    }

    @Test("A PDF whose owner forbids copying opens without a password and is read as poppler allows")
    func restricted() throws {
        let document = try Fixture.read("nocopy.pdf")
        #expect(document.string.contains("40 barrels"))
    }

    @Test("PDFs are known by content, in archives, and with names that look like options")
    func names() throws {
        let bytes = try Fixture.bytes("text.pdf")
        let odd = try folder.file("-opw x.txt", bytes)
        #expect(try DocumentReader().read(odd).string.contains("40 barrels"))
        let pipe = Pipe()
        let writer = Thread {
            try? pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
            try? pipe.fileHandleForWriting.close()
        }
        writer.start()
        let document = try DocumentReader().read(descriptor: pipe.fileHandleForReading.fileDescriptor, name: "pipe")
        #expect(document.string.contains("40 barrels"))
    }

    @Test("More pages than allowed are refused")
    func pageLimit() throws {
        var options = ReadingOptions()
        options.limits.pages = 1
        #expect(Fixture.message(reading: try Fixture.path("text.pdf"), options).contains("text.pdf: has 2 pages"))
    }

    @Test("Pages of letters without a meaning count as having no text")
    func garbled() {
        #expect(PDFText.isGarbled("\u{E001}\u{E002} \u{FFFD}a"))
        #expect(!PDFText.isGarbled("plain text \u{E002} with one odd sign") && !PDFText.isGarbled(""))
    }

    @Test("A page without text that is larger than can be drawn is refused", arguments: [6, 13, 31])
    func enormousPage(digits: Int) throws {
        let pdf = TestPDF.picture(side: String(repeating: "9", count: digits))
        let message = try Fixture.message(reading: folder.file("large.pdf", pdf))
        #expect(message.contains("large.pdf: page 1") && message.contains("294912"), "\(message)")
    }

    @Test("Large pages are drawn with fewer pixels an inch")
    func resolution() {
        #expect(ScannedPage.resolution(asked: 120, width: 595, height: 842) == 120)
        #expect(ScannedPage.resolution(asked: 300, width: 595, height: 842) == 240)
        #expect(ScannedPage.resolution(asked: 120, width: 2384, height: 3370) == 59)
        #expect(ScannedPage.resolution(asked: 120, width: 100, height: 14_400) == 20)
        #expect(ScannedPage.resolution(asked: 120, width: 0, height: 0) == 120)
    }
}

@Suite("Programs with limits")
struct LimitedProgramTests {
    private func program(_ name: String, seconds: Int = 10, output: Int = 1000) -> LimitedProgram {
        var limits = DocumentLimits()
        limits.programSeconds = seconds
        return LimitedProgram(name: name, package: "coreutils", limits: limits, outputLimit: output)
    }

    @Test("Output, messages and status come back")
    func outcome() throws {
        let outcome = try program("sh").run(["-c", "echo out; echo err >&2; exit 3"], on: "x")
        #expect(outcome.output == Array("out\n".utf8) && outcome.message == "err" && outcome.status == 3)
        #expect(try program("sh").run(["-c", "kill -SEGV $$"], on: "x").status == 128 + 11)
    }

    @Test("A program that never ends is ended")
    func endless() throws {
        let error = #expect(throws: InputError.self) { try program("sleep", seconds: 1).run(["600"], on: "slow.pdf") }
        #expect(error?.description.contains("slow.pdf: keeps sleep busy for more than 1 seconds") == true)
        #expect(throws: InputError.self) { try program("sh", seconds: 1).run(["-c", "while :; do :; done"], on: "x") }
        #expect(throws: InputError.self) {
            try program("sh", seconds: 1).run(["-c", "exec >&- 2>&-; exec sleep 600"], on: "x")
        }
    }

    @Test("Endless output is cut off and memory is bounded")
    func bounds() throws {
        let error = #expect(throws: InputError.self) { try program("yes").run([], on: "long.pdf") }
        #expect(error?.description.contains("long.pdf: makes yes write more than 1000 bytes") == true)
        #if os(Linux)
            var small = program("sh")
            var limits = small.limits
            limits.programMemory = 64 << 20
            small = LimitedProgram(name: "sh", package: "dash", limits: limits)
            #expect(
                try small.run(["-c", "ulimit -v; ulimit -f; ulimit -c"], on: "x").output == Array("65536\n0\n0\n".utf8)
            )
        #endif
    }

    @Test("Nothing of the surroundings is handed on, and files cannot be written")
    func isolation() throws {
        setenv("GLYPH_TEST_SECRET", "secret", 1)
        let outcome = try program("env").run([], on: "x")
        #expect(!String(decoding: outcome.output, as: UTF8.self).contains("secret"))
        let folder = try TemporaryFolder()
        #expect(try program("sh").run(["-c", "echo x > '\(folder.path)/f'"], on: "x").status != 0)
    }

    @Test("A program that is not installed is an error that says how to get it")
    func missing() {
        let error = #expect(throws: InputError.self) { try program("no-such-program").run([], on: "a.pdf") }
        #expect(error?.description.contains("apt-get install coreutils") == true)
    }
}
