// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphDocuments

/// The labels were compared with those that LibreOffice shows for the same documents.
@Suite("Lists of DOCX")
struct WordListTests {
    private func level(_ level: Int, _ format: String, _ text: String, _ more: String = "") -> String {
        "<w:lvl w:ilvl=\"\(level)\"><w:start w:val=\"1\"/><w:numFmt w:val=\"\(format)\"/>\(more)"
            + "<w:lvlText w:val=\"\(text)\"/></w:lvl>"
    }

    private func definition(_ id: Int, _ content: String) -> String {
        "<w:abstractNum w:abstractNumId=\"\(id)\">\(content)</w:abstractNum>"
    }

    private func list(_ id: Int, of definition: Int, _ overrides: String = "") -> String {
        "<w:num w:numId=\"\(id)\"><w:abstractNumId w:val=\"\(definition)\"/>\(overrides)</w:num>"
    }

    private func restart(_ level: Int, from start: Int) -> String {
        "<w:lvlOverride w:ilvl=\"\(level)\"><w:startOverride w:val=\"\(start)\"/></w:lvlOverride>"
    }

    private func items(_ list: Int, _ names: String...) -> String {
        names.map { WordParts.paragraph($0, WordParts.item(list)) }.joined()
    }

    private var outline: String {
        definition(0, level(0, "decimal", "%1") + level(1, "decimal", "%1.%2") + level(2, "decimal", "%1.%2.%3"))
            + list(1, of: 0)
    }

    private func heading(_ level: Int, _ numbering: String) -> String {
        """
        <w:style w:styleId="Heading\(level)"><w:name w:val="heading \(level)"/><w:pPr>
        <w:numPr>\(numbering)</w:numPr><w:outlineLvl w:val="\(level - 1)"/></w:pPr></w:style>
        """
    }

    private let chapters = [("Scope", 1), ("Parties", 2), ("Buyer", 3), ("Terms", 2), ("Price", 1)]
        .map { WordParts.paragraph($0.0, WordParts.value("pStyle", "Heading\($0.1)")) }
        .joined()

    private let numbered = "# 1 Scope\n\n## 1.1 Parties\n\n### 1.1.1 Buyer\n\n## 1.2 Terms\n\n# 2 Price"

    @Test("Headings that their styles number have numbers of several levels")
    func styles() throws {
        let styles = (1...3).map { index in
            heading(index, WordParts.value("ilvl", "\(index - 1)") + WordParts.value("numId", "1"))
        }
        #expect(try WordParts.text(chapters, styles: styles.joined(), numbering: outline) == numbered)
    }

    @Test("A level may name the style that stands for it instead of the style the level")
    func linkedStyles() throws {
        let styles = (1...3).map { heading($0, WordParts.value("numId", "1")) }.joined()
        let levels = (0...2).map { index in
            let text = ["%1", "%1.%2", "%1.%2.%3"][index]
            return level(index, "decimal", text, WordParts.value("pStyle", "Heading\(index + 1)"))
        }
        let numbering = definition(0, levels.joined()) + list(1, of: 0)
        #expect(try WordParts.text(chapters, styles: styles, numbering: numbering) == numbered)
    }

    @Test("A list that starts over does so once; lists of one definition count on from each other")
    func restarts() throws {
        let numbering =
            definition(0, level(0, "decimal", "%1.")) + list(1, of: 0) + list(2, of: 0, restart(0, from: 1))
            + list(3, of: 0) + list(4, of: 0, restart(0, from: 7))
        let body = items(1, "a", "b") + items(2, "c", "d") + items(1, "e") + items(3, "f") + items(4, "g", "h")
        let wanted = "1. a\n2. b\n1. c\n2. d\n3. e\n4. f\n7. g\n8. h"
        #expect(try WordParts.text(body, numbering: numbering) == wanted)
    }

    @Test("A list may label a level in its own way, and a level may go on over those above")
    func overrides() throws {
        let own = "<w:lvlOverride w:ilvl=\"0\">\(level(0, "upperLetter", "(%1)"))</w:lvlOverride>"
        let numbering =
            definition(0, level(0, "upperRoman", "%1") + level(1, "decimal", "%1.%2", "<w:isLgl/>"))
            + definition(1, level(0, "decimal", "%1.") + level(1, "decimal", "%2)", WordParts.value("lvlRestart", "0")))
            + list(1, of: 0) + list(2, of: 0, own) + list(3, of: 1)
        let nested = [(0, "d"), (1, "e"), (0, "f"), (1, "g")].map { level, name in
            WordParts.paragraph(name, WordParts.item(3, level))
        }
        let second = WordParts.paragraph("b", WordParts.item(1, 1))
        let body = items(1, "a") + second + items(2, "c") + nested.joined()
        let wanted = "I a\n  1.1 b\n(B) c\n1. d\n  1) e\n2. f\n  2) g"
        #expect(try WordParts.text(body, numbering: numbering) == wanted)
    }

