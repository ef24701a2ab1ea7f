// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Puts the tables of a PDF in order, whose cells `pdftotext` gives one a line, and not always row by row.
enum PDFTables {
    /// Replaces the text of pages that hold tables and no columns of text.
    ///
    /// - Parameters:
    ///   - pages: the text of every page as `pdftotext` gives it.
    ///   - file: the PDF.
    ///   - scanned: the pages that are read as pictures.
    /// - Returns: a note on the pages that seem to hold tables and stay as they are.
    /// - Throws: `CancellationError`.
    static func mend(_ pages: inout [String], of file: PDFFile, except scanned: Set<Int>) throws -> [String] {
        var unsure: [Int] = []
        var rest = pages.indices.filter { !scanned.contains($0 + 1) && hasShortLines(pages[$0]) }.map { $0 + 1 }[...]
        while let first = rest.first {
            try Task.checkCancellation()
            let batch = rest.prefix { $0 < first + batchLength }
            rest = rest.dropFirst(batch.count)
            // What poppler cannot do a second time within its limits is no fault of the text that is there.
            let words = try? PageWord.read(file, from: first, through: batch.last ?? first)
            for page in batch {
                let index = page - first
                guard let words, words.indices.contains(index), let rows = PageRow.rows(of: words[index]) else {
                    continue
                }
                switch TabularPage.judge(rows) {
                case .noTable: break
                case .unsure: unsure.append(page)
                case .table(let text): pages[page - 1] = text
                }
            }
        }
        guard !unsure.isEmpty else { return [] }
        return ["\(PDFText.list(unsure)): what seems to be a table may have its cells out of order"]
    }

    /// Pages for one run of the program: its output is larger than the text.
    private static let batchLength = 50

    /// Whether a page's text has short lines enough for a table; without them no second look is taken.
    private static func hasShortLines(_ page: String) -> Bool {
        page.split(separator: "\n").count { $0.utf8.count <= 40 } >= 6
    }
}
