// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// How much of their pages a PDF's pictures take up, summed for each page: scanners cut a page into strips.
struct PagePictures {
    /// The pixels of a page's pictures.
    private var pixels: [Int: Double] = [:]
    /// The part of the page that its pictures cover, overlaps counted twice.
    private var coverage: [Int: Double] = [:]

    /// The pictures of some pages, in order, and of those between them.
    init(_ file: PDFFile, among pages: [Int], _ facts: PDFFacts) throws {
        for run in Self.runs(pages) {
            let list = try file.run("pdfimages", ["-list", "-f", "\(run.lowerBound)", "-l", "\(run.upperBound)"])
            for line in String(decoding: list, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst(2) {
                add(line, facts)
            }
        }
    }

    /// Pages near each other together: starting the program takes as long as some pages.
    private static func runs(_ pages: [Int]) -> [ClosedRange<Int>] {
        var runs: [ClosedRange<Int>] = []
        for page in pages {
            if let last = runs.last, page - last.upperBound <= 8 {
                runs[runs.count - 1] = last.lowerBound...page
            } else {
                runs.append(page...page)
            }
        }
        return runs
    }

    /// Takes one line of the list into account.
    ///
    /// `page num type width height color comp bpc enc interp object ID x-ppi y-ppi size ratio`, where a picture in the
    /// page's own stream has one word for object and ID.
    private mutating func add(_ line: Substring, _ facts: PDFFacts) {
        let words = line.split(separator: " ")
        // Masks belong to a picture that is listed, too.
        guard words.count > 4, words[2] == "image" || words[2] == "stencil", let page = Int(words[0]),
            let width = Double(words[3]), let height = Double(words[4])
        else { return }
        pixels[page, default: 0] += width * height
        guard words.count > 13, let across = Double(words[words.count - 4]), let down = Double(words[words.count - 3]),
            across > 0,
            down > 0
        else { return }
        let size = facts.size(of: page)
        let area = size.width * size.height / (72 * 72)
        if area > 0 { coverage[page, default: 0] += width / across * (height / down) / area }
    }

    /// Whether a page of hardly any text is a scan: its pictures could hold a text, or cover half of it.
    func isScan(_ page: Int) -> Bool { couldHoldText(page) || covers(page) }

    /// Whether there are pixels enough for some lines of text.
    func couldHoldText(_ page: Int) -> Bool { pixels[page, default: 0] >= 300 * 300 }

    /// Whether pictures cover half of a page or more.
    func covers(_ page: Int) -> Bool { coverage[page, default: 0] >= 0.5 }
}
