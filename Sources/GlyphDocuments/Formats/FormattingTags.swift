// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Tags of HTML that only say how letters look, and so nothing about the text.
///
/// Old pages open `<font>` and `<b>` for every line and never close them: each lies in the one before, until the parser
/// gives up.
enum FormattingTags {
    private static let names: Set<String> = [
        "b", "big", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u",
    ]
    /// No tag of these is longer; where many are never ended, each search for the end stops here.
    private static let longestTag = 1000

    /// The page without such tags, in lines of the same numbers; nil if one of them may hide what is in it.
    static func removed(from page: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(page.count)
        var rest = page[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = rest.prefix(longestTag).firstIndex(of: UInt8(ascii: ">")),
                let tag = formattingTag(rest[start..<end])
            else {
                result.append(rest.removeFirst())
                continue
            }
            if tag.contains("hidden") || tag.contains("display") { return nil }
            result += rest[start..<end].filter { $0 == 0x0A }
            rest = rest[(end + 1)...]
        }
        return result + rest
    }

    /// What stands before the `>`, in lower case, if it begins or ends such an element.
    private static func formattingTag(_ bytes: ArraySlice<UInt8>) -> String? {
        let tag = String(decoding: bytes.dropFirst(), as: UTF8.self).lowercased()
        let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
        return names.contains(String(name)) ? tag : nil
    }
}
