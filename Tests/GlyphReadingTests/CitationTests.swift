// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphReading

@Suite struct CitationTests {
    private let first =
        "Reader, I married him. A quiet wed-\nding we had: he and I,\nthe parson and clerk, were alone present. "
    private let second = "When we got back from church, I went into the “kitchen” of the manor-house."

    private var finder: QuoteFinder {
        let (a, b) = (first.utf8.count, second.utf8.count)
        return QuoteFinder(
            SourceText(first + second),
            pages: [
                PageSpan(number: 1, source: SourceRange(0, a)), PageSpan(number: 2, source: SourceRange(a, a + b)),
            ]
        )
    }

    private func quoted(_ match: QuoteFinder.Match?) -> String? {
        match.map {
            String(decoding: Array((first + second).utf8)[$0.source.lowerBound..<$0.source.upperBound], as: UTF8.self)
        }
    }

    @Test("Words are found as they are, and with other spaces, hyphens, quotes and dashes")
    func normalized() throws {
        let exact = try #require(finder.find("I married him", page: 1))
        #expect((exact.page, exact.isExact, quoted(exact)) == (1, true, "I married him"))
        let loose = try #require(finder.find("A quiet wedding  we had: he and I, the parson", page: 1))
        #expect((loose.page, loose.isExact) == (1, false))
        #expect(quoted(loose) == "A quiet wed-\nding we had: he and I,\nthe parson")
        #expect(quoted(finder.find("into the \"kitchen\" of the *manor house*...")) == nil)
        #expect(
            quoted(finder.find("into the \"kitchen\" of the manorhouse…")) == "into the “kitchen” of the manor-house"
        )
    }

    @Test("A quotation is looked for on its page, then everywhere, also over a page break")
    func pages() throws {
        #expect(finder.find("I went into", page: 1)?.page == 2)
        #expect(finder.find("were alone present. When we got", page: 1)?.page == 1)
        #expect(finder.find("I", page: 1) == nil)
        #expect(finder.find("Reader, I divorced him", page: 1) == nil)
        let twice = QuoteFinder(
            SourceText("same words. same words."),
            pages: [PageSpan(number: 1, source: SourceRange(0, 12)), PageSpan(number: 2, source: SourceRange(12, 23))]
        )
        #expect(twice.find("same words", page: 2)?.source == SourceRange(12, 22))
        #expect(twice.find("same words")?.page == 1)
    }

    @Test("Chinese is found across line ends, and where its hard wraps have spaces")
    func chinese() {
        let text = "床前明月光，\n疑是地上\n霜。举头望明月，低头思故乡。"
        let finder = QuoteFinder(SourceText(text), pages: [])
        #expect(finder.find("疑是地上霜")?.isExact == false)
        #expect(finder.find("举头望明月")?.isExact == true)
        #expect(finder.find("举杯邀明月") == nil)
    }

    @Test("A reply is taken apart into the answer and its quotations, whatever marks surround them")
    func lists() {
        let reply =
            "She married **him**.\n\n**QUOTES:**\n- [page 1] \"Reader, I married him.\"\n2. “we got back” (p. 2)\n"
            + "[page 9] no quotation marks\n\n"
        let (answer, quotes) = QuoteList.split(reply)
        #expect(answer == "She married **him**.")
        #expect(quotes.map(\.text) == ["Reader, I married him.", "we got back", "no quotation marks"])
        #expect(quotes.map(\.page) == [1, 2, 9])
        #expect(QuoteList.split("回答。\n引文：\n[第 3 页] “原文”").quotes == [.init(text: "原文", page: 3)])
        #expect(QuoteList.split("He quotes: nothing.\nQuotes are fine here, I think.").quotes.isEmpty)
    }

    @Test("Quotations that the document does not hold are marked, and a wrong page is put right")
    func verified() {
        let reply = "Yes.\nQUOTES:\n[page 1] \"I went into the\"\n[page 2] \"I never went there\""
        let cited = CitedAnswer(reply: reply, finder: finder, pages: [1, 2])
        #expect(cited.answer == "Yes.")
        #expect(cited.citations.map(\.match?.page) == [2, nil])
        #expect(cited.citations.map(\.claimedPage) == [1, 2])
    }

    @Test("Without quotations the answer itself is looked for, as whole words, on the pages that were read")
    func located() {
        func page(_ answer: String, _ pages: [Int]) -> Int? {
            CitedAnswer(reply: answer, finder: finder, pages: pages).citations.first?.match?.page
        }
        #expect(page("The Parson and Clerk.", [1, 2]) == 1)
        #expect(page("The Parson and Clerk.", [2]) == nil)
        #expect(page("kitchen", [1, 2]) == 2)
        #expect(page("itchen", [1, 2]) == nil)
        #expect(page("Nobody knows.", [1, 2]) == nil)
        #expect(page("It is this:\nthe parson and clerk", [1, 2]) == 1)
    }

    @Test("A short answer has a place only if that is the only one, and one that agrees or denies has none")
    func shortAnswers() {
        let text =
            "Answer yes or no. The fee is 90 days' rent. It falls due in 90 days; the mill pays 8% and 18% of it."
        let finder = QuoteFinder(
            SourceText(text),
            pages: [PageSpan(number: 1, source: SourceRange(0, text.utf8.count))]
        )
        func citation(_ answer: String) -> CitedAnswer.Citation? {
            CitedAnswer(reply: answer, finder: finder, pages: [1]).citations.first
        }
        #expect(citation("Yes.") == nil)
        #expect(citation("Yes, it is.") == nil)
        #expect(citation("Mill")?.match?.page == 1)
        let several = citation("90 days")
        #expect(several?.match == nil && several?.doubt == .severalPlaces)
        #expect(citation("The fee is 90 days")?.match != nil)
        // A short quotation is looked up where it is said to be, as a whole word.
        #expect(finder.find("8%", page: 1).map { text.utf8.count - $0.source.upperBound } == 15)
        #expect(finder.find("8%") == nil)
        let cited = CitedAnswer(reply: "A.\nQUOTES:\n\"8%\"\n[page 1] \"fee is due\"", finder: finder, pages: [1])
        #expect(cited.citations.map(\.doubt) == [.tooShort, .absent])
    }

    @Test("A number is one word and is found only as a whole")
    func numbers() {
        let text = "The price is EUR 4,250,000. The fee is 1,250,000; the tax is 1,250,000. Rate 3.75 or 13.75."
        let finder = QuoteFinder(
            SourceText(text),
            pages: [PageSpan(number: 1, source: SourceRange(0, text.utf8.count))]
        )
        func citation(_ answer: String) -> CitedAnswer.Citation? {
            CitedAnswer(reply: answer, finder: finder, pages: [1]).citations.first
        }
        #expect(citation("1,250,000")?.doubt == .severalPlaces)
        #expect(citation("EUR 4,250") == nil && citation("250,000") == nil && citation("EUR 4") == nil)
        #expect(citation("EUR 4,250,000.")?.match != nil)
        #expect(citation("3.75")?.match != nil)
        // A quotation may begin and end inside of a word, but a part of a number is another number.
        #expect(finder.find("price is EUR 4,250") == nil && finder.find("price  is EUR 4,25") == nil)
        #expect(finder.find("rice is EUR 4,250,000") != nil)
    }

    @Test("An answer over the end of a page is found from either page, and names both")
    func overPageEnd() throws {
        for pages in [[1], [2], [1, 2]] {
            let cited = CitedAnswer(reply: "were alone present. When we got", finder: finder, pages: pages)
            let match = try #require(cited.citations.first?.match)
            #expect((match.page, match.lastPage) == (1, 2))
            #expect(quoted(match) == "were alone present. When we got")
        }
        #expect(finder.find("were alone present. When we got", page: 2)?.lastPage == 2)
        #expect(finder.find("When we got")?.lastPage == 2 && finder.find("When we got")?.page == 2)
        // Words of the page before, or of the one behind, are not words of this one.
        #expect(finder.locate("The parson and clerk", onPages: [2]).isEmpty)
        #expect(finder.locate("When we got back", onPages: [1]).isEmpty)
    }

    @Test("Every line of an answer of several has a place of its own")
    func lines() {
        let reply = "into the “Kitchen”\nNobody knows\nI married him."
        let cited = CitedAnswer(reply: reply, finder: finder, pages: [1, 2])
        #expect(cited.citations.map(\.quote) == ["into the “Kitchen”", "I married him."])
        #expect(cited.citations.map(\.match?.page) == [2, 1])
    }
}
