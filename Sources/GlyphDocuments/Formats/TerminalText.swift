// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What a terminal would show of a program's output.
enum TerminalText {
    /// The text without escape sequences and control codes; of a line that was written over, the last state.
    static func shown(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var line = String.UnicodeScalarView()
        var isReturned = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1B}": skipEscape(&rest)
            case "\n":
                line.append(scalar)
                result += line
                (line, isReturned) = (String.UnicodeScalarView(), false)
            // A progress bar returns after each state; the last one stays even when it returns too.
            case "\r": isReturned = true
            case "\u{08}": if !line.isEmpty { line.removeLast() }
            case _ where isControl(scalar): break
            default:
                if isReturned { (line, isReturned) = (String.UnicodeScalarView(), false) }
                line.append(scalar)
            }
        }
        result += line
        return String(result)
    }

    /// A text that no terminal has shown without control codes, whatever ends its lines.
    static func withoutControls(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var last: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar == "\r" || scalar == "\n" && last != "\r" { result.append("\n") }
            if scalar != "\r", scalar != "\n", !isControl(scalar) { result.append(scalar) }
            last = scalar
        }
        return String(result)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 && scalar != "\t" && scalar != "\n" || scalar.value == 0x7F
    }

    /// Skips what follows an escape character: `[…m` for colours, `]8;;…` for links, and their kin.
    private static func skipEscape(_ rest: inout Substring.UnicodeScalarView) {
        switch rest.first {
        case "[":
            rest.removeFirst()
            while let next = rest.first, (0x20...0x3F).contains(next.value) { rest.removeFirst() }
            if let last = rest.first, (0x40...0x7E).contains(last.value) { rest.removeFirst() }
        case "]", "P", "X", "^", "_":
            rest.removeFirst()
            skipString(&rest)
        default:
            while let next = rest.first, (0x20...0x2F).contains(next.value) { rest.removeFirst() }
            if let last = rest.first, (0x30...0x7E).contains(last.value) { rest.removeFirst() }
        }
    }

    /// Skips up to a bell, or an escape character with a backslash; a string that its line does not end is shown.
    private static func skipString(_ rest: inout Substring.UnicodeScalarView) {
        guard let end = rest.firstIndex(where: { $0 == "\u{07}" || $0 == "\u{1B}" || $0 == "\n" }),
            rest[end] != "\n"
        else { return }
        let isBell = rest[end] == "\u{07}"
        rest = rest[rest.index(after: end)...]
        if !isBell, rest.first == "\\" { rest.removeFirst() }
    }
}
