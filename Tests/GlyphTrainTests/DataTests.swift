// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTasks
import GlyphTokens
import GlyphVLM
import Testing

@testable import GlyphTrain

@Suite struct DataTests {
    @Test("The cells of a visual token hold the characters that its pixels show")
    func cells() throws {
        let shape = PageShape(columns: 4, rows: 2, cell: CellSize(width: 7, height: 14))
        // 16 cells a row: "k" is in the second row's third cell, so in the first token, second row, third place.
        let text = Array("0123456789abcdefghk".unicodeScalars)
        let classes = TrainingPageMaker.classes(of: text, shape)
        let k = try #require(GlyphClasses.index(of: "k"))
        #expect(classes.firstIndex(of: Int64(k)) == 4 + 2)
        let page = try TrainingPageMaker().page(text, shape, .plain)
        #expect(page.classes == classes)
        #expect((page.image.width, page.image.height) == (112, 56))
        for token in 0..<shape.tokenCount {
            for place in 0..<8 {
                let (x, y) = (token % 4 * 28 + place % 4 * 7, token / 4 * 28 + place / 4 * 14)
                let hasInk = (y..<y + 14).contains { row in
                    (x..<x + 7).contains { page.image.pixels[row * page.image.width + $0] < 128 }
                }
                #expect(hasInk == (page.classes[token * 8 + place] != 0), "token \(token), cell \(place)")
            }
        }
    }

    @Test("Texts of every kind take a cell for each of their characters", arguments: TextKind.allCases)
    func kinds(kind: TextKind) throws {
        let sampler = TextSampler(corpus: try Fixture.corpus(), mixture: Mixture([(kind, 1)]))
        let maker = try TrainingPageMaker()
        let shape = PageShape(columns: 8, rows: 4, cell: CellSize(width: 7, height: 14))
        var random = SplitMix64(state: 3)
        for _ in 0..<20 {
            let text = sampler.text(shape.capacity, &random)
            #expect(try maker.page(text, shape, .plain).scalars == text)
            #expect(text.contains { !$0.isASCII } == (kind == .signs))
        }
    }

    @Test("A batch is a function of seed, step and part")
    func batches() throws {
        let (folder, model) = try Fixture.tinyModel()
        let stage = try Fixture.configuration(steps: 1).stages[0]
        func batch(_ seed: UInt64, _ step: Int, _ part: Int) throws -> [Prompt] {
            try BatchMaker(model, Fixture.corpus(), seed: seed).batch(step: step, part: part, of: stage).prompts
        }
        let first = try batch(1, 7, 0)
        #expect(try batch(1, 7, 0) == first)
        #expect(try batch(2, 7, 0) != first)
        #expect(try batch(1, 8, 0) != first)
        #expect(try batch(1, 7, 1) != first)
        _ = folder
    }

