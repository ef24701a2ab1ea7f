// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The paragraphs of a part of a DOCX document, by the rules that its body and its notes share.
struct WordParagraphs {
    private(set) var losses = WordLosses()
    private let styles: WordStyles
    /// The paragraphs that are open: a text box holds paragraphs inside of another.
    private var open: [WordParagraph] = []

    init(styles: WordStyles) { self.styles = styles }

    /// Whether no paragraph is open.
    var isEmpty: Bool { open.isEmpty }

    /// Whether nobody sees what stands here.
    var isHidden: Bool { open.contains { $0.isHidden(styles) } }

    mutating func start(_ element: String, _ reader: WordReader) {
        switch element {
        case "p": open.append(WordParagraph())
        case "blip", "imagedata": losses.pictures += 1
        case "chart": losses.charts += 1
        case "relIds": losses.diagrams += 1
        case "sym": add(symbol(reader))
        default: if !open.isEmpty { open[open.count - 1].start(element, reader) }
        }
    }

    /// Adds text to the paragraph that is open.
    mutating func add(_ piece: String) {
        if !open.isEmpty { open[open.count - 1].add(piece) }
    }

    /// Ends an element; gives the paragraph that ends with it.
    mutating func end(_ element: String) -> WordParagraph? {
        if element == "p" { return open.popLast() }
        if !open.isEmpty { open[open.count - 1].end(element, styles) }
        return nil
    }

    private mutating func symbol(_ reader: WordReader) -> String {
        let known = WordSymbols.text(reader.attribute("char") ?? "", font: reader.attribute("font") ?? "")
        if known == nil { losses.symbols += 1 }
        return known ?? "\u{FFFD}"
    }
}

/// What a DOCX document shows that its text does not say.
struct WordLosses {
    var pictures = 0
    var charts = 0
    var diagrams = 0
    /// Characters of fonts whose meaning is not known.
    var symbols = 0

    /// Adds what another part shows.
    mutating func add(_ other: WordLosses) {
        pictures += other.pictures
        charts += other.charts
        diagrams += other.diagrams
        symbols += other.symbols
    }

    /// What a person should know.
    var notes: [String] {
        let counts = [("picture", pictures), ("chart", charts), ("diagram", diagrams)].filter { $0.1 > 0 }
        let unknown = "not read: \("symbol".counted(symbols)) of unknown meaning, each written as \u{FFFD}"
        return counts.map { "not read: \($0.0.counted($0.1))" } + (symbols > 0 ? [unknown] : [])
    }
}
