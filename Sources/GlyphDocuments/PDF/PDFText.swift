// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The text of a PDF page by page, and which pages have to be read as pictures.
struct PDFText {
    var text = TextBuilder()
    var scans: [ScannedPage] = []
    var notes: [String] = []

    /// Reads a PDF.
    ///
    /// - Parameters:
    ///   - file: the PDF.
    ///   - scanDPI: the resolution of pages that are read as pictures.
    /// - Returns: the text, the pages without one, and notes.
    /// - Throws: `InputError` for a PDF that is damaged, encrypted, blank or beyond the limits.
    static func read(_ file: PDFFile, scanDPI: Int) throws -> PDFText {
        let facts = try PDFFacts(file)
        let output = try file.run("pdftotext", ["-enc", "UTF-8", "-eol", "unix"])
        var pages = split(output, count: facts.pageCount)
        for index in pages.indices where isGarbled(pages[index]) { pages[index] = "" }
        let ink = pages.map(inkCount)
        let short = pages.indices.filter { ink[$0] < longText }.map { $0 + 1 }
        let sparse = short.filter { ink[$0 - 1] < 40 }
        let pictures = try PagePictures(file, among: short, facts)
        let empty = sparse.filter { ink[$0 - 1] == 0 }
        let blank = try blankPages(file, among: empty.filter { !pictures.couldHoldText($0) })
        let scanned = Set(sparse.filter(pictures.isScan)).union(empty).subtracting(blank)
        var result = PDFText()
        result.noteCovered(short.filter { ink[$0 - 1] >= 40 && pictures.covers($0) })
        let isOnlyPictures = scanned.count + blank.count == pages.count && ink.allSatisfy { $0 == 0 }
        for (index, page) in pages.enumerated() where !blank.contains(index + 1) {
            let number = index + 1
            if scanned.contains(number) {
                let size = facts.size(of: number)
                guard max(size.width, size.height) <= Double(ScannedPage.mostPoints) else {
                    throw InputError(
                        at: "\(file.name): page \(number)",
                        "is \(size.width) × \(size.height) points large and has no text",
                        expected: "at most \(ScannedPage.mostPoints) points a side"
                    )
                }
                let dpi = ScannedPage.resolution(asked: scanDPI, width: size.width, height: size.height)
                result.scans.append(
                    ScannedPage(
                        file: file.name,
                        page: number,
                        offset: result.text.bytes.count,
                        dpi: dpi,
                        size: size,
                        source: file
                    )
                )
                if isOnlyPictures { continue }
                result.text.add("[page \(number): see its picture after the text]", page: number)
            } else {
                result.text.add("[page \(number)]", page: number)
            }
            result.text.add(page.trimmedLines, .apart, page: number)
        }
        result.text.finish()
        try result.describe(file, blank: blank.count, of: pages.count)
        return result
    }

    /// Characters of a page that is more than a stamp on a scan or the title of a picture.
    private static let longText = 300

    /// Says which pages may hold more than their letters: a stamp on a scan is all that is read of it.
    private mutating func noteCovered(_ pages: [Int]) {
        guard !pages.isEmpty else { return }
        let list = Self.list(pages)
        notes.append("\(list): a picture covers half of the page or more and was not read; its text was")
    }

    /// Some pages by their numbers.
    static func list(_ pages: [Int]) -> String {
        let shown = pages.prefix(5).map(String.init).joined(separator: ", ")
        return (pages.count == 1 ? "page " : "pages ") + shown
            + (pages.count > 5 ? " and \(pages.count - 5) more" : "")
    }

    private mutating func describe(_ file: PDFFile, blank: Int, of count: Int) throws {
        guard blank < count else {
            throw InputError(at: file.name, "has nothing but blank pages", expected: "a PDF with text or pictures")
        }
        if !scans.isEmpty {
            let dpi = Set(scans.map(\.dpi)).sorted().map(String.init).joined(separator: ", ")
            notes.append("\(scans.count) of \("page".counted(count)) without text, passed on as pictures of \(dpi) dpi")
        }
        if blank > 0 { notes.append("\("blank page".counted(blank)) left out") }
    }

    /// Cuts at form feeds, which end every page.
    private static func split(_ output: [UInt8], count: Int) -> [String] {
        let text = String(decoding: output.filter { $0 != 0 }, as: UTF8.self)
        var pages = text.split(separator: "\u{0C}", omittingEmptySubsequences: false).map(String.init)
        while pages.count > count, pages.last?.allSatisfy(\.isWhitespace) == true { pages.removeLast() }
        while pages.count < count { pages.append("") }
        return pages
    }

    private static func inkCount(_ page: String) -> Int {
        page.unicodeScalars.count { !$0.properties.isWhitespace }
    }

    /// Whether a page's letters have no meaning: fonts without a table of characters give private or control codes.
    static func isGarbled(_ page: String) -> Bool {
        var (strange, all) = (0, 0)
        for scalar in page.unicodeScalars where !scalar.properties.isWhitespace {
            all += 1
            switch scalar.properties.generalCategory {
            case .privateUse, .control, .unassigned: strange += 1
            default: if scalar == "\u{FFFD}" { strange += 1 }
            }
        }
        return strange * 10 > all * 3
    }

    /// The pages without a mark on them, by a look at a few pixels.
    private static func blankPages(_ file: PDFFile, among pages: [Int]) throws -> Set<Int> {
        var blank: Set<Int> = []
        var rest = pages[...]
        while let first = rest.first {
            // Pages in a row are drawn in one go, but not so many that the program's time runs out.
            let run = rest.prefix(50).enumerated().prefix { $0.element == first + $0.offset }.map(\.element)
            rest = rest.dropFirst(run.count)
            let options = ["-gray", "-cropbox", "-r", "24", "-f", "\(first)", "-l", "\(first + run.count - 1)"]
            var pictures = GreyMapReader(bytes: try file.run("pdftoppm", options))
            for page in run {
                guard let isBlank = pictures.nextIsUniform() else { break }
                if isBlank { blank.insert(page) }
            }
        }
        return blank
    }
}

/// Goes through grey pictures in netpbm's binary format (P5), one after another.
private struct GreyMapReader {
    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Whether all pixels of the next picture are the same; nil when there is no picture left.
    mutating func nextIsUniform() -> Bool? {
        guard word() == "P5", let width = word().flatMap({ Int($0) }), let height = word().flatMap({ Int($0) }),
            word() != nil, width > 0, height > 0, bytes.count - index >= width * height
        else { return nil }
        let pixels = bytes[index..<index + width * height]
        index += width * height
        return pixels.allSatisfy { $0 == pixels[pixels.startIndex] }
    }

    private mutating func word() -> String? {
        while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
        let start = index
        while index < bytes.count, bytes[index] > 0x20 { index += 1 }
        guard start < index else { return nil }
        defer { index += 1 }  // exactly one white space ends the header
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }
}
