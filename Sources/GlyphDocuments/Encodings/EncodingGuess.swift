// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CUnicode
import GlyphPage

/// The encoding of a text, and how it is known.
struct EncodingGuess {
    enum Reason {
        /// The person says so.
        case named
        /// The file begins with a byte-order mark.
        case mark
        /// The bytes are valid UTF-8, or the file declares it.
        case certain
        /// The bytes suggest it.
        case assumed
    }

    /// A name that ICU knows.
    var encoding: String
    var reason: Reason
    /// The bytes of the byte-order mark.
    var markLength = 0

    var isUTF8: Bool { encoding == "UTF-8" }

    /// The encoding as people know it.
    var title: String { encoding == "windows-1252" ? "windows-1252 (Latin-1)" : encoding }

    var note: String {
        switch reason {
        case .named, .certain: "converted from \(title)"
        case .mark: "converted from \(title), as its byte-order mark says"
        case .assumed: "assumed to be \(title), as its bytes suggest; the `encoding` option names another"
        }
    }

    init(encoding: String, reason: Reason, markLength: Int = 0) {
        (self.encoding, self.reason, self.markLength) = (Self.canonical(encoding), reason, markLength)
    }

    /// The encoding that a byte-order mark tells, or nil without one.
    static func marked(_ bytes: [UInt8]) -> EncodingGuess? {
        for (mark, encoding) in marks where bytes.starts(with: mark) {
            return EncodingGuess(encoding: encoding, reason: .mark, markLength: mark.count)
        }
        return nil
    }

    /// Finds the encoding of a file without a byte-order mark.
    ///
    /// - Throws: `InputError` when it cannot be told: a wrong guess would read as fluently as a right one.
    static func of(_ bytes: [UInt8], from name: String) throws -> EncodingGuess {
        let fault = UTF8Validation.firstInvalidOffset(in: bytes)
        if bytes.prefix(sampleSize).contains(0), let byteOrder = utf16(bytes) {
            return EncodingGuess(encoding: byteOrder, reason: .assumed)
        }
        guard let fault else {
            let found = SevenBitEncoding.find(bytes)
            return EncodingGuess(encoding: found ?? "UTF-8", reason: found == nil ? .certain : .assumed)
        }
        guard !bytes.contains(0) else {
            throw InputError(
                at: name,
                "is a binary file of an unknown kind",
                expected: "text",
                remedy: "If it is text, name its encoding (the `encoding` option), for example utf-16le"
            )
        }
        if isMostlyUTF8(bytes) {
            throw InputError(
                at: "\(name): byte \(fault)",
                "0x\(String(bytes[fault], radix: 16)) is not valid UTF-8, which the rest of the file is",
                expected: "UTF-8 text",
                remedy: "Remove what is malformed with iconv -f UTF-8 -t UTF-8 -c, or name another encoding"
            )
        }
        if let found = detected(bytes, from: fault, name: name) {
            return EncodingGuess(encoding: found, reason: .assumed)
        }
        throw InputError(
            at: "\(name): byte \(fault)",
            "0x\(String(bytes[fault], radix: 16)) is not valid UTF-8 here, and what else it is cannot be told",
            expected: "UTF-8 text",
            remedy: remedy
        )
    }

    /// What to do about a text that is not UTF-8; no encoding is likelier than another.
    static let remedy =
        "Name its encoding (the `encoding` option), for example latin1 or gb18030, or convert it first with iconv"

    private static let sampleSize = 1 << 16

    /// Longer marks first: UTF-32's begins with UTF-16's.
    private static let marks: [(bytes: [UInt8], encoding: String)] = [
        ([0xEF, 0xBB, 0xBF], "UTF-8"),
        ([0xFF, 0xFE, 0, 0], "UTF-32LE"), ([0, 0, 0xFE, 0xFF], "UTF-32BE"),
        ([0xFF, 0xFE], "UTF-16LE"), ([0xFE, 0xFF], "UTF-16BE"),
    ]

    /// One name for each encoding.
    ///
    /// What calls itself Latin-1 is read as windows-1252, which adds characters where
    /// Latin-1 has only control codes; the WHATWG's Encoding Standard does so, too.
    private static func canonical(_ name: String) -> String {
        switch name.lowercased() {
        case "utf-8", "utf8", "us-ascii", "ascii": "UTF-8"
        case "utf-16le", "utf16le": "UTF-16LE"
        case "utf-16be", "utf16be": "UTF-16BE"
        case "utf-32le", "utf32le": "UTF-32LE"
        case "utf-32be", "utf32be": "UTF-32BE"
        case "latin1", "latin-1", "iso-8859-1", "iso8859-1", "windows-1252", "cp1252": "windows-1252"
        case "gb18030", "gbk", "gb2312", "cp936", "euc-cn": "GB18030"
        case "shift_jis", "shift-jis", "sjis", "cp932", "windows-31j": "windows-31j"
        case "big5", "big-5", "cp950": "Big5"
        default: name
        }
    }

    /// Whether a file is UTF-8 but for a few bytes: guessing another encoding would turn all of it into nonsense.
    private static func isMostlyUTF8(_ bytes: [UInt8]) -> Bool {
        var (good, bad, index) = (0, 0, 0)
        while index < bytes.count {
            guard bytes[index] >= 0x80 else {
                index += 1
                continue
            }
            let length = bytes[index] >= 0xF0 ? 4 : bytes[index] >= 0xE0 ? 3 : 2
            let sequence = Array(bytes[index..<min(index + length, bytes.count)])
            if UTF8Validation.firstInvalidOffset(in: sequence) == nil {
                good += 1
                index += length
            } else {
                bad += 1
                index += 1
            }
        }
        return good >= 2 && good >= 2 * bad
    }

