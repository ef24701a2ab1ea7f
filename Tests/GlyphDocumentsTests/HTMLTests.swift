// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphDocuments

@Suite("HTML")
struct HTMLTests {
    @Test("A heading or an item without text leaves its mark to nobody")
    func emptyBlocks() throws {
        #expect(try html("<h2><img src=x></h2><p>Plain") == "Plain\n")
        #expect(try html("<ul><li></li></ul><p>Para") == "Para\n")
        #expect(try html("<dl><dt>a<dd></dl><p>Para") == "a\n\nPara\n")
        #expect(try html("<ul><li><p></p><p>kept</p></li></ul>") == "- kept\n")
        let page = Array("<html><head><title/></head><body><p>First</p></body></html>".utf8)
        #expect(try HTMLText.read(page, name: "a.html").bytes == Array("First\n".utf8))
    }

    @Test("A button's text stays, and of a list to choose from the chosen option or the first")
    func controls() throws {
        #expect(try html("<h2><button>How much?</button></h2><p>5 euro") == "## How much?\n\n5 euro\n")
        #expect(try html("<p>a<button>b</button>c") == "a b c\n")
        #expect(try html("<p>a<button><p>copy</button>c") == "a\n\ncopy\n\nc\n")
        let first = "<option>One</option>"
        let chosen = first + "<option selected>Two</option><option>Three</option>"
        #expect(try html("<p>Of:<select>\(chosen)</select>end") == "Of: Two end\n")
        #expect(try html("<p>Of:<select>\(first)<option>Two</option></select>") == "Of: One\n")
        #expect(try html("<p>a<textarea>typed</textarea>b") == "ab\n")
    }

    @Test("A button in code, or one that copies what is beside it, is left out")
    func copyButtons() throws {
        let code = "<pre><code>node app.js</code><button>run <b>it</b></button></pre><p>After"
        #expect(try html(code) == "node app.js\n\nAfter\n")
        let labels = "<p>a<button> Copy to <b>clipboard</b> </button>c<button>Copy file</button>"
        #expect(try html(labels) == "a c Copy file\n")
        #expect(try html("<pre>x</pre><button>Copy</button>") == "x\n")
    }

    @Test("Raised and lowered numbers are raised and lowered; other raised text stays as it is")
    func raised() throws {
        #expect(try html("<p>10<sup>6</sup> H<sub>2</sub>O 1<sup>st</sup> a<sup>−(1)</sup>") == "10⁶ H₂O 1st a⁻⁽¹⁾\n")
        #expect(try html("<p>a<sup> 2 <b>x</b></sup>b<p>c<sup><a>3</a></sup>") == "a 2 xb\n\nc³\n")
        #expect(try html("<p>a<sup>1<p>never ended</p>b</sup>") == "a¹\n\nnever ended\n\nb\n")
        #expect(try html("<p>10<sup>6 </sup>km H<sub> 2\n</sub>O 1<sup> </sup>2") == "10⁶ km H ₂ O 1 2\n")
        #expect(RaisedText.superscript("") == "" && RaisedText.subscript("1a") == "1a")
        #expect(RaisedText.superscript("0123456789+-=()") == "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")
        #expect(RaisedText.subscript("0123456789+−=()") == "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
    }

    @Test("Numbers of windows-1252 and names of HTML 5 give the characters that browsers show")
    func references() throws {
        #expect(try html("<p>&#128;5 &#146;q&#x94; &#150; a&#129;b") == "€5 ’q” – ab\n")
        let names = "&check; &comma;&lpar;x&rpar; &dollar;5 &NotEqual; a&ZeroWidthSpace;b"
        #expect(try html("<p>\(names)") == "✓ ,(x) $5 ≠ ab\n")
        #expect(try html("<p>&amp;check; &unheard; &hellip; &apos;") == "&check; &unheard; … '\n")
        #expect(try html("<p><img alt='a &lbrack;b&rbrack;'>") == "[a [b]]\n")
    }

    @Test("A formula comes once: in TeX where it is annotated with it, else in signs")
    func formulas() throws {
        let power = "<msup><mi>x</mi><mn>2</mn></msup>"
        let tex = "<annotation encoding=\"application/x-tex\">x^2</annotation>"
        let drawn = "<span class=\"katex-html other\" aria-hidden=\"true\"><span>x</span><span>2</span></span>"
        #expect(try html("<p>a <math><semantics>\(power)\(tex)</semantics></math>\(drawn) b") == "a x^2 b\n")
        #expect(try html("<p>a <math> \(power) </math> b") == "a x² b\n")
        let sum = "<mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow>"
        #expect(try html("<p><math><mfrac><mn>1</mn>\(sum)</mfrac></math>") == "1/(a+b)\n")
        #expect(try html("<p>a <math><mi>x</mi><p>never ended") == "a x\n\nnever ended\n")
        #expect(try html("<p>a <span aria-hidden=true>b</span>") == "a b\n")
    }

    @Test("Items have the numbers, letters and order that their list asks for")
    func numbers() throws {
        #expect(try html("<ol type=a><li>x<li>y</ol>") == "a. x\nb. y\n")
        #expect(try html("<ol type=A start=27><li>x<li>y</ol>") == "AA. x\nAB. y\n")
        #expect(try html("<ol type=i start=4><li>x</ol>") == "iv. x\n")
        #expect(try html("<ol><li value=7>x<li>y</ol>") == "7. x\n8. y\n")
        #expect(try html("<ol reversed><li>x<li>y<li>z</ol>") == "3. x\n2. y\n1. z\n")
        #expect(try html("<ol reversed start=-2147483648><li>x<li>y</ol>") == "-2147483648. x\n-2147483649. y\n")
        #expect(try html("<ol type=i><li value=99999999999999999999>x<li value=-5>y</ol>") == "i. x\n-5. y\n")
    }

    @Test("Lists in lists are indented only so far")
    func deepLists() throws {
        let page = String(repeating: "<ul><li>", count: 50) + "x"
        #expect(try html(page) == String(repeating: "  ", count: 16) + "- x\n")
    }
}
