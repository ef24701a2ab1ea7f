// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Several source files as one document: a table of contents, then every file under its path with its line numbers, so
/// that an answer can cite `path:line`.
enum Panorama {
    /// Joins documents of one part each.
    static func join(_ documents: [Document]) throws -> Document {
        let counts = documents.map { lineCount($0.text.utf8) }
        let size = documents.reduce(0) { $0 + $1.text.utf8.count + $1.name.utf8.count + 64 }
        var joined = DocumentJoiner(capacity: size + counts.reduce(0) { $0 + 8 * $1 })
        joined.append("Contents: \("file".counted(documents.count)), \("line".counted(counts.reduce(0, +)))\n")
        for (document, count) in zip(documents, counts) {
            joined.append("  \(document.name): \(extent(document, count))\n")
        }
        for (document, count) in zip(documents, counts) {
            joined.separate()
            joined.append("==> \(document.name) (\(extent(document, count))) <==\n")
            joined.append(document, rewritten: numbered(document, count))
        }
        return joined.document(of: documents)
    }

    /// How long a file is, in its own measure: text that was set from a document has no lines to cite.
    private static func extent(_ document: Document, _ count: Int) -> String {
        document.parts[0].format.isVerbatim ? "line".counted(count) : document.parts[0].format.rawValue
    }

    /// The text with a number in front of every line, or nil for text whose lines are not the file's.
    private static func numbered(_ document: Document, _ count: Int) -> (bytes: [UInt8], origin: Origin)? {
        guard document.parts.count == 1, case .lines(var lines) = document.parts[0].origin else { return nil }
        let digits = String(count).utf8.count
        lines.gutter = digits + 2
        let text = document.text.utf8
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count + count * lines.gutter)
        var (start, number) = (0, 1)
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
            let label = String(number).utf8
            bytes.append(contentsOf: repeatElement(0x20, count: digits - label.count))
            bytes += label
            bytes += "  ".utf8
            bytes += text[start..<end]
            (start, number) = (end, number + 1)
        }
        return (bytes, .lines(lines))
    }

    private static func lineCount(_ bytes: [UInt8]) -> Int {
        bytes.count { $0 == 0x0A } + (bytes.last == 0x0A || bytes.isEmpty ? 0 : 1)
    }
}