    @Test("Every task's target is the end of its sequence and closes with the end token", arguments: TaskKind.allCases)
    func tasks(kind: TaskKind) throws {
        let (folder, model) = try Fixture.tinyModel()
        let maker = try ExampleMaker(model, Fixture.corpus())
        let stage = try Fixture.configuration(steps: 1).stages[0]
        var random = SplitMix64(state: 9)
        let shape = PageShape(columns: 8, rows: 4, cell: CellSize(width: 7, height: 14))
        for _ in 0..<20 {
            let example = try maker.example(kind, shape, fill: 0.9, stage, &random)
            let last = try #require(example.prompt.tokens.last)
            // A clause that goes on further than is asked for ends without a token.
            let target = try #require(example.targets.last)
            #expect(target.tokens.upperBound == example.prompt.tokens.count - (target.isWhole ? 0 : 1))
            #expect(model.configuration.endTokens.contains(last))
            #expect(
                example.targets.allSatisfy { (example.prompt.tokens[$0.tokens.upperBound - 1] == last) == $0.isWhole }
            )
            #expect(example.targets.allSatisfy(\.isWhole) || kind.isQuestion)
            #expect(example.answers.allSatisfy { !$0.isEmpty } && !example.pages.isEmpty)
            #expect(example.prompt.images.count == example.pages.count)
            let texts = try example.answers.map { try model.tokenizer.decode($0) }
            let text = texts[0]
            switch kind {
            case .transcribe, .instructed: #expect(text == example.pages[0].text)
            case .transcribePages: #expect(text == example.pages.flatMap(\.text))
            case .transcribeLines:
                let page = example.pages[0]
                let start = example.prompt.images[0].tokens.upperBound + 1
                let asked = Array(example.prompt.tokens[start..<example.targets[0].tokens.lowerBound])
                let numbers = String(decoding: try model.tokenizer.decode(asked), as: UTF8.self)
                    .dropLast(2).split(separator: "-").compactMap { Int($0) }
                try #require(numbers.count == 2 && page.lines.indices.contains(numbers[1] - 1))
                let (first, last) = (page.lines[numbers[0] - 1], page.lines[numbers[1] - 1])
                #expect(text == Array(page.text[first.lowerBound..<last.upperBound]))
            case .resume: #expect(Array(example.pages[0].text.suffix(text.count)) == text)
            case .lookup:
                // In quotations a run of white space is one space.
                let words = example.pages[0].text.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
                let page = Array(words.joined(separator: [UInt8(ascii: " ")]))
                for text in texts {
                    #expect(contains(page, text) != (text == Array(NeedleTask.absentAnswer.utf8)))
                }
            case .needle, .field, .phrase:
                let page = example.pages[0].text.map { $0 | 0x20 }
                let quoted = texts.flatMap { String(decoding: $0, as: UTF8.self).components(separatedBy: "; ") }
                for text in quoted where !QuotedAnswer.isAbsent(text.utf8) {
                    #expect(contains(page, text.utf8.map { $0 | 0x20 }))
                }
            case .interleave: break
            }
        }
        _ = folder
    }

    @Test("As many questions have no answer as the stage says", arguments: [0.0, 1.0])
    func absentAnswers(share: Double) throws {
        let corpus = try Fixture.corpus()
        let questions = Questions(corpus: corpus, absent: share, most: 4)
        let sampler = TextSampler(corpus: corpus, mixture: Mixture([(.prose, 1)]))
        var random = SplitMix64(state: 4)
        for _ in 0..<20 {
            let asked = [
                try questions.needle(fitting: 400, &random), try questions.lookup(fitting: 400, &random),
                try questions.field(fitting: 400, &random), try questions.phrase(fitting: 400, sampler, &random),
            ]
            for question in asked.flatMap(\.questions) {
                #expect(QuotedAnswer.isAbsent(question.answer) == (share == 1))
            }
        }
    }

    @Test("Questions find room on short pages", arguments: [TaskKind.needle, .lookup, .field, .phrase])
    func shortPages(kind: TaskKind) throws {
        let (folder, model) = try Fixture.tinyModel()
        let maker = try ExampleMaker(model, Fixture.corpus())
        let stage = try Fixture.configuration(steps: 1).stages[0]
        var random = SplitMix64(state: 2)
        let shape = PageShape(columns: 8, rows: 4, cell: CellSize(width: 7, height: 14))
        var quoted = 0
        for _ in 0..<200 {
            let example = try maker.example(kind, shape, fill: 0.5, stage, &random)
            let page = letters(example.pages[0].text)
            let start = example.prompt.images[0].tokens.upperBound
            for (target, tokens) in zip(example.targets, example.answers) {
                let before = example.prompt.tokens[start..<target.tokens.lowerBound]
                let asked = letters(try model.tokenizer.decode(before, skippingSpecialTokens: true))
                let answer = String(decoding: try model.tokenizer.decode(tokens), as: UTF8.self)
                let subject = letters(answer.prefix { $0 != " " && $0 != "\n" }.utf8)
                #expect(kind == .lookup ? !asked.isEmpty : asked.contains(subject), "\(answer)")
                // Only of keys and fields several are asked for at once; what a phrase quotes may have a semicolon.
                let parts = kind == .needle || kind == .field ? answer.components(separatedBy: "; ") : [answer]
                for part in parts where !QuotedAnswer.isAbsent(part.utf8) {
                    #expect(page.contains(letters(part.utf8)), "\(part)")
                    quoted += 1
                }
            }
        }
        // Others ask for what is not there.
        #expect(quoted > 40)
        _ = folder
    }

    /// Letters and digits alone, in lower case: spaces may be others where something is quoted.
    private func letters(_ text: some Sequence<UInt8>) -> String {
        String(decoding: Array(text), as: UTF8.self).lowercased().filter { $0.isLetter || $0.isNumber }
    }

    private func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        text.count >= part.count
            && (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }

    @Test("What the classes do not know is left out of a corpus, and empty lines are kept single")
    func cleaning() {
        let cleaned = Corpus.clean(SourceText("a\tb\u{4E00}c\n\n\n\nd\r\n"))
        #expect(String(String.UnicodeScalarView(cleaned)) == "a    bc\n\nd\n")
        #expect(throws: InputError.self) { try Corpus(text: "short") }
        #expect(throws: InputError.self) { try Corpus(folder: "/nonexistent/folder") }
    }

    @Test("Test text that stands in the training text is found, however it is set")
    func overlap() throws {
        let training = try Fixture.corpus()
        let text = String(String.UnicodeScalarView(training.scalars.dropFirst(5_000).prefix(20_000)))
        let letters = Array("qxzjkvwypf")
        let other = String((0..<20_000).map { letters[($0 * $0 / 7) % letters.count] })
        let same = Overlap(of: try Corpus(text: text), in: training)
        #expect(same.passages > 300 && same.found == same.passages)
        let reset = text.uppercased().replacing(" ", with: "\n").replacing(",", with: "")
        #expect(Overlap(of: try Corpus(text: reset), in: training) == same)
        let half = Overlap(of: try Corpus(text: text.prefix(10_000) + other), in: training)
        #expect(half.found > 100 && half.found < half.passages && half.found < same.found)
        #expect(Overlap(of: try Corpus(text: other), in: training).found == 0)
    }

    @Test("Themes change pixels as they say, and a plain one changes none")
    func themes() throws {
        let shape = PageShape(columns: 4, rows: 1, cell: CellSize(width: 7, height: 14))
        let maker = try TrainingPageMaker()
        let text = Array("some text to see".unicodeScalars)
        let plain = try maker.page(text, shape, .plain).image
        var noisy = Theme.plain
        (noisy.noise, noisy.seed) = (10, 4)
        let spoiled = try maker.page(text, shape, noisy).image
        #expect(spoiled != plain)
        #expect(try maker.page(text, shape, noisy).image == spoiled)
        var blurred = Theme.plain
        blurred.isBlurred = true
        #expect(Set(try maker.page(text, shape, blurred).image.pixels).count > Set(plain.pixels).count)
    }
}
