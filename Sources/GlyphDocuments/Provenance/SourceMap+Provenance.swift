// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

extension SourceMap {
    /// Where a piece of the text comes from: one location for each part that it touches, in order.
    ///
    /// Headers, tables of contents and what else joins parts belong to no file; a range of nothing else gives none.
    /// An empty range stands for the byte at its start.
    public func provenance(of range: SourceRange) -> [Provenance] {
        let low = max(0, range.lowerBound)
        let high = min(max(range.upperBound, low + 1), document.text.utf8.count)
        guard low < high else { return [] }
        return document.parts.indices.drop { document.parts[$0].source.upperBound <= low }
            .prefix { document.parts[$0].source.lowerBound < high }
            .filter { document.parts[$0].source.count > 0 }
            .map { index in
                let source = document.parts[index].source
                return location(index, max(low, source.lowerBound)..<min(high, source.upperBound))
            }
    }

    private func location(_ index: Int, _ range: Range<Int>) -> Provenance {
        let part = document.parts[index]
        switch part.origin {
        case .lines(let lines):
            let first = place(of: range.lowerBound, inPart: index)
            let last = place(of: range.upperBound - 1, inPart: index)
            return Provenance(
                file: part.name,
                lines: first.line + 1...max(first.line, last.line) + 1,
                bytes: lines.bytes(from: first, through: last)
            )
        case .blocks(let blocks):
            let start = part.source.lowerBound
            let touched = blocks.touched(by: range.lowerBound - start..<range.upperBound - start)
            guard let first = touched.first else { return Provenance(file: part.name) }
            let section = first.section
            // Lines of another chapter's file would be wrong under the first one's name.
            let lines = touched.prefix { $0.section == section }.compactMap(\.line)
            let pages = touched.compactMap(\.page)
            return Provenance(
                file: part.name,
                lines: lines.first.map { $0...max($0, lines.max() ?? $0) },
                pages: pages.first.map { $0...max($0, pages.last ?? $0) },
                section: section
            )
        }
    }
}

extension Origin.Lines {
    /// A byte's place in a part: its line from 0, and how far into the line's text it lies.
    typealias Place = (line: Int, offset: Int, column: Int)

    /// The file's bytes from one byte of the text through another; nil where they are not known.
    func bytes(from first: Place, through last: Place) -> SourceRange? {
        if lineStarts.isEmpty {
            guard isExact else { return nil }
            return SourceRange(fileOffset(first), fileOffset(last) + (last.column < gutter ? 0 : 1))
        }
        guard last.line + 1 < lineStarts.count else { return nil }
        let (low, high) = (Int(lineStarts[first.line]), Int(lineStarts[last.line + 1]))
        guard isExact else { return SourceRange(low, high) }
        let end = Int(lineStarts[last.line]) + max(0, last.column + 1 - gutter)
        return SourceRange(low + max(0, first.column - gutter), min(end, high))
    }

    /// Where a byte stands in a file that the text repeats byte for byte.
    private func fileOffset(_ place: Place) -> Int {
        fileOffset + place.offset - gutter * place.line - min(gutter, place.column)
    }
}

extension [Origin.Block] {
    /// The blocks that a range of the part's text touches; text before the first block belongs to it.
    func touched(by range: Range<Int>) -> ArraySlice<Origin.Block> {
        let first = Swift.max(0, sortedIndex { $0.start > range.lowerBound } - 1)
        return self[first...].prefix { $0.start < range.upperBound || $0.start == self[first].start }
    }
}
