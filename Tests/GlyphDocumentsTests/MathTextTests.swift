// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Testing

@testable import GlyphDocuments

@Suite("Formulas in MathML")
struct MathTextTests {
    private func formula(_ content: String) throws -> String { try html("<p>a <math>\(content)</math> b") }

    @Test("Words in a formula keep the white space around them")
    func words() throws {
        let content = "<mo>=</mo><mn>0</mn><mtext> for\u{A0}<b>all</b> </mtext><mi>x</mi>"
        #expect(try formula(content) == "a =0 for all x b\n")
        #expect(try formula("<mi>x</mi><mtext>if</mtext><mi>y</mi>") == "a x if y b\n")
        #expect(try formula("<mi>x</mi><mspace width=\"1em\"/><mi>y</mi>") == "a x y b\n")
    }

    @Test("A matrix has its cells and rows apart")
    func matrices() throws {
        let rows = "<mtr> <mtd><mn>1</mn></mtd> <mtd><mn>2</mn></mtd> </mtr> <mtr><mtd>3</mtd><mtd>4</mtd></mtr>"
        #expect(try formula("<mo>(</mo><mtable>\(rows)</mtable><mo>)</mo>") == "a (1 2; 3 4) b\n")
    }

    @Test("A name of several letters does not run into letters and numbers beside it")
    func names() throws {
        let sine = "<mi>sin</mi> <mi>x</mi>"
        #expect(try formula(sine) == "a sin x b\n")
        #expect(try formula("<mn>2</mn>\(sine)<mi>y</mi>") == "a 2 sin xy b\n")
        #expect(try formula("<mi>sin</mi><mo>&#x2061;</mo><mi>x</mi>") == "a sin x b\n")
        #expect(try formula("<mi>sin</mi><mo>(</mo><mi>x</mi><mo>)</mo>") == "a sin(x) b\n")
        #expect(try formula("<msup><mi>sin</mi><mn>2</mn></msup><mi>x</mi>") == "a sin² x b\n")
        let under = "<mrow><mi>x</mi><mo>→</mo><mn>0</mn></mrow>"
        #expect(try formula("<munder><mo>lim</mo>\(under)</munder><mi>f</mi>") == "a lim_(x→0) f b\n")
    }

    @Test("Scripts and fractions end before what follows them")
    func ends() throws {
        #expect(try formula("<msub><mi>x</mi><mi>i</mi></msub><mi>y</mi>") == "a x_i y b\n")
        #expect(try formula("<mn>3</mn><mfrac><mn>1</mn><mn>2</mn></mfrac>") == "a 3 1/2 b\n")
        #expect(try formula("<mn>2</mn><mroot><mi>x</mi><mn>3</mn></mroot>") == "a 2 ³√x b\n")
        #expect(try formula("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt><mi>y</mi>") == "a √(x+1) y b\n")
        #expect(try formula("<msub><mi>x</mi><mrow/></msub><msup><mrow/><mn>2</mn></msup>") == "a x² b\n")
    }
}
