// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Encodings of East Asian text in bytes below 128, whose files are valid UTF-8 and mean something else.
enum SevenBitEncoding {
    /// The encoding, by a name that ICU knows, or nil for text that is what it seems.
    static func find(_ bytes: [UInt8]) -> String? {
        guard let encoding = iso2022(bytes) ?? hz(bytes), bytes.allSatisfy({ $0 < 0x80 }),
            let text = try? Decoding.decode(bytes, as: encoding, from: ""), EncodingGuess.isWritten(text)
        else { return nil }
        return encoding
    }

    /// ISO 2022 names a set of characters after an escape; what terminals are told never looks like that.
    private static func iso2022(_ bytes: [UInt8]) -> String? {
        var offset = 0
        while let escape = bytes.firstIndex(ofByte: 0x1B, from: offset) {
            let rest = bytes[(escape + 1)...]
            for (sequence, encoding) in designations where rest.starts(with: sequence.utf8) { return encoding }
            offset = escape + 1
        }
        return nil
    }

    private static let designations = [
        ("$@", "ISO-2022-JP"), ("$B", "ISO-2022-JP"), ("$(D", "ISO-2022-JP-2"), ("$A", "ISO-2022-JP-2"),
        ("$(C", "ISO-2022-JP-2"), ("$)C", "ISO-2022-KR"), ("$)A", "ISO-2022-CN"), ("$)G", "ISO-2022-CN"),
    ]

    /// HZ writes Chinese between `~{` and `~}` on one line; whatever else follows a tilde shows that the text is none.
    private static func hz(_ bytes: [UInt8]) -> String? {
        let tilde = UInt8(ascii: "~")
        var (pairs, offset) = (0, 0)
        while let found = bytes.firstIndex(ofByte: tilde, from: offset) {
            guard found + 1 < bytes.count else { return nil }
            offset = found + 2
            switch bytes[found + 1] {
            case tilde, 0x0A: continue
            case UInt8(ascii: "{"):
                // The first byte of a pair is never a tilde.
                while offset + 1 < bytes.count, (0x21...0x77).contains(bytes[offset]),
                    (0x21...0x7E).contains(bytes[offset + 1])
                {
                    pairs += 1
                    offset += 2
                }
                guard bytes[offset...].starts(with: "~}".utf8) else { return nil }
                offset += 2
            default: return nil
            }
        }
        return pairs >= fewestPairs ? "HZ" : nil
    }

    /// Fewer could be chance.
    private static let fewestPairs = 4
}
