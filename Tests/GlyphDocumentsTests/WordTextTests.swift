// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphDocuments

@Suite("Text of DOCX")
struct WordTextTests {
    private func raised(_ text: String) -> String {
        WordParts.run(text, WordParts.value("vertAlign", "superscript"))
    }

    private func text(ofRuns runs: String, styles: String = "") throws -> String {
        try WordParts.text("<w:p>\(runs)</w:p>", styles: styles)
    }

    @Test("Digits that are raised or lowered stay apart from those beside them; raised letters stay as they are")
    func raisedDigits() throws {
        let lowered = WordParts.run("2", WordParts.value("vertAlign", "subscript"))
        let baseline = WordParts.run("7", WordParts.value("vertAlign", "baseline"))
        let power = WordParts.run("10") + raised("−6 ")
        let formula = WordParts.run("H") + lowered + WordParts.run("O 4") + raised("th") + baseline
        #expect(try text(ofRuns: power + formula) == "10⁻⁶ H₂O 4th7")
    }

    @Test("A style may raise or hide letters, also by what it is based on, and a run may take that back")
    func letterStyles() throws {
        let styles = """
            <w:style w:styleId="Mark"><w:name w:val="mark"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>
            <w:style w:styleId="Note"><w:name w:val="note"/><w:basedOn w:val="Mark"/></w:style>
            <w:style w:styleId="Secret"><w:name w:val="secret"/><w:rPr><w:vanish/></w:rPr></w:style>
            """
        let secret = WordParts.value("rStyle", "Secret")
        let runs =
            WordParts.run("x") + WordParts.run("3", WordParts.value("rStyle", "Note")) + WordParts.run("hidden", secret)
            + WordParts.run(" shown", secret + WordParts.value("vanish", "0"))
        #expect(try text(ofRuns: runs, styles: styles) == "x³ shown")
        let hidden = WordParts.paragraph("hidden", WordParts.value("pStyle", "Secret"))
        #expect(try WordParts.text(hidden + WordParts.paragraph("seen"), styles: styles) == "seen")
    }

    @Test("Hidden text is left out with its notes; a hidden end of a paragraph hides no text")
    func hidden() throws {
        let note = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>gone</w:t><w:footnoteReference w:id=\"1\"/></w:r>"
        let shown = WordParts.run(" here", WordParts.value("vanish", "false"))
        let body = try WordParts.body(
            "<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>\(WordParts.run("still"))\(note)\(shown)</w:p>"
        )
        #expect(String(decoding: body.text.bytes, as: UTF8.self) == "still here" && body.notes.isEmpty)
    }

    @Test("A tracked change of formatting neither hides nor raises")
    func formattingChanges() throws {
        let old = "<w:rPrChange w:id=\"1\"><w:rPr><w:vanish/><w:vertAlign w:val=\"superscript\"/></w:rPr></w:rPrChange>"
        #expect(try text(ofRuns: WordParts.run("12", old)) == "12")
    }

    @Test("Boxes of forms are ticked or empty")
    func checkBoxes() throws {
        func box(_ state: String) -> String {
            "<w:r><w:fldChar><w:ffData><w:checkBox><w:sizeAuto/>\(state)</w:checkBox></w:ffData></w:fldChar></w:r>"
        }
        let on = "<w:checked/>"
        let changed = WordParts.value("default", "1") + WordParts.value("checked", "0")
        let preset = WordParts.value("default", "1")
        #expect(try text(ofRuns: box(on) + box("") + box(changed) + box(preset) + WordParts.run(" yes")) == "☒☐☐☒ yes")
        let state = "<w:sdtPr><w14:checkbox><w14:checked w14:val=\"1\"/></w14:checkbox></w:sdtPr>"
        let control = "<w:sdt>\(state)<w:sdtContent>\(WordParts.run("☒"))</w:sdtContent></w:sdt>"
        #expect(try text(ofRuns: control) == "☒")
    }

    @Test("Symbols of Symbol and Wingdings are the characters that they show; unknown ones are visible and counted")
    func symbols() throws {
        func symbol(_ font: String, _ code: String) -> String {
            "<w:r><w:sym w:font=\"\(font)\" w:char=\"\(code)\"/></w:r>"
        }
        let known = [
            ("Wingdings", "F0FE"), ("Wingdings", "F0FC"), ("Wingdings", "F0A8"), ("Wingdings", "F06F"),
            ("Symbol", "F061"), ("Symbol", "00B3"), ("Symbol", "F035"), ("Arial", "2192"), ("Wingdings 2", "F052"),
        ]
        let body = try WordParts.body(
            "<w:p>" + known.map { symbol($0.0, $0.1) }.joined() + symbol("Odd", "F041") + symbol("Odd", "x") + "</w:p>"
        )
        #expect(String(decoding: body.text.bytes, as: UTF8.self) == "☑✓◻□α≥5→☑\u{FFFD}\u{FFFD}")
        #expect(body.losses.notes == ["not read: 2 symbols of unknown meaning, each written as \u{FFFD}"])
    }

