// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphDocuments

@Suite("Tables of HTML")
struct HTMLTableTests {
    private static let data = "<tr><td>a<td>b</tr><tr><td>c<td>d</tr>"

    @Test("Code in a cell keeps its lines and its indentation")
    func code() throws {
        let page = "<table><tr><td><pre>1\n2</pre></td><td><pre>def f():\n    return 1</pre></td></tr></table>"
        #expect(try html(page) == "1\n2\n\ndef f():\n    return 1\n")
        let row = "<tr><td>a<td><pre>x  y</pre></tr>"
        #expect(try html("<table>\(row)\(Self.data)</table>") == "| a | x  y |\n| a | b |\n| c | d |\n")
        let inCode = "<pre>a\n<div><table><tr><td>b  c</table></div>\n  d</pre>"
        #expect(try html(inCode) == "a\n\nb c\n\n  d\n")
    }

    @Test("A table that only places things is read block by block")
    func layout() throws {
        let blocks = "<p>One.</p><h3>Head</h3><ul><li>x<li>y</ul>Text<br><br>more"
        let wanted = "One.\n\n### Head\n\n- x\n- y\n\nText\n\nmore\n"
        #expect(try html("<table><tr><td>\(blocks)</td></tr></table>") == wanted)
        #expect(try html("<table><tr><td>\(blocks)</td><td></td></tr></table>") == wanted)
        #expect(try html("<table><tr><td>a</tr><tr><td>b</tr></table>") == "a\n\nb\n")
        #expect(try html("<table role=presentation>\(Self.data)</table>") == "a\n\nb\n\nc\n\nd\n")
        let nested = "<table><tr><td>left<td>in<table>\(Self.data)</table></tr></table>"
        #expect(try html(nested) == "left\n\nin\n\n| a | b |\n| c | d |\n")
    }

    @Test("A table with headings or a caption stays rows, whatever paragraphs its cells have")
    func dataTables() throws {
        #expect(try html("<table>\(Self.data)</table>") == "| a | b |\n| c | d |\n")
        let page = "<table><tr><th>h<th><h4>i</h4></tr><tr><td>a<td><p>b<p>c|</tr></table>"
        #expect(try html(page) == "| h | i |\n| a | b c\\| |\n")
    }

    @Test("Paragraphs in a cell are one field where most rows or the first have plain fields")
    func paragraphsInCells() throws {
        let rich = "<tr><td>e<td><p>f<p>g</tr>"
        #expect(try html("<table>\(Self.data)\(rich)</table>") == "| a | b |\n| c | d |\n| e | f g |\n")
        #expect(try html("<table>\(rich)\(Self.data)</table>") == "| e | f g |\n| a | b |\n| c | d |\n")
        let head = "<tr><td>a<td>b</tr>"
        #expect(try html("<table>\(head)\(rich)\(rich)</table>") == "| a | b |\n| e | f g |\n| e | f g |\n")
        #expect(try html("<table>\(rich)\(head)\(rich)</table>") == "e\n\nf\n\ng\n\n| a | b |\n\ne\n\nf\n\ng\n")
    }

    @Test("Headings and long texts in a cell are set block by block, whatever rows there are beside them")
    func longCells() throws {
        let heading = "<tr><td colspan=2><h3>Head</h3></tr>"
        #expect(try html("<table>\(heading)\(Self.data)</table>") == "### Head\n\n| a | b |\n| c | d |\n")
        let long = String(repeating: "w", count: 300)
        let page = "<table>\(Self.data)<tr><td>e<td><p>\(long)<p>\(long)</tr></table>"
        #expect(try html(page) == "| a | b |\n| c | d |\n\ne\n\n\(long)\n\n\(long)\n")
    }

