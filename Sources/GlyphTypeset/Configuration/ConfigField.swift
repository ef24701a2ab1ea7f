// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// One key of a configuration with its value, and the conversions that name both when they fail.
struct ConfigField {
    var key: ConfigKey
    var value: JSONValue
    var location: String
    /// Where relative font paths start.
    var folder: String

    func fault(_ expected: String, remedy: String? = nil) -> InputError {
        InputError(at: "\(location): \(key.rawValue)", "is \(value.kind)", expected: expected, remedy: remedy)
    }

    func number(in range: ClosedRange<Double>) throws -> Double {
        guard case .number(let number) = value, range.contains(number) else {
            throw fault("a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))")
        }
        return number
    }

    func integer(in range: ClosedRange<Int>) throws -> Int {
        guard case .number(let number) = value, let whole = Int(exactly: number), range.contains(whole) else {
            throw fault("a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return whole
    }

    func bool() throws -> Bool {
        guard case .bool(let flag) = value else { throw fault("true or false") }
        return flag
    }

    func string(atMost limit: Int) throws -> String {
        guard case .string(let text) = value, text.unicodeScalars.count <= limit else {
            throw fault("a text of at most \(limit) characters")
        }
        return text
    }

    func color() throws -> Color {
        guard case .string(let text) = value, let color = Color(hex: text) else {
            throw fault("a colour such as \"#1A2B3C\"")
        }
        return color
    }

    func choice<Choice: RawRepresentable & CaseIterable>() throws -> Choice where Choice.RawValue == String {
        guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
            throw fault("one of " + Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
        }
        return choice
    }

    /// Two numbers in one text, as `"595,842"`.
    func pair() throws -> (Double, Double) {
        if case .string(let text) = value, let comma = text.firstIndex(of: ","),
            let first = Self.number(text[..<comma]), let second = Self.number(text[text.index(after: comma)...]),
            first > 0, second > 0, first <= 100_000, second <= 100_000
        {
            return (first, second)
        }
        throw fault("width and height as in \"595,842\", both above 0 and at most 100000")
    }

    /// A number with spaces around it.
    private static func number(_ text: Substring) -> Double? {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return Double(text)
    }

    func font() throws -> FontFile {
        guard case .string(let path) = value, !path.isEmpty else {
            throw fault("the path of a TrueType or OpenType font")
        }
        let resolved = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        let isWhole = ResourceFile.exists(resolved)
        let font = isWhole ? FontFile(path: resolved) : FontFile(reference: resolved)
        guard ResourceFile.exists(font.path) else {
            throw fault(
                "a readable font file (looked for \(font.path))",
                remedy: "Give a path that exists here; 'glyph doctor' lists the fonts found"
            )
        }
        return font
    }

    func fonts() throws -> [FontFile] {
        guard case .array(let values) = value else { throw fault("a list of font paths") }
        return try values.map {
            try ConfigField(key: key, value: $0, location: location, folder: folder).font()
        }
    }

    func newlineMarkup() throws -> NewlineMarkup {
        guard case .string(let text) = value, let markup = NewlineMarkup(official: text) else {
            throw fault("\"<br/>\", plain text, or \"<font color=\\\"#FF0000\\\"> \\\\n </font>\"")
        }
        return markup
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() ? "\(Int(number))" : "\(number)"
    }
}

extension NewlineMarkup {
    /// Reads the mark-up forms in use, or returns nil for any other.
    init?(official markup: String) {
        if ["<br/>", "<br>", "<br />"].contains(markup) {
            self = .lineBreak
            return
        }
        // reportlab gives soft hyphens a meaning of their own, which is not reproduced.
        guard !markup.unicodeScalars.contains("\u{AD}") else { return nil }
        let tag = /<font color=["']?(#[0-9A-Fa-f]{6})["']?>([^<>&]*)<\/font>/.matchingSemantics(.unicodeScalar)
        if let match = try? tag.wholeMatch(in: markup) {
            self = .text(String(match.2), color: Color(hex: String(match.1)))
            return
        }
        guard !markup.unicodeScalars.contains(where: { "<>&\n".unicodeScalars.contains($0) }) else { return nil }
        self = .text(markup, color: nil)
    }
}
