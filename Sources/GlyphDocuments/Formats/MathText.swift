// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A formula in MathML as one line: in TeX where it is annotated with it, else with signs for what is above or below.
struct MathText {
    private struct Element {
        var name: String
        var isTeX = false
        /// Whether its content is words, whose white space counts.
        var isWords = false
        var parts: [MathPart] = []
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
        let isWords = name == "mtext" || open.last?.isWords == true
        open.append(Element(name: name, isTeX: name == "annotation" && isTeX, isWords: isWords))
    }

    mutating func add(_ piece: String) {
        guard let element = open.last else { return }
        let piece = element.isWords ? String(piece.map { $0.isWhitespace ? " " : $0 }) : piece.trimmed
        if !piece.isEmpty { open[open.count - 1].parts.append(MathPart(token: piece)) }
    }

    /// Ends the innermost element.
    ///
    /// - Returns: whether it was the formula.
    mutating func end() -> Bool {
        guard let element = open.popLast() else { return true }
        switch element.name {
        case "annotation":
            if element.isTeX, tex == nil, !element.parts.isEmpty {
                tex = element.parts.map(\.text).joined(separator: " ")
            }
        case "annotation-xml": break
        default:
            let part = Self.part(element)
            if open.isEmpty { text = part.text } else { open[open.count - 1].parts.append(part) }
        }
        return open.isEmpty
    }

    private static func part(_ element: Element) -> MathPart {
        let parts = element.parts
        switch (element.name, parts.count) {
        case ("mfrac", 2): return .fraction(parts[0], parts[1])
        case ("msup", 2): return parts[0].with(raised: parts[1])
        case ("msub", 2), ("munder", 2): return parts[0].with(lowered: parts[1])
        case ("msubsup", 3), ("munderover", 3): return parts[0].with(lowered: parts[1]).with(raised: parts[2])
        case ("msqrt", _): return .root(.row(parts))
        case ("mroot", 2): return .root(parts[0], degree: parts[1])
        case ("mspace", _): return MathPart(text: " ")
        case ("mtr", _), ("mlabeledtr", _): return .list(parts, separator: " ")
        case ("mtable", _): return .list(parts, separator: "; ")
        default: return element.isWords ? MathPart(token: parts.map(\.text).joined()) : .row(parts)
        }
    }
}
