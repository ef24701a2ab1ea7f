// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What `pdfinfo` says of a PDF.
struct PDFFacts {
    var pageCount: Int
    /// The sizes of the pages that `pdfinfo` knows.
    private var sizes: [Int: (width: Double, height: Double)] = [:]

    init(_ file: PDFFile) throws {
        let info = String(decoding: try file.run("pdfinfo", ["-f", "1", "-l", "\(file.limits.pages)"]), as: UTF8.self)
        pageCount = 0
        for line in info.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("Pages:") { pageCount = Int(line.dropFirst(6).trimmed) ?? 0 }
            // Page    1 size: 595.304 x 841.89 pts (A4)
            let words = line.split(separator: " ")
            if words.count > 5, words[0] == "Page", words[2] == "size:", let page = Int(words[1]),
                let width = Double(words[3]), let height = Double(words[5])
            {
                sizes[page] = (width, height)
            }
            // Page    1 rot:  90
            if words.count > 3, words[0] == "Page", words[2] == "rot:", let page = Int(words[1]),
                let turn = Int(words[3]), turn % 180 != 0, let size = sizes[page]
            {
                sizes[page] = (size.height, size.width)
            }
        }
        guard pageCount > 0 else {
            throw InputError(at: file.name, "has no pages", expected: "a PDF of at least one page")
        }
        guard pageCount <= file.limits.pages else {
            throw InputError(
                at: file.name,
                "has \(pageCount) pages",
                expected: "at most \(file.limits.pages)",
                remedy: "Split it, for example with qpdf --split-pages"
            )
        }
    }

    /// A page's size in points as it is shown, cropped and turned; A4 where it is unknown.
    func size(of page: Int) -> (width: Double, height: Double) { sizes[page] ?? (595, 842) }
}
