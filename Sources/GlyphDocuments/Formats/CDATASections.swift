// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// XML's `<![CDATA[ … ]]>`, whose content is text however much it looks like mark-up; HTML knows no such thing.
enum CDATASections {
    /// The page with their content as HTML writes text, in lines of the same numbers.
    static func escaped(in page: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var done = 0
        var next = page.firstIndex(ofByte: UInt8(ascii: "<"))
        while let start = next {
            var end = start + 1
            if page[start...].starts(with: "<![CDATA[".utf8) {
                // One that never ends stays as it is, and there can be no other after it.
                guard let close = closing(in: page, from: start + 9) else { break }
                result += page[done..<start]
                for byte in page[(start + 9)..<close] { append(byte, to: &result) }
                end = close + 3
                done = end
            }
            next = page.firstIndex(ofByte: UInt8(ascii: "<"), from: end)
        }
        return done == 0 ? page : result + page[done...]
    }

    private static func closing(in page: [UInt8], from start: Int) -> Int? {
        var next = page.firstIndex(ofByte: UInt8(ascii: "]"), from: start)
        while let bracket = next, !page[bracket...].starts(with: "]]>".utf8) {
            next = page.firstIndex(ofByte: UInt8(ascii: "]"), from: bracket + 1)
        }
        return next
    }

    private static func append(_ byte: UInt8, to result: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "&"): result += "&amp;".utf8
        case UInt8(ascii: "<"): result += "&lt;".utf8
        case UInt8(ascii: ">"): result += "&gt;".utf8
        default: result.append(byte)
        }
    }
}