    @Test("Numbered paragraphs in cells show their numbers and count, and so do empty ones")
    func cells() throws {
        let numbering = definition(0, level(0, "decimal", "%1.")) + list(1, of: 0)
        let rows = ["rope", "oil"].map { name in
            "<w:tr>\(WordParts.cell(items(1, "")))\(WordParts.cell(WordParts.paragraph(name)))</w:tr>"
        }
        let removed = WordParts.paragraph("", WordParts.item(1) + "<w:rPr><w:del w:id=\"1\"/></w:rPr>")
        let body =
            items(1, "a") + "<w:tbl>\(rows.joined())<w:tr>\(WordParts.cell(items(1, "x", "y")))</w:tr></w:tbl>"
            + removed + items(1, "b", "", "c")
        let wanted = "1. a\n\n| 2. | rope |\n| 3. | oil |\n| 4. x 5. y |\n\n6. b\n7.\n8. c"
        #expect(try WordParts.text(body, numbering: numbering) == wanted)
    }

    @Test("A tracked change of formatting keeps the new style and list")
    func formattingChanges() throws {
        let numbering =
            definition(0, level(0, "decimal", "%1.")) + definition(1, level(0, "decimal", "(%1)"))
            + list(1, of: 0) + list(2, of: 1)
        let change = "<w:pPrChange w:id=\"1\"><w:pPr>\(WordParts.value("pStyle", "Normal"))\(WordParts.item(2))"
        let changed = WordParts.item(1) + change + "</w:pPr></w:pPrChange>" + WordParts.value("outlineLvl", "1")
        let body = WordParts.paragraph("a", changed) + items(1, "b")
        #expect(try WordParts.text(body, numbering: numbering) == "## 1. a\n\n2. b")
    }

    @Test("A list that only names a style is labelled by the definition of that style")
    func linkedDefinitions() throws {
        let numbering =
            definition(0, WordParts.value("numStyleLink", "Rules"))
            + definition(1, WordParts.value("styleLink", "Rules") + level(0, "chineseCountingThousand", "第%1条"))
            + list(1, of: 0) + list(2, of: 1)
        #expect(
            try WordParts.text(items(1, "甲") + items(2, "乙"), numbering: numbering) == "第一条 甲\n第二条 乙"
        )
    }

    @Test("A bullet that is blank is no label")
    func blankBullets() throws {
        let numbering =
            definition(0, level(0, "bullet", " ")) + definition(1, level(0, "bullet", "•")) + list(1, of: 0)
            + list(2, of: 1)
        #expect(try WordParts.text(items(2, "a") + items(1, "b"), numbering: numbering) == "- a\n\nb")
    }

    private static let eastAsian: [(String, [(Int, String)])] = [
        ("chineseCountingThousand", [(0, "零"), (10, "十"), (11, "十一"), (20, "二十"), (100, "一百"), (101, "一百零一")]),
        ("chineseCounting", [(110, "一百一十"), (1001, "一千零一"), (10_000, "一万"), (12_345, "一万二千三百四十五")]),
        ("taiwaneseCountingThousand", [(10_020, "一萬零二十"), (100_001_000, "一億零一千")]),
        ("chineseLegalSimplified", [(10, "壹拾"), (101, "壹佰零壹")]),
        ("japaneseCounting", [(12, "十二"), (101, "百一"), (210, "二百十")]),
        ("koreanCounting", [(11, "십일"), (100, "백")]),
        ("ideographDigital", [(1, "一"), (10, "一〇"), (203, "二〇三")]),
        ("ideographTraditional", [(1, "甲"), (10, "癸"), (11, "11")]),
        ("decimalEnclosedCircle", [(20, "⑳"), (21, "21")]),
        ("chineseCountingThousand", [(-1, "-1")]),
    ]

    @Test("Chinese, Japanese and Korean numbers", arguments: eastAsian)
    func eastAsianNumbers(format: String, numbers: [(Int, String)]) {
        for (number, wanted) in numbers { #expect(WordNumbering.numeral(number, format) == wanted) }
    }

    @Test("English ordinals and numbers in words, and decimals where they are not known")
    func englishNumbers() {
        let numbers = [1, 2, 3, 4, 11, 12, 21, 113]
        let ordinals = ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "113th"]
        #expect(numbers.map { WordNumbering.numeral($0, "ordinal") } == ordinals)
        let cardinals = [1, 20, 42, 100].map { WordNumbering.numeral($0, "cardinalText") }
        #expect(cardinals == ["One", "Twenty", "Forty-two", "100"])
        let inWords = [1, 12, 20, 42].map { WordNumbering.numeral($0, "ordinalText") }
        #expect(inWords == ["First", "Twelfth", "Twentieth", "Forty-second"])
        #expect(WordNumbering.numeral(7, "hebrew1") == "7")
    }
}
