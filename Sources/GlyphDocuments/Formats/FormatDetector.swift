// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Tells what a file is from its first bytes; text is told apart later, when it is decoded.
enum FormatDetector {
    enum Finding: Equatable {
        case pdf
        /// A zip file: an archive, or a document that is stored as one.
        case zip
        /// A tar archive, compressed or not.
        case tar
        /// One compressed file, which may be a tar archive.
        case compressed
        /// A known format that is not read: what it is, and what to do about it.
        case unsupported(String, remedy: String?)
        case perhapsText
    }

    /// How many bytes are enough to tell.
    static let prefixLength = 4096

    static func find(_ start: some Collection<UInt8>, name: String) -> Finding {
        let start = Array(start.prefix(prefixLength))
        if start.starts(with: "%PDF-".utf8) { return .pdf }
        // Readers of PDF accept other bytes before the header.
        let marker = Array("%PDF-".utf8)
        if name.lowercased().hasSuffix(".pdf"),
            start.prefix(1024 + 5).windows(of: 5).contains(where: { $0 == marker[...] })
        {
            return .pdf
        }
        if zipMarks.contains(where: start.starts) { return .zip }
        if compressedMarks.contains(where: start.starts) || start.dropFirst(4).starts(with: bzip2Block) {
            return .compressed
        }
        if isTar(start) { return .tar }
        for known in BinarySignature.all where known.matches(start) {
            return .unsupported(known.kind, remedy: known.remedy)
        }
        return .perhapsText
    }

    /// A tar archive by its mark, or one from before there was a mark by the sum of its first header's bytes.
    private static func isTar(_ start: [UInt8]) -> Bool {
        guard start.count >= 512 else {
            return start.count > 262 && start[257..<262] == Array("ustar".utf8)[...]
        }
        if start[257..<262] == Array("ustar".utf8)[...] { return true }
        guard start[0] != 0 else { return false }
        // Six octal digits, of which the first may be spaces; the field counts as spaces in the sum.
        let field = String(decoding: start[148..<156].prefix { $0 != 0 }, as: UTF8.self).trimmed
        guard field.count >= 4, let sum = Int(field, radix: 8) else { return false }
        let others = start[..<148].reduce(0) { $0 + Int($1) } + start[156..<512].reduce(0) { $0 + Int($1) }
        return sum == others + 8 * 0x20
    }

    /// Local entry, end of an empty archive, and the mark of a split archive.
    private static let zipMarks: [[UInt8]] = [
        [0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06], [0x50, 0x4B, 0x07, 0x08],
    ]

    /// gzip, xz and Zstandard.
    private static let compressedMarks: [[UInt8]] = [
        [0x1F, 0x8B], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], [0x28, 0xB5, 0x2F, 0xFD],
    ]

    /// How bzip2's first block begins, after `BZh` and a digit, with which a text might begin, too.
    private static let bzip2Block: [UInt8] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]

    /// Whether text is HTML: it says so at its beginning, or its name does and it has a tag.
    ///
    /// What is named as another format is that: templates of programs often begin like a page.
    static func isHTML(_ text: [UInt8], name: String) -> Bool {
        guard [.html, .text].contains(FileFormat(textNamed: name)) else { return false }
        let start = String(decoding: text.prefix(prefixLength), as: UTF8.self).lowercased()
        var rest = start.drop { $0.isWhitespace }
        for (opening, closing) in [("<?xml", "?>"), ("<!--", "-->"), ("<!--", "-->")] where rest.hasPrefix(opening) {
            guard let end = rest.firstRange(of: closing) else { return false }
            rest = rest[end.upperBound...].drop { $0.isWhitespace }
        }
        if rest.hasPrefix("<!doctype html") || rest.hasPrefix("<html") { return true }
        return FileFormat(textNamed: name) == .html && rest.contains("<")
    }

    /// Whether text is a Jupyter notebook: a JSON object with the notebook's own keys, or named as one.
    static func isNotebook(_ text: [UInt8], name: String) -> Bool {
        guard text.first(where: { !($0 == 0x20 || (0x09...0x0D).contains($0)) }) == UInt8(ascii: "{") else {
            return false
        }
        if FileFormat(textNamed: name) == .notebook { return true }
        // Jupyter writes the version at the end, after all cells.
        let ends =
            String(decoding: text.prefix(prefixLength), as: UTF8.self)
            + String(decoding: text.suffix(prefixLength), as: UTF8.self)
        return ends.contains("\"nbformat\"") && ends.contains("\"cells\"")
    }
}

extension Array<UInt8>.SubSequence {
    /// All runs of `length` elements.
    fileprivate func windows(of length: Int) -> some Sequence<ArraySlice<UInt8>> {
        stride(from: startIndex, through: endIndex - length, by: 1).lazy.map { self[$0..<$0 + length] }
    }
}
