// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Line-break opportunities in printable ASCII, without a table lookup by ICU.
///
/// The rules of UAX #14 (Unicode 15, as ICU 72 implements them) narrowed to the classes that occur there; a test holds
/// them against ICU on random text. One rule is ours: a tab belongs to the white space before it and a line may always
/// break after it, because it ends a column.
enum ASCIIBreaks {
    /// The line-breaking classes of printable ASCII and the tab.
    private enum Class: UInt8 {
        case letter, number, space, tab, breakAfter, hyphen, infix, slash, exclamation, open, closeParenthesis,
            closeBrace
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
    /// - Parameters:
    ///   - text: bytes for which `isPlain` holds.
    ///   - body: called with a byte offset; what it throws is passed on.
    static func forEachOpportunity(in text: UnsafeBufferPointer<UInt8>, _ body: (Int) throws -> Void) rethrows {
        guard text.count > 1 else { return }
        try classes.withUnsafeBufferPointer { classes in
            var before = classes[Int(text[0])]
            var context = Context(first: before)
            for i in 1..<text.count {
                let after = classes[Int(text[i])]
                context.next = i + 1 < text.count ? classes[Int(text[i + 1])] : .letter
                context.afterNext = i + 2 < text.count ? classes[Int(text[i + 2])] : .letter
                let breaks = mayBreak(before, after, context)
                if breaks { try body(i) }
                context.advance(to: after, breaks: breaks)
                before = after
            }
        }
    }

    /// What the rules need to know beyond the two characters at a position.
    private struct Context {
        /// The class before the last spaces.
        var beforeSpaces: Class
        /// Whether a line may break before the character left of the position; a hyphen there clings to its word.
        var opensWord = true
        /// Whether that character ends a number (LB25), its closing bracket included.
        var number: Number
        /// The classes of the two characters after the one right of the position.
        var (next, afterNext) = (Class.letter, Class.letter)
        var opensNumber: Bool { next == .number || next == .infix && afterNext == .number }

        enum Number { case none, digits, closed }

        init(first: Class) {
            beforeSpaces = first
            number = first == .number ? .digits : .none
        }

        mutating func advance(to after: Class, breaks: Bool) {
            opensWord = breaks
            if after != .space { beforeSpaces = after }
            switch after {
            case .number: number = .digits
            case .infix, .slash: number = number == .digits ? .digits : .none
            case .closeParenthesis, .closeBrace: number = number == .digits ? .closed : .none
            default: number = .none
            }
        }
    }

    private static func mayBreak(_ before: Class, _ after: Class, _ context: Context) -> Bool {
        switch after {
        case .space, .tab: return false  // LB7
        case _ where before == .tab: return true
        case .infix where before == .space && context.beforeSpaces != .open && context.next == .number:
            return true  // ICU's LB14a: " .5"
        case .closeParenthesis, .closeBrace, .exclamation, .infix, .slash: return false  // LB13
        default: break
        }
        if before == .space {
            // LB14, LB15, then LB18.
            return context.beforeSpaces != .open && !(context.beforeSpaces == .quote && after == .open)
        }
        if before == .open { return false }  // LB14
        if before == .quote || after == .quote { return false }  // LB19
        if after == .breakAfter || after == .hyphen { return false }  // LB21
        switch (before, after) {
        case (.letter, .letter), (.letter, .number), (.number, .letter), (.number, .number): return false  // LB23, LB28
        case (.prefix, .letter), (.postfix, .letter), (.letter, .prefix), (.letter, .postfix): return false  // LB24
        case (_, .prefix), (_, .postfix): return context.number == .none  // LB25
        case (.prefix, .open), (.postfix, .open): return !context.opensNumber
        case (.prefix, .number), (.postfix, .number), (.hyphen, .number), (.infix, .number): return false
        case (.slash, .number): return context.number == .none
        case (.hyphen, .letter): return !context.opensWord  // ICU's LB20.09
        case (.infix, .letter): return false  // LB29
        case (.letter, .open), (.number, .open), (.closeParenthesis, .letter), (.closeParenthesis, .number):
            return false  // LB30
        default: return true
        }
    }
}
