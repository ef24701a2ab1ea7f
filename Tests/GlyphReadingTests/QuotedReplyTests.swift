// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
@testable import GlyphReading
import GlyphTestSupport
import Testing

@Suite("What counts as a quotation, and what is told where there is none")
struct QuotedReplyTests {
    private static func reply(_ question: String) -> QuotedReply {
        QuotedReply(question: question, absent: "Not said.")
    }

    @Test(
        "A quotation names enough of what is asked for, begins with it and says more",
        arguments: [
            ("How many users may use the platform?", "platform is available to the customer", false),
            ("Find the notice period in this contract.", "The retention period shall be 35 days", false),
            ("Find the notice period in this contract.", "The notice period is 90 days", true),
            ("Who is Dennis Whitcombe?", "Dennis Whitcombe", false),
            ("Who is Dennis Whitcombe?", "Dennis Whitcombe keeps the keys", true),
            ("notice periode?", "notice period is 90 days", true),
            ("What is the fee?", "The text names a fee of 5", false),
            ("What is it?", "is 5", false),
            ("Can I cancel the agreement?", "agreement compensates the damage", false),
            ("Is the backup free?", "backup is free of charge", true),
            ("What is \"Licensor\"?", "\"Licensor\" means the owner", true),
        ]
    )
    func names(question: String, quotation: String, isOne: Bool) {
        #expect((Self.reply(question).quotations(in: quotation, from: "So \(quotation).") != "") == isOne)
    }

    @Test(
        "A phrase may stand in single quotation marks, and a word that asks for its sentence need not be \"sentence\""
    )
    func phrases() {
        #expect(Self.reply("Which sentence mentions 'the portal'?").soughtPhrase == "the portal")
        #expect(Self.reply("Where is “portal” mentioned?").soughtPhrase == "portal")
        #expect(Self.reply("What is the customer's fee, and the supplier's?").soughtPhrase == nil)
        let twice = "Which sentence mentions 'the customer's portal' in the customer's contract?"
        #expect(Self.reply(twice).soughtPhrase == "the customer's portal")
        #expect(Self.reply("Which sentence mentions ‘fee’ of the customer’s site?").soughtPhrase == "fee")
        #expect(Self.reply("哪句话提到‘通知期’？").soughtPhrase == "通知期")
        #expect(!Self.reply("How do I do this?").mayAnswer("I do.") && !Self.reply("WHAT IS IT?").mayAnswer("It is."))
        #expect(Self.reply("Who is Will?").mayAnswer("Will is old.") && !Self.reply("Who is he?").mayAnswer("he is"))
        #expect(Self.reply("What follows \"the fee\"?").mayAnswer("So: the fee is 5."))
        #expect(!Self.reply("What is it about?").mayAnswer("It is about a fee."))
    }