    @Test("A small table in a cell of a data table stays there; rows of different tables stay apart")
    func tablesInCells() throws {
        let head = "<tr><th>K<th>V</tr>"
        let last = "<tr><td>Z<td>9</tr>"
        let inner = "<table><tr><td>1<td>2|</tr><tr><td>3<td>4</table>"
        let small = "<table>\(head)<tr><td>Deep<td>in\(inner)</tr>\(last)</table>"
        #expect(try html(small) == "| K | V |\n| Deep | in 1 / 2\\|; 3 / 4 |\n| Z | 9 |\n")
        let long = String(repeating: "w", count: 300)
        let big = "<table>\(head)<tr><td>Deep<td><table><tr><td>1<td>\(long)</table></tr>\(last)</table>"
        #expect(try html(big) == "| K | V |\n\nDeep\n\n| 1 | \(long) |\n\n| Z | 9 |\n")
        let pair = "<table>\(Self.data)</table>"
        #expect(try html(pair + pair) == "| a | b |\n| c | d |\n\n| a | b |\n| c | d |\n")
    }

    @Test("A row that is nothing but a line across the table is left out")
    func lines() throws {
        let line = "<tr><td colspan=2><hr></tr>"
        #expect(try html("<table>\(line)\(Self.data)\(line)</table>") == "| a | b |\n| c | d |\n")
    }

    @Test("Merged cells leave empty ones, so that what follows stays in its column")
    func merged() throws {
        let head = "<tr><th rowspan=2>Year<th colspan=2>Sales</tr><tr><th>EU<th>US</tr>"
        let body = "<tr><td rowspan=2>2020<td>10<td>20</tr><tr><td>30<td>40</tr>"
        let wanted = "| Year | Sales |  |\n|  | EU | US |\n| 2020 | 10 | 20 |\n|  | 30 | 40 |\n"
        #expect(try html("<table>\(head)\(body)</table>") == wanted)
        let last = "<tr><td colspan=2>e</tr>"
        #expect(try html("<table>\(Self.data)\(last)</table>") == "| a | b |\n| c | d |\n| e |  |\n")
    }

    @Test(
        "Spans that no table has are harmless",
        arguments: ["0", "-3", "x", "", "99999999999999999999", "1000", "65534"]
    )
    func hostileSpans(span: String) throws {
        let page = "<table><tr><td colspan='\(span)' rowspan='\(span)'>a<td>b</tr><tr><td>c<td>d</tr></table>"
        let read = try html(page)
        #expect(["a", "b", "c", "d"].allSatisfy { read.contains($0) } && read.utf8.count < 10_000)
    }

    @Test("Many wide cells do not fill the memory with empty ones")
    func manySpans() throws {
        let first = "<tr>" + String(repeating: "<td>x</td>", count: 1000) + "</tr>"
        let rows = String(repeating: "<tr><td colspan=999>a<td>b</tr>", count: 3000)
        #expect(try html("<table>\(first)\(rows)</table>").utf8.count < 5_000_000)
    }

    @Test("Lists in cells end with their cells")
    func lists() throws {
        let cell = "<table><tr><td><ul><li>x</ul></td></tr></table>"
        let read = try html(String(repeating: cell, count: 3000) + "<ul><li>top</ul>")
        #expect(read.hasSuffix("\n- x\n- top\n") && read.utf8.count < 20_000)
        #expect(try html("<ul><li>a\(cell)<li>b</ul>") == "- a\n- x\n- b\n")
    }

    @Test("A table in a quotation is quoted")
    func quoted() throws {
        let page = "<blockquote><p>q<table>\(Self.data)</table></blockquote><p>end"
        #expect(try html(page) == "> q\n\n> | a | b |\n> | c | d |\n\nend\n")
    }

    @Test("A long table is set before its end, and loses nothing by it")
    func long() throws {
        let word = String(repeating: "w", count: 100)
        let rows = (0..<12_000).map { "<tr><td>\($0)<td>\(word)</tr>" }.joined()
        let lines = (0..<12_000).map { "| \($0) | \(word) |\n" }.joined()
        #expect(try html("<table>\(rows)</table>") == lines)
    }
}
