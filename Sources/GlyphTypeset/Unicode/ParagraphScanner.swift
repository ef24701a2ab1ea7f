// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Cuts a document into source lines and over-long lines into windows, so that memory stays flat.
///
/// A source line ends at LF, CR LF, CR, form feed, NEL (U+0085) or the line and paragraph separators (U+2028, U+2029),
/// and is one paragraph.
enum ParagraphScanner {
    /// A source line or the next piece of one.
    struct Window {
        /// The text without its line end, as byte offsets of the document.
        var start: Int
        var contentEnd: Int
        /// After the line end; equal to `contentEnd` where the paragraph goes on or the document ends.
        var end: Int
        /// Whether the paragraph goes on after this window.
        var isPartial: Bool
        /// Whether every byte satisfies `ASCIIBreaks.isPlain`.
        var isPlain: Bool
    }

    /// The window of at most `length` bytes that starts at `start`, which must lie inside the text.
    static func window(in text: UnsafeBufferPointer<UInt8>, from start: Int, atMost length: Int) -> Window {
        let limit = min(text.count, start + length)
        var isPlain = true
        var i = start
        while i < limit {
            let byte = text[i]
            if !ASCIIBreaks.isPlain(byte) {
                let ending = lineEnd(in: text, at: i)
                if ending > 0 {
                    return Window(start: start, contentEnd: i, end: i + ending, isPartial: false, isPlain: isPlain)
                }
                isPlain = false
            }
            i += 1
        }
        guard limit < text.count else {
            return Window(start: start, contentEnd: limit, end: limit, isPartial: false, isPlain: isPlain)
        }
        // Step back to where a character starts; a window is thousands of times longer than a character.
        while i > start + 1, text[i] & 0xC0 == 0x80 { i -= 1 }
        let ending = lineEnd(in: text, at: i)
        return Window(start: start, contentEnd: i, end: i + ending, isPartial: ending == 0, isPlain: isPlain)
    }

    /// The number of line ends in the text.
    static func countLineEnds(in text: UnsafeBufferPointer<UInt8>) -> Int {
        var count = 0
        var i = 0
        while i < text.count {
            let byte = text[i]
            let ending = byte >= 0x20 && byte < 0x7F ? 0 : lineEnd(in: text, at: i)
            if ending > 0 { count += 1 }
            i += max(1, ending)
        }
        return count
    }

    /// The length of the line end at a byte, or 0 when there is none.
    private static func lineEnd(in text: UnsafeBufferPointer<UInt8>, at i: Int) -> Int {
        switch text[i] {
        case 0x0A, 0x0C: return 1
        case 0x0D: return i + 1 < text.count && text[i + 1] == 0x0A ? 2 : 1
        case 0xC2: return i + 1 < text.count && text[i + 1] == 0x85 ? 2 : 0
        case 0xE2:
            guard i + 2 < text.count, text[i + 1] == 0x80 else { return 0 }
            return text[i + 2] == 0xA8 || text[i + 2] == 0xA9 ? 3 : 0
        default: return 0
        }
    }
}