    /// UTF-16 without a mark: read in this byte order nearly all units are letters of common scripts.
    ///
    /// Latin letters of the other order look Chinese; where both orders give a text, that with more of ASCII is right.
    private static func utf16(_ bytes: [UInt8]) -> String? {
        guard bytes.count % 2 == 0, bytes.count >= 8, !isASCIIWithZeros(bytes.prefix(sampleSize)) else { return nil }
        let orders = ["UTF-16LE", "UTF-16BE"].compactMap { encoding -> (name: String, ascii: Int)? in
            let sample = utf16Sample(bytes, isBigEndian: encoding == "UTF-16BE")
            guard let text = try? Decoding.decode(sample, as: encoding, from: ""), isWritten(text) else { return nil }
            let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
            guard scalars.count(where: isCommon) * 10 >= scalars.count * 9 else { return nil }
            return (encoding, scalars.count(where: \.isASCII))
        }
        return orders.max { $0.ascii < $1.ascii }?.name
    }

    /// Letters of ASCII and a few zeros, two of which would make a Chinese character: binary data rather than UTF-16,
    /// every second byte of which is zero where it has such letters.
    private static func isASCIIWithZeros(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { $0 == 0 || (0x09...0x0D).contains($0) || (0x20...0x7E).contains($0) }
            && bytes.count { $0 == 0 } * 3 < bytes.count
    }

    /// The first bytes of UTF-16, without half a character at their end.
    private static func utf16Sample(_ bytes: [UInt8], isBigEndian: Bool) -> [UInt8] {
        var sample = Array(bytes.prefix(sampleSize))
        guard sample.count < bytes.count else { return sample }
        let isLead = (0xD8...0xDB).contains(sample[sample.count - (isBigEndian ? 2 : 1)])
        if isLead { sample.removeLast(2) }
        return sample
    }

    /// Latin, Greek, Cyrillic, Hebrew and Arabic, and the scripts of Chinese, Japanese and Korean.
    private static func isCommon(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x52F, 0x591...0x6FF, 0x2010...0x2027: true
        case 0x3000...0x30FF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xFF00...0xFF60: true
        default: false
        }
    }

    /// ICU's guess, if the text decodes without a fault and ICU is sure enough.
    private static func detected(_ bytes: [UInt8], from fault: Int, name: String) -> String? {
        // A sample from where the text stops being ASCII, from the beginning of a line.
        var start = max(0, fault - 1024)
        while start > 0, bytes[start - 1] != 0x0A { start -= 1 }
        let sample = Array(bytes[start..<min(bytes.count, max(start, fault - 1024) + sampleSize)])
        var guesses = [cunicode_guess](repeating: cunicode_guess(), count: 16)
        let found = cunicode_detect(sample, Int32(sample.count), &guesses, Int32(guesses.count))
        for var guess in guesses.prefix(Int(max(0, found))) {
            let encoding = withUnsafeBytes(of: &guess.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard let least = confidence(needed: encoding, sample), guess.confidence >= least else { continue }
            let known = canonical(encoding)
            guard let text = try? Decoding.decode(bytes, as: known, from: name), isWritten(text) else { continue }
            return known
        }
        // A foreign letter or a copyright sign here and there says little to statistics.
        let high = bytes.count { $0 >= 0x80 }
        let isLatin = bytes.count >= 16 && high * 5 <= bytes.count && hasOnlySingleHighBytes(bytes)
        guard isLatin, let text = try? Decoding.decode(bytes, as: "windows-1252", from: name) else { return nil }
        return isWritten(text) ? "windows-1252" : nil
    }

    /// How sure ICU must be of an encoding, from 0 to 100, or nil for one that is not to be guessed.
    ///
    /// Encodings with two bytes for a character reach 100 on a few words of text and 10 on text that merely fits;
    /// those with one byte are told by the frequency of letters, which needs more text.
    private static func confidence(needed encoding: String, _ sample: [UInt8]) -> Int32? {
        switch encoding {
        case "GB18030", "Big5", "Shift_JIS", "EUC-JP", "EUC-KR": 50
        case "ISO-8859-1", "windows-1252": sample.count >= 16 ? 40 : nil
        case let name where name.hasPrefix("ISO-8859") || name.hasPrefix("windows-125") || name == "KOI8-R":
            sample.count >= 48 ? 25 : nil
        default: nil
        }
    }

    private static func hasOnlySingleHighBytes(_ bytes: [UInt8]) -> Bool {
        var wasHigh = false
        for byte in bytes {
            if byte >= 0x80 && wasHigh { return false }
            wasHigh = byte >= 0x80
        }
        return true
    }

    /// Whether a text holds only what people write: no control codes, unassigned or private characters.
    static func isWritten(_ utf8: [UInt8]) -> Bool {
        String(decoding: utf8.prefix(sampleSize), as: UTF8.self).unicodeScalars.dropLast().allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control: "\t\n\r\u{0C}".unicodeScalars.contains(scalar)
            case .unassigned, .privateUse, .surrogate: false
            default: true
            }
        }
    }
}
