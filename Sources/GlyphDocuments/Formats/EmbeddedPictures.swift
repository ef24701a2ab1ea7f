// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Pictures that Markdown holds as text, in `data:` addresses: thousands of letters that say nothing to read.
enum EmbeddedPictures {
    /// From how many bytes on an address is a picture rather than an example of an address.
    private static let shortest = 64

    /// The text with `picture` in place of each such address.
    ///
    /// - Returns: the text, and how many pictures were in it.
    static func removed(from text: String) -> (text: String, count: Int) {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var (done, count) = (0, 0)
        var next = bytes.firstIndex(ofByte: UInt8(ascii: ":"))
        while let colon = next {
            var end = colon + 1
            if bytes[end...].starts(with: "image/".utf8), isScheme(bytes[done..<colon].suffix(4)) {
                end = bytes[end...].firstIndex(where: endsAddress) ?? bytes.count
                if end - colon >= shortest {
                    result += bytes[done..<(colon - 4)]
                    result += "picture".utf8
                    (done, count) = (end, count + 1)
                }
            }
            next = bytes.firstIndex(ofByte: UInt8(ascii: ":"), from: end)
        }
        return count == 0 ? (text, 0) : (String(decoding: result + bytes[done...], as: UTF8.self), count)
    }

    private static func isScheme(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.map { $0 | 0x20 } == Array("data".utf8)
    }

    private static func endsAddress(_ byte: UInt8) -> Bool {
        byte <= 0x20 || ")\"'>".utf8.contains(byte)
    }
}
