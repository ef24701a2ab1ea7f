// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CUnicode
import GlyphPage

/// Strict conversion to UTF-8 by ICU: a malformed sequence is an error, never a replacement character.
enum Decoding {
    /// Decodes all of `bytes` but the first `skipping`.
    ///
    /// - Throws: `InputError` with the offset of the first malformed byte, or for an unknown encoding.
    static func decode(
        _ bytes: [UInt8],
        as encoding: String,
        skipping: Int = 0,
        from name: String
    ) throws -> [UInt8] {
        guard let decoder = cunicode_open_decoder(encoding) else {
            throw InputError(
                at: "encoding",
                "\"\(encoding)\" is unknown",
                expected: "an encoding's name, such as utf-8, utf-16le, gb18030, big5, shift_jis or latin1"
            )
        }
        defer { cunicode_close_decoder(decoder) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 2)
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        try bytes.withUnsafeBytes { raw in
            let source = raw.bindMemory(to: CChar.self)
            guard let base = source.baseAddress else { return }
            var cursor: UnsafePointer<CChar>? = base + skipping
            let end = base + source.count
            var status: Int32 = 1
            while status == 1 {
                var malformed: Int32 = 0
                buffer.withUnsafeMutableBufferPointer { piece in
                    var target = piece.baseAddress
                    let full = piece.baseAddress.map { $0 + piece.count }
                    status = cunicode_decode(decoder, &cursor, end, &target, full, 1, &malformed)
                    if let target, let start = piece.baseAddress {
                        text += UnsafeRawBufferPointer(start: start, count: target - start)
                    }
                }
                let offset = cursor.map { $0 - base - Int(malformed) } ?? 0
                guard status >= 0, status < 2 else {
                    throw InputError(
                        at: "\(name): byte \(max(0, offset))",
                        "is not valid \(encoding)",
                        expected: "\(encoding) text",
                        remedy: "Name another (the `encoding` option), for example latin1 or gb18030"
                    )
                }
            }
        }
        return text
    }

    /// Whether ICU knows an encoding that writes ASCII as ASCII.
    static func containsASCII(_ encoding: String) -> Bool {
        let sample = Array("<?xml version=\"1.0\"?>".utf8)
        return (try? decode(sample, as: encoding, from: "")) == sample
    }
}
