// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// One paragraph's characters after reportlab's cleaning and parsing, with the byte each came from.
///
/// The official renderer joins 30 source lines into one paragraph. reportlab then squeezes white space, and its
/// HTML parser starts a new *fragment* at every entity and tag; fragments matter because widths are summed within
/// one. Every array has one entry a character.
struct OfficialText {
    var scalars: [UInt32] = []
    /// The byte offset of each character in the document.
    var offsets: [Int] = []
    /// The fragment each character belongs to.
    var fragmentOf: [Int32] = []
    var fragments: [Fragment] = []
    /// Characters that stand for another number of bytes than their own UTF-8 has, in order: what white space became.
    private var replacements: [(index: Int32, length: Int32)] = []
    /// Characters the official renderer deletes (U+00AD, U+200B).
    var dropped = 0

    struct Fragment {
        /// The character range within the paragraph.
        var start: Int
        var end: Int
        /// An index into the page's palette.
        var color: UInt16
        var isLineBreak: Bool
        var hasNoBreakSpace = false
    }

    // White space seen but not yet written: reportlab keeps one space between two other characters.
    private var pendingSpace: (offset: Int, length: Int)?
    private var isInsideText = false
    private var isAtStart = true

    mutating func append(_ scalar: UInt32, at offset: Int) {
        flushSpace()
        write(scalar, at: offset, color: 0)
    }

    /// A stretch of ASCII that needs no care: no mark-up characters, no white space but single inner spaces.
    mutating func appendPlain(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        flushSpace()
        if !isInsideText {
            fragments.append(Fragment(start: scalars.count, end: scalars.count, color: 0, isLineBreak: false))
            isInsideText = true
        }
        isAtStart = false
        let fragment = Int32(truncatingIfNeeded: fragments.count - 1)
        // Room first and then values, which the compiler makes vector instructions of.
        let count = scalars.count
        scalars.append(contentsOf: repeatElement(0, count: range.count))
        scalars.withUnsafeMutableBufferPointer { scalars in
            for index in 0..<range.count { scalars[count + index] = UInt32(bytes[range.lowerBound + index]) }
        }
        offsets.append(contentsOf: range)
        fragmentOf.append(contentsOf: repeatElement(fragment, count: range.count))
        fragments[fragments.count - 1].end = scalars.count
    }

    /// The byte behind a character in the document.
    func end(of index: Int) -> Int {
        let wanted = Int32(truncatingIfNeeded: index)
        var (low, high) = (0, replacements.count)
        while low < high {
            let middle = (low + high) / 2
            if replacements[middle].index < wanted { low = middle + 1 } else { high = middle }
        }
        if low < replacements.count, replacements[low].index == wanted {
            return offsets[index] + Int(replacements[low].length)
        }
        return offsets[index] + UTF8Sequence.length(of: scalars[index])
    }

    /// Makes room for the characters of a paragraph.
    mutating func reserve(_ count: Int) {
        scalars.reserveCapacity(count)
        offsets.reserveCapacity(count)
        fragmentOf.reserveCapacity(count)
    }

    /// A character that reached reportlab as an entity and so stands in a fragment of its own.
    mutating func appendEntity(_ scalar: UInt32, at offset: Int) {
        flushSpace()
        isInsideText = false
        replace(at: offset, by: scalar, color: 0)
        isInsideText = false
    }

    /// White space of `length` bytes.
    mutating func appendSpace(at offset: Int, length: Int = 1) {
        if pendingSpace == nil { pendingSpace = (offset, length) }
    }

    mutating func appendLineBreak(at offset: Int) {
        flushSpace()
        fragments.append(Fragment(start: scalars.count, end: scalars.count, color: 0, isLineBreak: true))
        isInsideText = false
        isAtStart = false
    }

    /// The text of a `<font color>` mark between two lines, or plain text when it has no colour.
    mutating func appendMarkup(_ text: [UInt32], color: UInt16?, at offset: Int) {
        if color != nil {
            flushSpace()
            isInsideText = false
            isAtStart = false
        }
        for scalar in text {
            if Self.isWhiteSpace(scalar) {
                appendSpace(at: offset)
            } else {
                flushSpace(color: color ?? 0)
                replace(at: offset, by: scalar, color: color ?? 0)
            }
        }
        if color != nil {
            flushSpace(color: color ?? 0)
            isInsideText = false
        }
    }

    /// Whether Python's `str.split` cuts here, which reportlab squeezes white space with; it spares U+00A0.
    static func isWhiteSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    private mutating func flushSpace(color: UInt16 = 0) {
        guard let space = pendingSpace else { return }
        pendingSpace = nil
        // The paragraph's own leading space is stripped, but not one inside a tag.
        if !isAtStart { replace(at: space.offset, length: space.length, by: 0x20, color: color) }
    }

    /// Writes a character that the document has another for, of `length` bytes.
    private mutating func replace(at offset: Int, length: Int = 1, by scalar: UInt32, color: UInt16) {
        if UTF8Sequence.length(of: scalar) != length {
            replacements.append((Int32(truncatingIfNeeded: scalars.count), Int32(truncatingIfNeeded: length)))
        }
        write(scalar, at: offset, color: color)
    }

    private mutating func write(_ scalar: UInt32, at offset: Int, color: UInt16) {
        if !isInsideText {
            fragments.append(Fragment(start: scalars.count, end: scalars.count, color: color, isLineBreak: false))
            isInsideText = true
        }
        isAtStart = false
        let last = fragments.count - 1
        scalars.append(scalar)
        offsets.append(offset)
        fragmentOf.append(Int32(truncatingIfNeeded: last))
        fragments[last].end = scalars.count
        if scalar == 0xA0 { fragments[last].hasNoBreakSpace = true }
    }
}
