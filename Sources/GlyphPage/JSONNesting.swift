// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A guard in front of Foundation's `JSONDecoder`, which traps on some texts nested 513 deep (swift-foundation 6.3:
/// the limit's own error looks up a position behind the end) and copies the whole path at every level on others.
public enum JSONNesting {
    /// The deepest nesting that Glyph reads; its formats need fewer than ten levels.
    public static let limit = 100

    /// Whether lists and objects are nested deeper than `limit`; the text need not be valid JSON.
    public static func isTooDeep(_ bytes: [UInt8]) -> Bool {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                if depth > limit { return true }
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
        }
        return false
    }
}