    @Test("Pictures leave their alternative text; they, charts and diagrams are counted")
    func pictures() throws {
        func drawing(_ description: String, _ content: String) -> String {
            "<w:r><w:drawing><wp:docPr id=\"1\" descr=\"\(description)\"/>\(content)</w:drawing></w:r>"
        }
        let runs =
            WordParts.run("See ") + drawing(" Sales\nof 2020 ", "<c:chart/>") + drawing("", "<dgm:relIds/><a:blip/>")
            + "<w:r><w:pict><v:shape alt=\"A map\"><v:imagedata/></v:shape></w:pict></w:r>"
        let body = try WordParts.body("<w:p>\(runs)</w:p>")
        #expect(String(decoding: body.text.bytes, as: UTF8.self) == "See [Sales of 2020][A map]")
        #expect(body.losses.notes == ["not read: 2 pictures", "not read: 1 chart", "not read: 1 diagram"])
    }

    @Test("How characters are read aloud stands behind them in parentheses")
    func readings() throws {
        let ruby =
            "<w:r><w:ruby><w:rubyPr/><w:rt>\(WordParts.run("かんじ"))</w:rt>"
            + "<w:rubyBase>\(WordParts.run("漢字"))</w:rubyBase></w:ruby></w:r>"
        #expect(try text(ofRuns: ruby + WordParts.run("を書く")) == "漢字(かんじ)を書く")
    }

    @Test("Notes are read by the rules of the body")
    func notes() throws {
        let moved = "<w:moveFrom w:id=\"9\">\(WordParts.run("moved away"))</w:moveFrom>"
        let twice = "<mc:Choice><w:t>once</w:t></mc:Choice><mc:Fallback><w:t>twice</w:t></mc:Fallback>"
        let content =
            "<w:footnote w:id=\"5\"><w:p><w:r><w:t>e</w:t><w:noBreakHyphen/><w:t>mail</w:t><w:cr/><w:t>10</w:t></w:r>"
            + raised("6") + moved + WordParts.run("secret", "<w:vanish/>") + "</w:p><w:p><w:r>"
            + "<mc:AlternateContent>\(twice)</mc:AlternateContent></w:r></w:p></w:footnote>"
            + "<w:footnote w:id=\"6\"><w:p><a:blip/></w:p></w:footnote>"
        let part = WordParts.part("footnotes", content)
        let notes = try WordNotes(part, element: "footnote", styles: WordParts.styles(""), name: "a.docx")
        #expect(notes["5"] == "e-mail 10⁶ once" && notes["6"] == "" && notes["7"] == nil)
        #expect(notes.losses.pictures == 1)
    }

    @Test("Cells that spread over columns leave empty ones, so that columns stay in line")
    func spans() throws {
        func cell(_ name: String, _ properties: String = "") -> String {
            WordParts.cell(WordParts.paragraph(name), properties)
        }
        let wide = cell("Name", WordParts.value("gridSpan", "2")) + cell("Age")
        let late = "<w:trPr>" + WordParts.value("gridBefore", "1") + WordParts.value("gridAfter", "1") + "</w:trPr>"
        let merged = cell("", WordParts.value("gridSpan", "2") + "<w:vMerge/>") + cell("9")
        let damaged = cell("x", WordParts.value("gridSpan", "-4")) + cell("y", WordParts.value("gridSpan", "many"))
        let rows = [wide, cell("Ann") + cell("Lee") + cell("7"), late + cell("Lee"), merged, damaged]
        let table = "<w:tbl>" + rows.map { "<w:tr>\($0)</w:tr>" }.joined() + "</w:tbl>"
        let wanted = "| Name |  | Age |\n| Ann | Lee | 7 |\n|  | Lee |  |\n|  |  | 9 |\n| x | y |"
        #expect(try WordParts.text(table) == wanted)
        let endless = "<w:tbl><w:tr>" + cell("x", WordParts.value("gridSpan", "2000000000")) + "</w:tr></w:tbl>"
        #expect(try WordParts.text(endless).utf8.count < 300)
    }

    @Test("A table in a cell keeps its cells and rows apart")
    func nestedTables() throws {
        func row(_ names: String...) -> String {
            "<w:tr>" + names.map { WordParts.cell(WordParts.paragraph($0)) }.joined() + "</w:tr>"
        }
        let inner = "<w:tbl>" + row("in1", "a|b") + row("", "") + row("in3", "in4") + "</w:tbl>"
        let cell = WordParts.cell(WordParts.paragraph("outer") + inner + WordParts.paragraph("tail"))
        let wanted = "| outer in1 / a\\|b; in3 / in4 tail |"
        #expect(try WordParts.text("<w:tbl><w:tr>\(cell)</w:tr></w:tbl>") == wanted)
    }

    @Test("Quotations that stand apart are marked, line by line")
    func quotes() throws {
        let styles = "<w:style w:styleId=\"a3\"><w:name w:val=\"Intense Quote\"/></w:style>"
        let quote =
            "<w:p><w:pPr>\(WordParts.value("pStyle", "a3"))</w:pPr>"
            + "<w:r><w:t>To be</w:t><w:br/><w:t>or not</w:t></w:r></w:p>"
        #expect(try WordParts.text(quote, styles: styles) == "> To be\n> or not")
    }
}
