// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

import GlyphPage

/// A formula in MathML as one line: in TeX where it is annotated with it, else with signs for what is above or below.
struct MathText {
    private struct Element {
        var name: String
        var isTeX = false
        var parts: [String] = []
    }

    private var open = [Element(name: "math")]
    private var tex: String?
    private var text = ""

    /// The formula so far.
    var shown: String {
        var copy = self
        while !copy.open.isEmpty { _ = copy.end() }
        return copy.tex ?? copy.text
    }

    mutating func start(_ name: String, encoding: String?) {
        let isTeX = ["application/x-tex", "tex", "latex"].contains(encoding?.lowercased() ?? "")
        open.append(Element(name: name, isTeX: name == "annotation" && isTeX))
    }

    mutating func add(_ piece: String) {
        let piece = piece.trimmed
        if !open.isEmpty, !piece.isEmpty { open[open.count - 1].parts.append(piece) }
    }

    /// Ends the innermost element.
    ///
    /// - Returns: whether it was the formula.
    mutating func end() -> Bool {
        guard let element = open.popLast() else { return true }
        switch element.name {
        case "annotation":
            if element.isTeX, tex == nil, !element.parts.isEmpty { tex = element.parts.joined(separator: " ") }
        case "annotation-xml": break
        default:
            let text = Self.text(of: element)
            if open.isEmpty { self.text = text } else { open[open.count - 1].parts.append(text) }
        }
        return open.isEmpty
    }

    private static func text(of element: Element) -> String {
        let parts = element.parts
        switch (element.name, parts.count) {
        case ("mfrac", 2): return grouped(parts[0]) + "/" + grouped(parts[1])
        case ("msup", 2): return parts[0] + raised(parts[1])
        case ("msub", 2), ("munder", 2): return parts[0] + lowered(parts[1])
        case ("msubsup", 3), ("munderover", 3): return parts[0] + lowered(parts[1]) + raised(parts[2])
        case ("msqrt", _): return "√" + grouped(parts.joined())
        case ("mroot", 2): return RaisedText.superscript(parts[1]) + "√" + grouped(parts[0])
        default: return parts.joined()
        }
    }

    private static func raised(_ text: String) -> String {
        let moved = RaisedText.superscript(text)
        return moved == text ? "^" + grouped(text) : moved
    }

    private static func lowered(_ text: String) -> String {
        let moved = RaisedText.subscript(text)
        return moved == text ? "_" + grouped(text) : moved
    }

    /// In brackets, unless it is one number or word.
    private static func grouped(_ text: String) -> String {
        text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "." } ? text : "(\(text))"
    }
}
