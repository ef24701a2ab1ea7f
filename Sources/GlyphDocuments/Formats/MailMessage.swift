// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// E-mail, and pages that browsers save as such: ASCII that says nothing once its parts are encoded for transport.
enum MailMessage {
    /// What a file of encoded messages is and what to do about it, or nil for other text and for mail that is readable.
    static func encoded(_ bytes: [UInt8]) -> (kind: String, remedy: String)? {
        guard let header = header(of: bytes.prefix(longestHeader)), hasEncodedPart(bytes) else { return nil }
        if header["content-type"]?.hasPrefix("multipart/related") == true, header["received"] == nil {
            return ("a web page saved as MHTML", "Save it as HTML or PDF in a browser")
        }
        return ("e-mail with encoded parts", "Save it as text or PDF in a mail program")
    }

    /// Every server on the way adds lines; this is enough for all of them.
    private static let longestHeader = 1 << 16

    /// The fields that a message begins with, names and values in lower case, or nil for a text that begins otherwise.
    private static func header(of start: ArraySlice<UInt8>) -> [String: String]? {
        // Compared first, because every text comes here and few begin with a field.
        guard let colon = start.firstIndex(of: UInt8(ascii: ":")), colon <= 128 else { return nil }
        var fields: [String: String] = [:]
        var isMailbox = false
        for line in start.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.isEmpty || line.elementsEqual([0x0D]) { break }
            if fields.isEmpty, !isMailbox, line.starts(with: "From ".utf8) {
                isMailbox = true
            } else if line.first == 0x20 || line.first == 0x09 {
                guard !fields.isEmpty else { return nil }
            } else {
                guard let (name, value) = field(line) else { return nil }
                fields[name] = value
            }
        }
        // In a mailbox any message may be the one with encoded parts.
        let isMail = fields["mime-version"] != nil || (isMailbox && fields["from"] != nil)
        return isMail ? fields : nil
    }

    private static func field(_ line: ArraySlice<UInt8>) -> (name: String, value: String)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            line[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self).lowercased().trimmed }
        return (text(line[..<colon]), text(line[(colon + 1)...]))
    }

    /// Whether a message or a part of one is in base64 or quoted-printable.
    private static func hasEncodedPart(_ bytes: [UInt8]) -> Bool {
        let name = Array("content-transfer-encoding:".utf8)
        var start = 0
        while start < bytes.count {
            let end = bytes.firstIndex(ofByte: 0x0A, from: start) ?? bytes.count
            let line = bytes[start..<min(end, start + 80)]
            start = end + 1
            guard line.count > name.count, let initial = line.first, initial | 0x20 == name[0],
                line.prefix(name.count).elementsEqual(name, by: { $0 == $1 || $0 | 0x20 == $1 })
            else { continue }
            let value = String(decoding: line.dropFirst(name.count), as: UTF8.self).lowercased()
            if value.contains("base64") || value.contains("quoted-printable") { return true }
        }
        return false
    }
}
