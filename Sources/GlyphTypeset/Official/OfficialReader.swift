// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Cuts a document into the paragraphs the official renderer makes: 30 source lines each.
struct OfficialReader {
    /// Lines per paragraph (`turns` in `scripts/word2png_function.py`).
    static let linesPerParagraph = 30

    let text: SourceText
    let markup: NewlineMarkup
    /// The palette index of a coloured mark-up.
    let markupColor: UInt16
    private(set) var position = 0
    private var isFinished = false
    private let markupScalars: [UInt32]
    /// The characters of the paragraph before: paragraphs of a text are about as long as each other.
    private var lastCount = 0

    init(text: SourceText, markup: NewlineMarkup, markupColor: UInt16) {
        self.text = text
        self.markup = markup
        self.markupColor = markupColor
        if case .text(let characters, _) = markup {
            markupScalars = characters.unicodeScalars.map(\.value)
        } else {
            markupScalars = []
        }
    }

    /// The next paragraph, or nil after the last.
    mutating func next() -> OfficialText? {
        if isFinished { return nil }
        var paragraph = OfficialText()
        paragraph.reserve(max(4096, lastCount * 9 / 8))
        text.utf8.withUnsafeBufferPointer { bytes in
            for line in 0..<Self.linesPerParagraph {
                readLine(bytes, into: &paragraph)
                let newline = position
                let isAtEnd = position >= bytes.count
                if !isAtEnd { skipNewline(bytes) } else { isFinished = true }
                if isAtEnd { break }
                if line + 1 < Self.linesPerParagraph { appendMarkup(to: &paragraph, at: newline) }
            }
        }
        lastCount = paragraph.scalars.count
        return paragraph
    }

    private mutating func skipNewline(_ bytes: UnsafeBufferPointer<UInt8>) {
        if bytes[position] == 0x0D, position + 1 < bytes.count, bytes[position + 1] == 0x0A { position += 1 }
        position += 1
    }

    private func appendMarkup(to paragraph: inout OfficialText, at newline: Int) {
        switch markup {
        case .lineBreak: paragraph.appendLineBreak(at: newline)
        case .text(_, let color):
            paragraph.appendMarkup(markupScalars, color: color == nil ? nil : markupColor, at: newline)
        }
    }

    /// Reads up to a newline (LF, CR LF or CR), which is left unread.
    private mutating func readLine(_ bytes: UnsafeBufferPointer<UInt8>, into paragraph: inout OfficialText) {
        while position < bytes.count {
            let plainEnd = PlainBytes.end(bytes, from: position)
            if plainEnd > position {
                paragraph.appendPlain(bytes, position..<plainEnd)
                position = plainEnd
                continue
            }
            let byte = bytes[position]
            switch byte {
            case 0x0A, 0x0D: return
            case 0x20:
                readSpaces(bytes, into: &paragraph)
            case 0x09, 0x0B, 0x0C, 0x1C...0x1F:
                paragraph.appendSpace(at: position)
                position += 1
            case 0x26, 0x3C, 0x3E:  // & < > reach reportlab escaped
                paragraph.appendEntity(UInt32(byte), at: position)
                position += 1
            case ..<0x80:  // other control characters
                paragraph.append(UInt32(byte), at: position)
                position += 1
            default:
                readMultibyte(bytes, into: &paragraph)
            }
        }
    }

    /// One space stays a space, more become no-break spaces; deleted characters among them do not keep them apart.
    private mutating func readSpaces(_ bytes: UnsafeBufferPointer<UInt8>, into paragraph: inout OfficialText) {
        let first = position
        position += 1
        var others: [Int] = []
        while position < bytes.count {
            if bytes[position] == 0x20 {
                others.append(position)
                position += 1
            } else if let length = deletedLength(bytes) {
                paragraph.dropped += 1
                position += length
            } else {
                break
            }
        }
        if others.isEmpty { return paragraph.appendSpace(at: first) }
        paragraph.appendEntity(0xA0, at: first)
        for offset in others { paragraph.appendEntity(0xA0, at: offset) }
    }

    /// The length of the character here if the official renderer deletes it (U+00AD, U+200B).
    private func deletedLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard bytes[position] == 0xC2 || bytes[position] == 0xE2 else { return nil }
        let (scalar, length) = UTF8Sequence.scalar(in: bytes, at: position)
        return scalar == 0xAD || scalar == 0x200B ? length : nil
    }

    private mutating func readMultibyte(_ bytes: UnsafeBufferPointer<UInt8>, into paragraph: inout OfficialText) {
        let (scalar, length) = UTF8Sequence.scalar(in: bytes, at: position)
        switch scalar {
        case 0xAD, 0x200B: paragraph.dropped += 1
        case _ where OfficialText.isWhiteSpace(scalar): paragraph.appendSpace(at: position, length: length)
        default: paragraph.append(scalar, at: position)
        }
        position += length
    }
}
