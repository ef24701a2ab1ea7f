// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A word of a PDF page and where it stands, in points from the page's upper left corner.
struct PageWord {
    var text: String
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    var height: Double { bottom - top }
    var middle: Double { (top + bottom) / 2 }

    /// The words of pages in a row, for each page, as poppler finds them.
    static func read(_ file: PDFFile, from first: Int, through last: Int) throws -> [[PageWord]] {
        let options = ["-bbox", "-enc", "UTF-8", "-eol", "unix", "-f", "\(first)", "-l", "\(last)"]
        let output = try file.run("pdftotext", options)
        var pages: [[PageWord]] = []
        for line in String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " }
            if line.hasPrefix("<page ") {
                pages.append([])
            } else if line.hasPrefix("<word "), !pages.isEmpty, let word = PageWord(line) {
                pages[pages.count - 1].append(word)
            }
        }
        return pages
    }

    init(text: String, left: Double, top: Double, right: Double, bottom: Double) {
        (self.text, self.left, self.top, self.right, self.bottom) = (text, left, top, right, bottom)
    }

    /// Parses `<word xMin="1" yMin="2" xMax="3" yMax="4">text</word>`; quotation marks in the text are entities.
    private init?(_ line: Substring) {
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count == 9, let left = Double(parts[1]), let top = Double(parts[3]), let right = Double(parts[5]),
            let bottom = Double(parts[7]), [left, top, right, bottom].allSatisfy({ abs($0) < 1e6 }), right >= left,
            bottom > top, parts[8].hasPrefix(">"), parts[8].hasSuffix("</word>")
        else { return nil }
        var text = String(parts[8].dropFirst().dropLast("</word>".count))
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        where text.contains("&") {
            text = text.replacing(entity, with: character)
        }
        self.init(text: text, left: left, top: top, right: right, bottom: bottom)
    }
}