    @Test("What differs in a sign from what was written down is that, unless it is about another thing")
    func nearly() {
        let reply = Self.reply("What is the hourly rate of Bell?")
        let written = "The hourly rate: V135 of Bell."
        #expect(reply.quotations(in: "hourly rate: 2135 of Bell", from: written) == "hourly rate: V135 of Bell")
        #expect(
            reply.quotations(in: "hourly rate: 2135 of Bell", from: "hourly\nrate: V135\nof Bell.")
                == "hourly rate: V135 of Bell"
        )
        #expect(reply.quotations(in: "hourly rate of Bell is 12", from: "The hourly rate of Ball is 12.") == "")
        #expect(reply.quotations(in: "hourly rate is 4,250", from: "The hourly rate is none at all.") == "")
    }

    @Test("A question goes to a page in the capitals that the page has")
    func spelling() {
        let page = "The notice period is 90 days. Recovery Time Objective: NATO."
        #expect(Self.reply("NOTICE PERIOD?").spelled(as: page) == "notice period?")
        #expect(Self.reply("What Is The Notice Period?").spelled(as: page) == "What is the notice period?")
        // Small letters are found in any; trained so, and left so.
        #expect(Self.reply("Who is nato?").spelled(as: page) == "Who is nato?")
        #expect(Self.reply("RECOVERY time?").spelled(as: page) == "Recovery time?")
        #expect(Self.reply("What is the fee of Bell & Co.?").spelled(as: page) == "What is the fee of Bell & Co.?")
    }

    @Test(
        "What asks for several things is asked in parts",
        arguments: [
            ("What are the fee, the rate and the cap?", ["What is the fee?", "What is the rate?", "What is the cap?"]),
            ("What are the income and the expenses?", ["What is the income?", "What are the expenses?"]),
            ("Who are the buyer, and the seller", ["Who is the buyer?", "Who is the seller?"]),
            ("What is the fee? What is the cap?", ["What is the fee?", "What is the cap?"]),
            ("What is the fee? Answer in one word.", ["What is the fee?"]),
            ("What is the fee? What is the cap", ["What is the fee?", "What is the cap"]),
            ("What is the fee? What is the fee?", ["What is the fee?"]),
            ("a? b? ", ["a?", "b?"]),
            ("What are the terms and conditions?", ["What are the terms and conditions?"]),
            ("What are all the fees and the rates?", ["What are all the fees and the rates?"]),
            ("Who said \"Why? Oh the fee, and the cap\"?", ["Who said \"Why? Oh the fee, and the cap\"?"]),
            ("", [""]),
        ]
    )
    func parts(question: String, parts: [String]) {
        #expect(SingleQuestions.of(question) == parts)
    }

    @Test("What no page tells is named, with the sentence that comes nearest")
    func unanswered() async throws {
        let text = "The fee is 5. Invoices fall due after 45 days. The portal is new. A portal is old."
        let (read, _) = try await Self.read(
            [text, "fee is 5", "Not said."],
            "What are the fee and the invoices due?"
        )
        #expect(read.answer == "fee is 5")
        let missing = try #require(read.windows.unanswered.first)
        #expect(read.windows.unanswered.count == 1 && missing.question == "What is the invoices due?")
        #expect(missing.nearest == "Invoices fall due after 45 days." && missing.pages == 1...1)
        // One word that several sentences have is near to none of them.
        let (several, _) = try await Self.read([text, "Not said."], "What is the portal?")
        #expect(several.isAbsent && several.windows.unanswered.map(\.nearest) == [nil])
        let (plural, _) = try await Self.read([text, "Not said."], "When does the invoice fall due?")
        #expect(plural.windows.unanswered.first?.nearest == "Invoices fall due after 45 days.")
    }

    @Test("Of lines without full stops the one that is near is named, and of a phrase the sentence that holds it")
    func nearestLine() {
        let written = WrittenText(["Fee: 5\nSet-up fee: 7\nRate: 9\nA \"work\" is art."], of: [1...1], joints: nil)
        #expect(written.nearest(to: SoughtWords("What is the set-up fee?"))?.text == "Set-up fee: 7")
        #expect(
            written.nearest(to: SoughtWords("What is a 'work'?"))?.text
                == "Fee: 5 Set-up fee: 7 Rate: 9 A \"work\" is art."
        )
    }

    @Test("Of a list whose lines have no full stops the line is the sentence")
    func rows() {
        let rows = (0..<60).map { "ORD-\($0),Marsden Paints,valve,\($0 * 7)" }
        let written = WrittenText([rows.joined(separator: "\n")], of: [1...1], joints: nil)
        #expect(written.sentences(holding: "ord-41").map(\.text) == [rows[41]])
    }

    @Test("Of a line without end the words around the phrase are quoted")
    func endless() {
        let line = Array(repeating: "many words", count: 200).joined(separator: " ")
        let written = WrittenText(["\(line) the fee is 5 \(line)"], of: [1...1], joints: nil)
        let said = written.sentences(holding: "the fee")
        let twice = WrittenText(["\(line) the fee, the fee \(line)"], of: [1...1], joints: nil)
        #expect(twice.sentences(holding: "the fee").count == 1)
        #expect(said.count == 1 && said[0].text.utf8.count <= 610 && said[0].text.contains("words the fee is 5 many"))
        #expect(written.nearest(to: SoughtWords("What is the fee?")) == nil)
    }

    @Test("More questions than a person lists are asked as one")
    func tooMany() {
        let question = (0..<40).map { "What is x\($0)?" }.joined(separator: " ")
        #expect(SingleQuestions.of(question) == [question])
    }

    @Test("A bracket that closes what began before the quotation is left out")
    func brackets() async throws {
        let (read, _) = try await Self.read(
            ["(so the prefix is /usr) or (at times) not", "prefix is /usr)"],
            "What is the prefix?"
        )
        #expect(read.answer == "prefix is /usr")
        let (whole, _) = try await Self.read(["The level is six (-6)", "level is six (-6)"], "What is the level?")
        #expect(whole.answer == "level is six (-6)")
    }

    @Test("A page that could not be written down is no failure of a reader that quotes, but is told")
    func unreadable() async throws {
        let cut = ScriptedReader.Script([.finished(ReadingSummary(finishReason: .length))])
        let (read, _) = try await Self.read(scripts: [cut], "What is the fee?")
        #expect(read.isAbsent && read.windows.cut.map(\.pages) == [1...1])
    }

    @Test("A question without a word is refused before anything is asked")
    func noWord() async throws {
        for question in ["?", "…", " - "] {
            await #expect(throws: InputError.self) { try await Self.read(scripts: [], question) }
        }
    }

    /// Reads a page that is written down as the first of `said`, and asked about as the others.
    private static func read(_ said: [String], _ question: String) async throws -> (
        DividedReading.Outcome, ScriptedReader
    ) {
        try await read(scripts: said.map { .answer($0) }, question)
    }

    @discardableResult private static func read(
        scripts: [ScriptedReader.Script],
        _ question: String
    ) async throws -> (DividedReading.Outcome, ScriptedReader) {
        var card = ReadingCard(preset: "nano", window: 1, absent: "Not said.", transcribe: "Write it down.")
        card.quote = 40
        let reader = ScriptedReader(scripts)
        var reading = DividedReading(reader, card: card) { $0.utf8.count / 4 }
        reading.parallel = 1
        return (try await reading.read(Samples.pages(1), question: question, sampling: Sampling()), reader)
    }
}
