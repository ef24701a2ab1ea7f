// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Finds where in files the bytes of a document come from; made once for a document and then fast.
///
/// `\n`, `\r\n` and a lone `\r` end lines.
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

    /// The line of a byte inside of a part, from 0, and the byte's distances from the starts of the part and the line.
    func place(of offset: Int, inPart index: Int) -> Origin.Lines.Place {
        let source = document.parts[index].source
        return document.text.utf8.withUnsafeBufferPointer { bytes in
            let checkpoint = (offset - source.lowerBound) / Self.stride
            let start = source.lowerBound + checkpoint * Self.stride
            var lineStart = offset
            while lineStart > source.lowerBound, !Self.endsLine(bytes, lineStart - 1, of: source) { lineStart -= 1 }
            let line = checkpoints[index][checkpoint] + Self.lineEnds(in: bytes, start..<offset, of: source)
            return (line, offset - source.lowerBound, offset - lineStart)
        }
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
