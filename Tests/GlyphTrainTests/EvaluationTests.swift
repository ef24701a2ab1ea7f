// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTasks
import GlyphTensor
import GlyphTokens
import GlyphVLM
import Testing

@testable import GlyphTrain

@Suite struct EvaluationTests {
    private func evaluation(_ model: ModelFolder, batch: Int) throws -> Evaluation {
        let json = """
            {"stages": [{"name": "one", "steps": 1, "learning-rate": [0.1, 0.1], "absent": 1,
             "tasks": {"transcribe": 1, "field": 1}, "pages": [{"size": [8, 2], "batch": \(batch)}]}]}
            """
        let configuration = try TrainingConfiguration(json: Array(json.utf8), source: "test.json")
        let training = try Fixture.training(model, configuration, seed: 7)
        let batches = try BatchMaker(model, Fixture.corpus(), seed: 1)
        return try Evaluation(training.learner, batches, configuration.stages[0])
    }

    @Test("Figures do not depend on how many pages are read at a time")
    func groups() throws {
        let (folder, model) = try Fixture.tinyModel()
        let together = try evaluation(model, batch: 64)
        for batch in [1, 5] {
            let parts = try evaluation(model, batch: batch)
            #expect(parts.glyphsRight == together.glyphsRight && parts.textRight == together.textRight)
            #expect(parts.characterErrors == together.characterErrors)
            #expect(parts.answersRight == together.answersRight)
            #expect(parts.samples.map(\.said) == together.samples.map(\.said))
            #expect(parts.samples.map(\.wanted) == together.samples.map(\.wanted))
        }
        #expect(together.samples.count == Evaluation.questionCount)
        #expect(Evaluation.groups(Array(0..<8), of: 3) == [[0, 1, 2], [3, 4, 5], [6, 7]])
        #expect(Evaluation.groups(Array(0..<8), of: 64) == [Array(0..<8)])
        _ = folder
    }

    @Test("Answers are compared as texts, also where ids are not bytes")
    func otherTokenizer() throws {
        let folder = try Fixture.tinyModel().folder
        // The ids of the bytes, the last one first.
        let file = "\(folder.path)/tokenizer.json"
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: file)))
        var json = try #require(object as? [String: Any])
        var model = try #require(json["model"] as? [String: Any])
        let ids = try #require(model["vocab"] as? [String: Int])
        model["vocab"] = ids.mapValues { 255 - $0 }
        json["model"] = model
        try ResourceFile.write(Array(JSONSerialization.data(withJSONObject: json)), to: file)
        let evaluation = try evaluation(ModelFolder(folder.path, needsWeights: false), batch: 8)
        // Nothing that is asked for is there, and all that is wanted says so.
        #expect(Array(evaluation.answersRight.keys) == ["absent"])
        #expect(evaluation.samples.allSatisfy { $0.wanted.hasSuffix(NeedleTask.absentAnswer) })
    }

    @Test("An answer is compared to its last byte, and a whole one with nothing after it")
    func answers() throws {
        let (folder, model) = try Fixture.tinyModel()
        let shape = PageShape(columns: 8, rows: 1, cell: CellSize(width: 7, height: 14))
        let page = try TrainingPageMaker().page(Array("The fee is 90, the rate 5.".unicodeScalars), shape, .plain)
        var beginning = Questions.Question("rate?", "rate 5")
        beginning.isWhole = false
        let example = try ExampleWriter(model).chat(page, [.init("fee?", "fee is 90"), beginning])
        let wanted = example.answers.map { Wording($0, model.tokenizer) }
        #expect(wanted.map(\.text) == ["fee is 90", "rate 5"])
        #expect(example.targets.map(\.isWhole) == [true, false])
        func isRight(_ place: Int, _ text: String, isEnded: Bool = true) -> Bool {
            let said = Wording(model.tokenizer.encode(text), model.tokenizer)
            return wanted[place].isSaid(by: said, ended: isEnded, whole: example.targets[place].isWhole)
        }
        #expect(isRight(0, "fee is 90"))
        #expect(!isRight(0, "fee is 900") && !isRight(0, "fee is 9") && !isRight(0, "fee is 90", isEnded: false))
        #expect(isRight(1, "rate 5") && isRight(1, "rate 5.5") && isRight(1, "rate 5.5", isEnded: false))
        #expect(!isRight(1, "rate 6") && !isRight(1, "rate "))
        _ = folder
    }

    @Test("What a model writes ends where the model says so, and is cut off where it is longer than what was wanted")
    func endings() throws {
        let (folder, model) = try Fixture.tinyModel()
        let batches = try BatchMaker(model, Fixture.corpus(), seed: 1)
        let batch = try batches.batch(step: 0, of: Fixture.configuration(steps: 1).stages[0])
        for isEnded in [false, true] {
            var configuration = model.configuration
            configuration.endTokens = isEnded ? Array(0..<Int32(configuration.text.vocabularySize)) : []
            let reader = try GLM4V(configuration, generator: TensorGenerator(seed: 1))
            let answers = try Transcriber(reader).answers(batch)
            #expect(answers.count == batch.prompts.count && answers.allSatisfy { $0.isEnded == isEnded })
            for (answer, targets) in zip(answers, batch.targets) {
                let wanted = try #require(targets.last).count
                #expect(isEnded ? answer.tokens.isEmpty : answer.tokens.count == wanted * 11 / 10 + 1)
            }
        }
        _ = folder
    }

    @Test("Bytes of tokens are counted, and a token without text as one that is wrong")
    func wordings() throws {
        let nano = try ModelFolder(Fixture.nano, needsWeights: false).tokenizer
        let bytes = Array(Int32(0)..<256)
        #expect(Wording(bytes, nano).units == bytes)
        // The end of the text, and an id that no token has.
        #expect(Wording([256, 104, 287], nano).units == [-257, 104, -288])
        #expect(Wording([256, 104, 105], nano).text == "\u{FFFD}hi")
        let standard = try Tokenizer.standard()
        let text = "notice period: The text does not say."
        let tokens = standard.encode(text)
        #expect(tokens.count < text.utf8.count / 2)
        #expect(Wording(tokens, standard).units == text.utf8.map { Int32($0) })
        #expect(Wording(tokens, standard).text == text)
    }
}
