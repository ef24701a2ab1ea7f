// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTrain

/// What a run refuses before it begins, because a stage could not be done.
@Suite(.timeLimit(.minutes(2))) struct StageCheckTests {
    /// Lines of 76 hexadecimal digits: no words to shuffle, and none to name fields after.
    private static let digits = String(
        repeating: String(String(repeating: "0123456789abcdef", count: 5).prefix(76)) + "\n",
        count: 200
    )
    /// Words to shuffle, but none to name fields after.
    private static let numbers = (1000..<4000).map(String.init).joined(separator: " ")

    /// Begins a run of one stage; nothing where that is done.
    private func fault(_ fields: String, size: String = "[8, 4]", corpus: String?, heldOut: String? = nil) throws
        -> InputError?
    {
        let (model, output) = (try Fixture.tinyModel().folder, try TemporaryFolder())
        let json = """
            {"stages": [{"name": "one", "steps": 1, "learning-rate": [0.1, 0.1], \(fields)
             "pages": [{"size": \(size), "batch": 1}]}]}
            """
        do {
            let trainer = try Trainer(
                TrainingConfiguration(json: Array(json.utf8), source: "test.json"),
                start: model.path,
                corpus: corpus.map { try Corpus(text: $0) } ?? Fixture.corpus(),
                heldOut: heldOut.map { try Corpus(text: $0) } ?? Fixture.corpus(),
                output: output.path,
                threads: 1
            )
            #expect(trainer.stepsDone == 0)
            return nil
        } catch let error as InputError {
            return error
        }
    }

    @Test("A corpus without words is refused where words are shuffled, and taken where they are not")
    func shuffling() throws {
        let error = try #require(try fault(#""texts": {"shuffled": 1},"#, corpus: Self.digits))
        #expect(error.location == "corpus" && error.problem.contains("\"one\""))
        #expect(error.expected?.contains("shuffled") == true)
        #expect(try fault("", corpus: Self.digits)?.location == "corpus")
        #expect(try fault(#""texts": {"prose": 1, "random": 1},"#, corpus: Self.digits) == nil)
        #expect(try fault(#""texts": {"shuffled": 1},"#, corpus: Self.numbers) == nil)
        #expect(try fault(#""texts": {"shuffled": 1},"#, corpus: nil, heldOut: Self.digits) == nil)
    }

    @Test("A corpus that fields cannot be named after is refused where fields are asked for")
    func fields() throws {
        for text in [Self.digits, Self.numbers] {
            let error = try #require(try fault(#""tasks": {"field": 1},"#, corpus: text))
            #expect(error.location == "corpus" && error.problem.hasPrefix("0 of its words"))
            #expect(error.expected?.contains("20 different words of 3 to 10 letters") == true)
        }
        let error = try #require(try fault(#""tasks": {"field": 1},"#, corpus: nil, heldOut: Self.numbers))
        #expect(error.location == "held-out")
        #expect(try fault(#""tasks": {"needle": 1},"#, corpus: Self.numbers) == nil)
    }

    @Test("Where no name is left for another field, looking for one ends")
    func names() throws {
        let fields = Fields(corpus: try Corpus(text: Self.numbers))
        var random = SplitMix64(state: 1)
        #expect(throws: InputError.self) {
            var drawn: [Fields.Field] = []
            // Without words the only names are one to four times "number".
            for _ in 0..<5 { drawn.append(try fields.draw(besides: drawn, &random)) }
        }
        let text = Array("number number number number".unicodeScalars)
        #expect(throws: InputError.self) { try fields.draw(besides: [], absentFrom: text, &random) }
    }

    @Test("Pages that the image processor scales are refused with the glyph loss, and taken without")
    func scaledPages() throws {
        let error = try #require(try fault("", size: "[64, 64]", corpus: nil))
        #expect(error.location == "stage \"one\"")
        #expect(error.problem.contains("64 × 64 visual tokens"))
        #expect(error.expected == "1 to 2048 visual tokens on a page")
        #expect(try fault(#""losses": {"glyphs": 0},"#, size: "[64, 64]", corpus: nil) == nil)
        #expect(try fault("", size: "[64, 32]", corpus: nil) == nil)
    }
}
