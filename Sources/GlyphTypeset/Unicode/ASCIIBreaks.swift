// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Line-break opportunities in printable ASCII, without a table lookup by ICU.
///
/// The rules of UAX #14 (Unicode 15, as ICU implements them) narrowed to the classes that occur there; a test holds
/// them against ICU on random text. One rule is ours: a tab belongs to the white space before it and a line may always
/// break after it, because it ends a column.
enum ASCIIBreaks {
    /// The line-breaking classes of printable ASCII and the tab.
    private enum Class: UInt8 {
        case letter, number, space, tab, breakAfter, hyphen, infix, slash, exclamation, open, closeParenthesis, closeBrace
        case quote, prefix, postfix
    }

    private static let classes: [Class] = (0..<128).map { (byte: UInt8) in
        switch Unicode.Scalar(byte) {
        case "0"..."9": .number
        case " ": .space
        case "\t": .tab
        case "|": .breakAfter
        case "-": .hyphen
        case ",", ".", ":", ";": .infix
        case "/": .slash
        case "!", "?": .exclamation
        case "(", "[", "{": .open
        case ")", "]": .closeParenthesis
        case "}": .closeBrace
        case "\"", "'": .quote
        case "$", "+", "\\": .prefix
        case "%": .postfix
        default: .letter
        }
    }

    /// Whether every byte is one that these rules and the shaping of plain Latin text cover.
    static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F || byte == 0x09 }

    /// Calls `body` with each position at which a line may break, in order, the end of the text not included.
    ///
    /// - Parameter text: bytes for which `isPlain` holds.
    static func forEachOpportunity(in text: UnsafeBufferPointer<UInt8>, _ body: (Int) throws -> Void) rethrows {
        guard text.count > 1 else { return }
        try classes.withUnsafeBufferPointer { classes in
            var before = classes[Int(text[0])]
            // The class before the last spaces, and whether a line may break before the current character's left
            // neighbour (a hyphen that starts a word clings to it).
            var beforeSpaces = before
            var opensWord = true
            var inNumber = before == .number
            for i in 1..<text.count {
                let after = classes[Int(text[i])]
                let breaks = mayBreak(before, after, beforeSpaces, opensWord, inNumber)
                if breaks { try body(i) }
                opensWord = breaks
                inNumber = after == .number || inNumber && (after == .infix || after == .slash)
                if after != .space { beforeSpaces = after }
                before = after
            }
        }
    }

    private static func mayBreak(
        _ before: Class, _ after: Class, _ beforeSpaces: Class, _ opensWord: Bool, _ inNumber: Bool
    ) -> Bool {
        switch after {
        case .space, .tab: return false  // LB7
        case _ where before == .tab: return true
        case .closeParenthesis, .closeBrace, .exclamation, .infix, .slash: return false  // LB13
        default: break
        }
        if before == .space {
            // LB14, LB15, then LB18.
            return beforeSpaces != .open && !(beforeSpaces == .quote && after == .open)
        }
        if before == .open { return false }  // LB14
        if before == .quote || after == .quote { return false }  // LB19
        if after == .breakAfter || after == .hyphen { return false }  // LB21
        switch (before, after) {
        case (.letter, .letter), (.letter, .number), (.number, .letter), (.number, .number): return false  // LB23, LB28
        case (.prefix, .letter), (.postfix, .letter), (.letter, .prefix), (.letter, .postfix): return false  // LB24
        case (.closeParenthesis, .postfix), (.closeParenthesis, .prefix): return false  // LB25
        case (.closeBrace, .postfix), (.closeBrace, .prefix): return false
        case (.number, .postfix), (.number, .prefix): return false
        case (.postfix, .open), (.postfix, .number), (.prefix, .open), (.prefix, .number): return false
        case (.hyphen, .number), (.infix, .number), (.slash, .number): return false
        case (.hyphen, .letter): return !opensWord  // ICU's LB20.09
        case (.infix, .letter): return false  // LB29
        case (.letter, .open), (.number, .open), (.closeParenthesis, .letter), (.closeParenthesis, .number):
            return false  // LB30
        default: return true
        }
    }
}
