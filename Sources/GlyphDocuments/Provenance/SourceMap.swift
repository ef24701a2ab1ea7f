// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Where a byte of a document is in the file it came from.
public struct SourcePosition: Sendable, Equatable, CustomStringConvertible {
    /// The name of the part.
    public var part: String
    /// The line in that part's text, from 1; `\n`, `\r\n` and a lone `\r` end lines.
    public var line: Int
    /// The column in that line, from 1, counted in code points; line numbers of a panorama do not count.
    public var column: Int

    public var description: String { "\(part):\(line):\(column)" }
}

/// Finds lines and columns for byte offsets; made once for a document and then fast.
public struct SourceMap: Sendable {
    let document: Document
    /// For each part, the number of line ends before every `stride`-th byte of it.
    private let checkpoints: [[Int]]

    private static let stride = 1 << 14

    /// Counts the document's lines, in one pass.
    public init(_ document: Document) {
        self.document = document
        checkpoints = document.text.utf8.withUnsafeBufferPointer { bytes in
            document.parts.map { part in
                var counts: [Int] = []
                var lines = 0
                for start in Swift.stride(from: part.source.lowerBound, to: part.source.upperBound, by: Self.stride) {
                    counts.append(lines)
                    let end = min(start + Self.stride, part.source.upperBound)
                    lines += Self.lineEnds(in: bytes, start..<end, of: part.source)
                }
                return counts
            }
        }
    }

    /// The position of a byte, or nil when it lies outside the document.
    ///
    /// A byte that joins two parts counts as the end of the part before it. The offset just behind the text has a
    /// position, too, so that the end of a range can be looked up.
    public func position(of offset: Int) -> SourcePosition? {
        guard (0...document.text.utf8.count).contains(offset) else { return nil }
        let index = partIndex(of: offset)
        let part = document.parts[index]
        let inside = min(max(offset, part.source.lowerBound), part.source.upperBound)
        let place = place(of: inside, inPart: index)
        var gutter = 0
        if case .lines(let lines) = part.origin { gutter = min(lines.gutter, place.column) }
        let text = document.text.utf8[inside - place.column + gutter..<inside]
        return SourcePosition(part: part.name, line: place.line + 1, column: text.count { $0 & 0xC0 != 0x80 } + 1)
    }

    /// The line of a byte inside of a part, from 0, and the byte's distances from the starts of the part and the line.
    func place(of offset: Int, inPart index: Int) -> Origin.Lines.Place {
        let source = document.parts[index].source
        return document.text.utf8.withUnsafeBufferPointer { bytes in
            let checkpoint = min((offset - source.lowerBound) / Self.stride, checkpoints[index].count - 1)
            let start = source.lowerBound + max(0, checkpoint) * Self.stride
            let before = checkpoint >= 0 ? checkpoints[index][checkpoint] : 0
            var lineStart = offset
            while lineStart > source.lowerBound, !Self.endsLine(bytes, lineStart - 1, of: source) { lineStart -= 1 }
            let line = before + Self.lineEnds(in: bytes, start..<offset, of: source)
            return (line, offset - source.lowerBound, offset - lineStart)
        }
    }

    /// The last part that starts at or before `offset`; the first for what stands above it.
    private func partIndex(of offset: Int) -> Int {
        var (low, high) = (0, document.parts.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if document.parts[middle].source.lowerBound <= offset { low = middle } else { high = middle - 1 }
        }
        return low
    }

    private static func lineEnds(
        in bytes: UnsafeBufferPointer<UInt8>,
        _ range: Range<Int>,
        of part: SourceRange
    ) -> Int {
        range.count { endsLine(bytes, $0, of: part) }
    }

    /// Whether a byte is the last one of a line end.
    private static func endsLine(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, of part: SourceRange) -> Bool {
        if bytes[index] == 0x0A { return true }
        return bytes[index] == 0x0D && !(index + 1 < part.upperBound && bytes[index + 1] == 0x0A)
    }
}
