// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks
import GlyphTokens
import GlyphVLM
import Testing

@testable import GlyphTrain

@Suite struct QuotedAnswerTests {
    private let text = Array(
        """
        Notice Period: 90 days
        The fee is EUR 4,250 a month, paid at once. The payment period shall be thirty days of the calendar that applies
        Period = 5 (see below). "The cap holds."
        """.unicodeScalars
    )

    @Test(
        "An answer begins as it was asked for and goes on as the text does, to the end of the clause or line",
        arguments: [
            ("notice period", "notice period: 90 days"), ("fee", "fee is EUR 4,250 a month"),
            ("paid at", "paid at once"), ("cap", "cap holds"),
        ]
    )
    func answers(key: String, answer: String) throws {
        let found = try #require(QuotedAnswer.about(key, in: text))
        #expect(found.answer == answer && found.isWhole)
    }

    @Test("A long clause is asked for up to a place, and is not whole")
    func longClauses() throws {
        let found = try #require(QuotedAnswer.about("payment period", in: text))
        #expect(found.answer == "payment period shall be thirty days of" && !found.isWhole)
        let whole = try #require(QuotedAnswer.about("payment period", in: text, upTo: QuotedAnswer.longest))
        #expect(whole.answer == "payment period shall be thirty days of the calendar that applies" && whole.isWhole)
    }

    @Test("Of two places the one that states something is meant, and the first where none does")
    func statements() throws {
        let text = Array(
            "At the hourly rate or less. The hourly rate is 5. As the cap says, to the cap and on.".unicodeScalars
        )
        #expect(QuotedAnswer.about("hourly rate", in: text)?.answer == "hourly rate is 5")
        #expect(QuotedAnswer.about("cap", in: text)?.answer == "cap says")
    }

    @Test("Several keys are answered in turn, those that are not there as well")
    func several() {
        let text = Array("Cap: 5\nThe fee is 7. Cap: 9, and\nmore".unicodeScalars)
        let answer = QuotedAnswer.about(each: ["fee", "rate", "cap"], in: text, everyPlace: true)
        #expect(answer == "fee is 7; \(QuotedAnswer.absent("rate")); cap: 5; cap: 9")
        #expect(QuotedAnswer.about(each: ["fee", "cap"], in: text, everyPlace: false) == nil)
        #expect(QuotedAnswer.about(each: ["fee", "and"], in: text, everyPlace: false) == nil)
    }

    @Test(
        "What is stated twice, in a part of a word only, at the end of a clause or not at all has no answer",
        arguments: ["period", "ayment", "at once", "discount", ""]
    )
    func noAnswers(key: String) {
        #expect(QuotedAnswer.about(key, in: text) == nil)
    }

    @Test("What goes on in the next line is named by the text, though it cannot be asked for")
    func acrossLines() {
        #expect(QuotedAnswer.names(text, "applies period") && QuotedAnswer.names(text, "ayment"))
        #expect(!QuotedAnswer.names(text, "discount"))
    }

    @Test("That there is no answer is said after what was asked for")
    func absent() {
        let answer = QuotedAnswer.absent("discount rate")
        #expect(answer == "discount rate: \(NeedleTask.absentAnswer)")
        #expect(QuotedAnswer.isAbsent(answer.utf8) && !QuotedAnswer.isAbsent("rate: 5".utf8))
    }

    @Test("Of a page that is read aloud in the middle of a sentence the beginning is given, and answers may need it")
    func carried() throws {
        let (folder, model) = try Fixture.tinyModel()
        let maker = try ExampleMaker(model, Fixture.corpus())
        let json = """
            {"seed": 1, "stages": [{"name": "one", "steps": 1, "learning-rate": [0.001, 0.001], "tasks": {"phrase": 1},
             "aloud": 1, "carry": 1, "questions": 5, "absent": 0, "pages": [{"size": [8, 4], "batch": 1}]}]}
            """
        let stage = try TrainingConfiguration(json: Array(json.utf8), source: "test").stages[0]
        var random = SplitMix64(state: 5)
        let shape = PageShape(columns: 8, rows: 4, cell: CellSize(width: 7, height: 14))
        var (questionCount, fromBefore) = (0, 0)
        for _ in 0..<20 {
            let example = try maker.example(.phrase, shape, fill: 0.8, stage, &random)
            let written = example.targets[0].tokens
            let page = example.pages[0].text
            #expect(try model.tokenizer.decode(example.answers[0]) == page)
            // What is given stands between the request and what is to be written.
            let before = try model.tokenizer.decode(Array(example.prompt.tokens[..<written.lowerBound]))
            let request = Array(TranscriptionTask.question.utf8)
            let place = try #require((0..<before.count).last { before[$0...].starts(with: request) })
            let given = before[(place + request.count)...]
            #expect(given.count > 8)
            questionCount += example.targets.count - 1
            for answer in example.answers.dropFirst() {
                let text = try model.tokenizer.decode(answer)
                let stands = (0...max(0, page.count - text.count)).contains { page[$0...].starts(with: text) }
                if !stands { fromBefore += 1 }
            }
        }
        #expect(questionCount > 40 && fromBefore > 3 && fromBefore < questionCount)
        _ = folder
    }
}
