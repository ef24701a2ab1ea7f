// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphTestSupport
import Testing

@testable import GlyphReading

@Suite struct FactTests {
    private let uuid = "550e8400-e29b-41d4-a716-446655440000"

    private func found(_ text: String) -> [String] {
        FactFinder.facts(in: SourceText(text)).map { "\($0.kind) \($0.text)\($0.isOpaque ? "" : " ?")" }
    }

    @Test("Strings that nothing but their characters tells are found, with their kind")
    func kinds() {
        #expect(found("id=\(uuid); next") == ["uuid \(uuid)"])
        #expect(
            found("commit 89bbd97, (sha256:9f18b15acee3860bb3282820b836bd00)") == [
                "hex 89bbd97", "hex 9f18b15acee3860bb3282820b836bd00",
            ]
        )
        #expect(found("pay 1,234,567.89 or 7654321.") == ["number 1,234,567.89", "number 7654321"])
        #expect(found("0x200000...0x3FFFFF") == ["hex 0x200000", "hex 0x3FFFFF"])
        #expect(found("1234567,7654321") == ["number 1234567", "number 7654321"])
        #expect(found("mail <ann.b+c@mail.example.org>, or x@y") == ["email ann.b+c@mail.example.org"])
        #expect(
            found("write to ann@example.org, bob@example.org,cleo@example.org.") == [
                "email ann@example.org", "email bob@example.org", "email cleo@example.org",
            ]
        )
        #expect(found("Key: aB3dE5gH1 and INV-2024-00317") == ["identifier aB3dE5gH1", "identifier INV-2024-00317"])
        #expect(
            found("身份证号为11010519491231002X，电话13800138000。") == [
                "identifier 11010519491231002X", "number 13800138000",
            ]
        )
    }

    @Test("Words, dates, short numbers and paths are not opaque")
    func ordinary() {
        #expect(found("In 1847 Jane had 20 pounds; see pages 12-14.").isEmpty)
        #expect(found("on 2026-11-25") == ["number 2026-11-25 ?"])
        #expect(found("Sources/GlyphReading/PagePrompt.swift and x86_64").isEmpty)
        #expect(found("func utf8Encoder2 does") == ["identifier utf8Encoder2 ?"])
        #expect(found("see https://example.org/a/b.html.") == ["url https://example.org/a/b.html ?"])
        #expect(found("(https://example.org/d/9f18b15acee386)") == ["url https://example.org/d/9f18b15acee386"])
        #expect(found(String(repeating: "a1", count: 400)).isEmpty)
    }

    /// Pages of ten bytes of a text in which every page holds one number.
    private func book(_ count: Int, limits: FactBook.Limits, choice: FactBook.Choice = .auto) -> FactBook {
        let text = (1...count).map { "n \(1_000_000 + $0)\n" }.joined()
        let pages = (1...count).map { PageSpan(number: $0, source: SourceRange(10 * ($0 - 1), 10 * $0)) }
        return FactBook(SourceText(text), pages: pages, choice: choice, limits: limits) { $0.utf8.count }
    }

    @Test("A sheet holds the strings of its pages and no others, under their page numbers")
    func sheets() throws {
        let book = book(5, limits: FactBook.Limits(entries: 9, tokens: 1000))
        let sheet = try #require(book.sheet(for: 2...3, question: "q"))
        #expect(sheet.text.hasSuffix("\n[page 2] 1000002\n[page 3] 1000003\n\n"))
        #expect((sheet.listed, sheet.leftOut) == (2, 0))
        #expect(book.sheet(for: [7], question: "q") == nil)
        #expect(self.book(5, limits: .init(), choice: .off).sheet(for: 1...5, question: "q") == nil)
    }

    @Test("A sheet stays within its limits, says what is missing, and prefers what is near the question's words")
    func limits() throws {
        let few = try #require(book(9, limits: .init(entries: 2, tokens: 1000)).sheet(for: 1...9, question: "q"))
        #expect(few.text.hasSuffix("[page 1] 1000001\n[page 2] 1000002\n(7 more are not listed.)\n\n"))
        #expect((few.listed, few.leftOut) == (2, 7))
        for tokens in 0...400 {
            let book = book(9, limits: .init(entries: 9, tokens: tokens))
            guard let sheet = book.sheet(for: 1...9, question: "q") else { continue }
            #expect(sheet.text.utf8.count <= tokens)
            #expect(sheet.listed + sheet.leftOut == 9)
            // One more would not have fitted.
            let more = self.book(9, limits: .init(entries: sheet.listed + 1, tokens: 9999))
            if sheet.leftOut > 1 { #expect(more.sheet(for: 1...9, question: "q")?.text.utf8.count ?? 0 > tokens) }
        }
        let gap = String(repeating: "word ", count: 60)
        let text = "the red door 1111111 \(gap) the green window 2222222 \(gap) the door again \(uuid)"
        let spans = [PageSpan(number: 1, source: SourceRange(0, text.utf8.count))]
        let book = FactBook(SourceText(text), pages: spans, limits: .init(entries: 1, tokens: 999)) { $0.utf8.count }
        #expect(book.sheet(for: [1], question: "What is at the window?")?.text.contains("2222222") == true)
        #expect(book.sheet(for: [1], question: "What else?")?.text.contains(uuid) == true)
    }

    @Test("A string over a page break is on both pages, and one that repeats is listed once with its pages")
    func pages() throws {
        let text = "ab 7654321 cd 7654321"
        let spans = [PageSpan(number: 1, source: SourceRange(0, 6)), PageSpan(number: 2, source: SourceRange(6, 21))]
        let book = FactBook(SourceText(text), pages: spans) { $0.utf8.count }
        #expect(book.facts(onPage: 1).map(\.text) == ["7654321"])
        #expect(book.facts(onPage: 2).count == 2)
        #expect(book.sheet(for: 1...2, question: "q")?.text.contains("[page 1, 2] 7654321\n\n") == true)
    }

    @Test("A misread string is put right where only one is near, in pieces as in one, and numbers only when copied")
    func corrections() {
        let other = "99999999-e29b-41d4-b716-000055440000"
        let facts = FactFinder.facts(in: SourceText("\(uuid) \(other) 7654321 aa00aa00 aa00aa11"))
        func corrected(_ pieces: [String], numbers: Bool = false) -> String {
            var corrector = FactCorrector(facts, correctsNumbers: numbers)
            return pieces.map { corrector.next($0) }.joined() + corrector.finish()
        }
        let read = "It is 550e8400-e29b-41d4-a7l6-446655440080."
        #expect(corrected([read]) == "It is \(uuid).")
        #expect(corrected(read.map(String.init)) == "It is \(uuid).")
        #expect(corrected(["\(uuid) and \(other)"]) == "\(uuid) and \(other)")
        // Between two that are equally near nothing is decided.
        #expect(corrected(["aa00aa01"]) == "aa00aa01")
        #expect(corrected(["so 7654327"]) == "so 7654327")
        #expect(corrected(["so 7654327"], numbers: true) == "so 7654321")
        #expect(corrected(["读到的是7654327。"], numbers: true) == "读到的是7654321。")
        #expect(corrected(["no such deadbeef00 here\n"]) == "no such deadbeef00 here\n")
        // What a sentence puts behind an address is not added to an answer that has it right.
        let address = FactFinder.facts(in: SourceText("Notices go to legal@northwind.example, reference 1."))
        var copied = FactCorrector(address, correctsNumbers: false)
        let answer = "Write to legal@northwind.example today."
        let shown = copied.next(answer) + copied.finish()
        #expect(shown == answer)
        var corrector = FactCorrector(facts, correctsNumbers: false)
        _ = corrector.next(read)
        _ = corrector.finish()
        #expect(corrector.corrections.map(\.written) == [uuid])
    }

    @Test("A window of a windowed reading gets the strings of its own pages only, before the question")
    func windows() async throws {
        let reader = ScriptedReader([.answer("a"), .answer("b"), .answer("c")])
        let reading = WindowedReading(
            reader,
            ReadingCard(preset: "nano", window: 2, absent: "-"),
            parallel: 1,
            facts: book(5, limits: .init())
        )
        _ = try await reading.read(Samples.pages(1, 2, 3, 4, 5), question: "Which?", sampling: Sampling())
        let facts = reader.requests.map { $0.prompt.facts ?? "" }
        #expect(facts.map { $0.contains("1000003") } == [false, true, false])
        #expect(facts.map { $0.contains("1000004") } == [false, true, false])
        #expect(facts[2].hasSuffix("[page 5] 1000005\n\n"))
        guard case .parts(let parts) = reader.requests[0].prompt.messages[0].content else {
            Issue.record("the content is not in parts")
            return
        }
        #expect(parts.suffix(2) == [.text(facts[0]), .text("Which?")])
    }
}
