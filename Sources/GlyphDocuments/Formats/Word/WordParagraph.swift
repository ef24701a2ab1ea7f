// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A paragraph that is being read.
struct WordParagraph {
    private(set) var text = ""
    private(set) var style: String?
    /// From 0, as Word stores it.
    private(set) var outlineLevel: Int?
    /// What the paragraph itself says of its list; what it leaves open its style says.
    private(set) var numbering = WordStyles.Numbering()
    /// Whether its end is deleted or hidden: then nothing is left of a paragraph without text, not even a number.
    private(set) var isRemoved = false
    /// Whether the properties that describe the paragraph are open; runs have properties of their own.
    private var isInProperties = false
    /// The runs that are open: characters with their reading above hold runs inside of another.
    private var runs: [WordRun] = []
    /// How the characters before are read aloud, which stands before them in the file.
    private var reading = ""
    /// Whether the box of a form that is open is ticked.
    private var isTicked: Bool?

    /// Adds text where the paragraph has come to.
    mutating func add(_ piece: String) {
        if runs.isEmpty { text += piece } else { runs[runs.count - 1].text += piece }
    }

    /// Whether nobody sees what stands here.
    func isHidden(_ styles: WordStyles) -> Bool {
        runs.contains { $0.isHidden(styles, paragraph: style) }
    }

    mutating func start(_ element: String, _ reader: WordReader) {
        if isInProperties { return set(element, reader) }
        switch element {
        case "pPr": isInProperties = true
        case "r", "rt", "rubyBase": runs.append(WordRun())
        case "rStyle", "vanish", "vertAlign": if !runs.isEmpty { runs[runs.count - 1].set(element, reader) }
        case "tab", "ptab": add("\t")
        case "br", "cr": add("\n")
        case "noBreakHyphen": add("-")
        case "docPr": describe(reader.attribute("descr"))
        case "shape": describe(reader.attribute("alt"))
        case "checkBox": isTicked = false
        case "default", "checked": if isTicked != nil { isTicked = reader.isOn }
        default: break
        }
    }

    /// Takes over a property of the paragraph.
    private mutating func set(_ property: String, _ reader: WordReader) {
        switch property {
        case "pStyle": style = reader.attribute("val")
        case "outlineLvl": outlineLevel = reader.attribute("val").flatMap { Int($0) }
        case "numId", "ilvl": numbering.set(property, reader)
        case "del", "moveFrom": isRemoved = true
        case "vanish": if reader.isOn { isRemoved = true }
        default: break
        }
    }

    /// Sets the alternative text of a picture, as for a picture of HTML.
    private mutating func describe(_ alternative: String?) {
        let words = (alternative ?? "").collapsedWhiteSpace
        if !words.isEmpty { add("[\(words)]") }
    }

    mutating func end(_ element: String, _ styles: WordStyles) {
        switch element {
        case "pPr": isInProperties = false
        case "r", "rubyBase": if let run = runs.popLast() { add(run.visibleText(styles, paragraph: style)) }
        case "rt": reading = runs.popLast()?.text ?? ""
        case "ruby":
            if !reading.isEmpty { add("(\(reading))") }
            reading = ""
        case "checkBox":
            if let isTicked { add(isTicked ? "☒" : "☐") }
            isTicked = nil
        default: break
        }
    }
}
