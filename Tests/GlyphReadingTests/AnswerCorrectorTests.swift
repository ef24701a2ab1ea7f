// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
@testable import GlyphReading
import Testing

@Suite("Answers that are put right from the text")
struct AnswerCorrectorTests {
    private static let text =
        "The monthly fee is £4,250 per site.\nThe Data Protection Officer is Camilla Ødegård.\nRow A: 10,250\nRow B: 10,350\n"

    private static func corrected(_ answer: String, quotes: Bool = true, pages: [Int] = [1, 2])
        -> AnswerCorrector.Corrected
    {
        var card = ReadingCard(preset: "nano", window: 1, absent: "No.", transcribe: "Write it down.")
        card.quote = quotes ? 40 : nil
        let spans = [
            PageSpan(number: 1, source: SourceRange(0, 20)),
            PageSpan(number: 2, source: SourceRange(20, text.utf8.count)),
        ]
        return AnswerCorrector(SourceText(text), pages: spans, facts: nil, card: card).corrected(answer, onPages: pages)
    }

    @Test("A line that was misread is the text's, over the end of a page, and what differs is told")
    func misread() {
        let fee = Self.corrected("monthly fee is 24,250 per site")
        #expect(fee.text == "monthly fee is £4,250 per site")
        #expect(fee.corrections == [FactCorrector.Correction(read: "24,250", written: "£4,250")])
        let two = Self.corrected("fee is 24,250\nofficer is Camilla Ddegwrd")
        #expect(two.text == "fee is £4,250\nOfficer is Camilla Ødegård" && two.corrections.count == 2)
    }

    @Test("A line that the text has stays as it is, in the text's capitals")
    func same() {
        let officer = Self.corrected("data protection officer is Camilla Ødegård")
        #expect(officer.text == "Data Protection Officer is Camilla Ødegård")
        #expect(officer.corrections.isEmpty && officer.unfound.isEmpty)
    }

    @Test("What may be one of two places, or none, is left as it was read, and told")
    func unclear() {
        for line in ["Row C: 10,450", "parental leave is ten weeks"] {
            let answer = Self.corrected(line)
            #expect(answer.text == line && answer.corrections.isEmpty && answer.unfound == [line])
        }
        #expect(Self.corrected("").unfound.isEmpty)
        #expect(Self.corrected("monthly fee is 24,250", pages: [9]).unfound.count == 1)
    }

    @Test("A reader that says things in its own words is not compared line by line")
    func ownWords() {
        #expect(Self.corrected("monthly fee is 24,250", quotes: false).text == "monthly fee is 24,250")
    }

    @Test("The nearest part begins and ends anywhere, and must be much nearer than others")
    func nearest() {
        func match(_ copy: String, _ text: String) -> (Range<Int>, Int)? {
            func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }
            return NearestMatch(of: scalars(copy), in: scalars(text)).map { ($0.range, $0.distance) }
        }
        #expect(match("abcdefgh", "xxxabcdXfghyyy").map { $0 == (3..<11, 1) } == true)
        #expect(match("abcdefgh", "xxabcdfghyy").map { $0 == (2..<9, 1) } == true)
        #expect(match("abcdefgh", "abcdefgh")?.1 == 0)
        #expect(match("abcdefgh", "abXdefgh abYdefgh") == nil)
        #expect(match("abcdefgh", "abcdWXYZ") == nil && match("abc", "") == nil && match("", "abc") == nil)
    }
}
