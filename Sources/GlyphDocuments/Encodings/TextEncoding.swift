// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Makes the bytes of an input into UTF-8 with `\n` line ends, or says why they are no text.
enum TextEncoding {
    /// What was found and done.
    struct Outcome {
        /// The encoding the bytes were read with.
        var encoding: String
        /// What a person should know of it, or nil when nothing was assumed or changed.
        var note: String?
        /// How the text's lines relate to the file's bytes.
        var lines: Origin.Lines
    }

    /// Converts text in place where that is possible.
    ///
    /// - Parameters:
    ///   - bytes: a file's bytes; afterwards valid UTF-8 without a byte-order mark.
    ///   - name: the file, for messages.
    ///   - chosen: the encoding that the person names, or nil to tell it from the bytes.
    /// - Returns: what was assumed and changed.
    /// - Throws: `InputError` for bytes that are no text, or malformed in the encoding they are in.
    static func convert(_ bytes: inout [UInt8], from name: String, as chosen: String? = nil) throws -> Outcome {
        // A mark is in no doubt; it also comes before what a person says of many files at once.
        let named = chosen.map { EncodingGuess(encoding: $0, reason: .named) }
        let found = try EncodingGuess.marked(bytes) ?? named ?? EncodingGuess.of(bytes, from: name)
        var notes: [String] = []
        var lines = Origin.Lines(fileOffset: found.markLength)
        if found.isUTF8 {
            // What was told from the bytes is valid; what is said of them must prove to be.
            if found.reason != .certain, let fault = UTF8Validation.firstInvalidOffset(in: bytes) {
                throw InputError(
                    at: "\(name): byte \(fault)",
                    "0x\(String(bytes[fault], radix: 16)) is not valid UTF-8 here",
                    expected: "UTF-8 text",
                    remedy: found.reason == .mark ? "Remove what is malformed, or the mark" : EncodingGuess.remedy
                )
            }
            if found.markLength > 0 { bytes.removeFirst(found.markLength) }
            if bytes.firstIndex(ofByte: 0x0D) != nil {
                lines.lineStarts = LineStarts.of(bytes, offset: found.markLength)
            }
        } else {
            lines.lineStarts = LineStarts.of(bytes, in: found.encoding, offset: found.markLength)
            lines.isExact = false
            bytes = try Decoding.decode(bytes, as: found.encoding, skipping: found.markLength, from: name)
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }  // GB18030 has a mark of its own
            notes.append(found.note)
        }
        if unifyLineEnds(&bytes) > 0 { notes.append("line ends of other systems became \\n") }
        if let offset = bytes.firstIndex(ofByte: 0) {
            throw InputError(
                at: "\(name): byte \(offset)",
                "is 0, which only binary files contain",
                expected: "text",
                remedy: "If it is text, name its encoding (the `encoding` option), for example utf-16le"
            )
        }
        let note = notes.isEmpty ? nil : notes.joined(separator: "; ")
        return Outcome(encoding: found.title, note: note, lines: lines)
    }

    /// Turns `\r\n` and lone `\r` into `\n`.
    ///
    /// - Returns: how many line ends changed.
    static func unifyLineEnds(_ bytes: inout [UInt8]) -> Int {
        guard let first = bytes.firstIndex(ofByte: 0x0D) else { return 0 }
        var changed = 0
        var target = first
        bytes.withUnsafeMutableBufferPointer { buffer in
            var source = first
            while source < buffer.count {
                let isReturn = buffer[source] == 0x0D
                buffer[target] = isReturn ? 0x0A : buffer[source]
                if isReturn {
                    changed += 1
                    if source + 1 < buffer.count, buffer[source + 1] == 0x0A { source += 1 }
                }
                source += 1
                target += 1
            }
        }
        bytes.removeLast(bytes.count - target)
        return changed
    }
}

extension [UInt8] {
    /// Where a byte first is from an offset on, many times as fast as `firstIndex(of:)`.
    func firstIndex(ofByte byte: UInt8, from offset: Int = 0) -> Int? {
        withUnsafeBytes { bytes in
            guard offset < bytes.count, let start = bytes.baseAddress,
                let found = memchr(start + offset, Int32(byte), bytes.count - offset)
            else { return nil }
            return UnsafeRawPointer(found) - start
        }
    }
}
