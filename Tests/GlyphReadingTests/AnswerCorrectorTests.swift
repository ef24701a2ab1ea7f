// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
@testable import GlyphReading
import Testing

@Suite("Answers that are put right from the text")
struct AnswerCorrectorTests {
    private static let text = """
        The monthly fee is £4,250 per site.
        The Data Protection Officer is Camilla Ødegård.
        Row A: 10,250
        Row B: 10,350

        """

    /// What becomes of a quotation of pages: the first ends behind "monthly fee", the third begins with the rows.
    private static func corrected(
        _ answer: String,
        of pages: ClosedRange<Int> = 1...2,
        lines: [ClosedRange<Int>] = [],
        quotes: Bool = true
    ) -> AnswerCorrector.Corrected {
        let ends = [0, 15, 90, text.utf8.count]
        let spans = (1...3).map { PageSpan(number: $0, source: SourceRange(ends[$0 - 1], ends[$0])) }
        var card = ReadingCard(preset: "nano", window: 1, absent: "No.", transcribe: "Write it down.")
        card.quote = quotes ? 40 : nil
        let finding = WindowedReading.Finding(pages: pages, answer: answer, linePages: lines, isAbsent: false)
        let result = WindowedReading.Result(best: finding, findings: [finding], total: .zero)
        let outcome = DividedReading.Outcome(
            answer: answer,
            pages: Array(pages),
            windows: result,
            said: [finding],
            prompt: try? PagePrompt(pages: Samples.pages(1), total: 1, question: "q"),
            total: .zero
        )
        return AnswerCorrector(SourceText(text), pages: spans, facts: nil, card: card).corrected(outcome)
    }

    @Test("A line that was misread is the text's, over the end of a page, and what differs is told")
    func misread() {
        let fee = Self.corrected("monthly fee is 24,250 per site")
        #expect(fee.text == "monthly fee is £4,250 per site")
        #expect(fee.corrections == [FactCorrector.Correction(read: "24,250", written: "£4,250")])
        let two = Self.corrected("Fee is 24,250\nofficer is Camilla Ddegwrd")
        #expect(two.text == "fee is £4,250\nOfficer is Camilla Ødegård" && two.corrections.count == 2)
        #expect(two.corrections.first == FactCorrector.Correction(read: "24,250", written: "£4,250"))
    }

    @Test("A quotation may begin on the page before those that it was read from")
    func begunBefore() {
        #expect(Self.corrected("monthly fee is £4,250 per site", of: 2...2).unfound.isEmpty)
        #expect(Self.corrected("monthly fee is 24,250 per site", of: 2...2).text == "monthly fee is £4,250 per site")
    }

    @Test("A line that the text has stays as it is, in the text's capitals")
    func same() {
        let officer = Self.corrected("data protection officer is Camilla Ødegård")
        #expect(officer.text == "Data Protection Officer is Camilla Ødegård")
        #expect(officer.corrections.isEmpty && officer.unfound.isEmpty)
    }

    @Test("A number is put right as a whole")
    func numbers() {
        #expect(Self.corrected("monthly fee is 24").text == "monthly fee is £4,250")
        #expect(Self.corrected("fee is £4").text == "fee is £4,250")
    }

    @Test("What may be one of two places, or none, is left as it was read, and told")
    func unclear() {
        for line in ["Row C: 10,450", "parental leave is ten weeks"] {
            let answer = Self.corrected(line, of: 1...3)
            #expect(answer.text == line && answer.corrections.isEmpty && answer.unfound == [line])
        }
        #expect(Self.corrected("").unfound.isEmpty)
        #expect(Self.corrected("monthly fee is 24,250", of: 9...9).unfound.count == 1)
    }

    @Test("Each line is compared with its own pages")
    func linePages() {
        let answer = Self.corrected("fee is 24,250\nRow A: 10,25O", of: 1...3, lines: [1...2, 3...3])
        #expect(answer.text == "fee is £4,250\nRow A: 10,250" && answer.unfound.isEmpty)
        #expect(Self.corrected("fee is 24,250\nRow A: 10,25O", of: 1...3, lines: [3...3, 3...3]).unfound.count == 1)
    }

    @Test("Marks of emphasis alone are nothing to look up")
    func marks() {
        #expect(Self.corrected("monthly fee is £4,250\n```").text == "monthly fee is £4,250\n```")
    }

    @Test("A reader that says things in its own words is not compared line by line")
    func ownWords() {
        #expect(Self.corrected("monthly fee is 24,250", quotes: false).text == "monthly fee is 24,250")
    }

    @Test("The nearest part begins and ends anywhere, and must be much nearer than others that say something else")
    func nearest() {
        func match(_ copy: String, _ text: String) -> (Range<Int>, Int)? {
            NearestMatch(of: NormalizedText(copy), in: NormalizedText(text)).map { ($0.range, $0.distance) }
        }
        #expect(match("abcdefgh", "xxx abcdXfgh yyy").map { $0 == (4..<12, 1) } == true)
        #expect(match("abcdefgh", "xx abcdfgh yy").map { $0 == (3..<10, 1) } == true)
        #expect(match("abcdefgh", "abcdefgh")?.1 == 0)
        #expect(match("abcdefgh", "abXdefgh abYdefgh") == nil)
        #expect(match("abcdefgh", "abXdefgh, abXdefgh").map { $0 == (0..<8, 1) } == true)
        // Whole words and numbers count: what is the same up to their middle is not.
        #expect(match("fee is 24", "a fee is £4,900 now, the fee is £4,250") == nil)
        #expect(match("fee is £4", "a fee is £4,900 now, the fee is £4,250") == nil)
        #expect(match("row a: 10,25o", "row a: 10,250,000 x row a: 10,250 y") == nil)
        #expect(match("rate is V135€", "rate is V135 for").map { $0.0 == 0..<12 } == true)
        #expect(match("abcdefgh", "abcdWXYZ") == nil && match("abc", "") == nil && match("", "abc") == nil)
    }
}
