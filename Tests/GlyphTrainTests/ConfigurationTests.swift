// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTrain

@Suite struct ConfigurationTests {
    private func configuration(_ stage: String) throws -> TrainingConfiguration {
        try TrainingConfiguration(json: Array("{\"stages\": [\(stage)]}".utf8), source: "run.json")
    }

    @Test(
        "A mistake is named with the path of its key",
        arguments: [
            (
                #"{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "pages": [{"size": [4, 1], "batch": 1}], "x": 1}"#,
                "run.json: stages[0].x"
            ),
            (
                #"{"name": "a", "steps": 0, "learning-rate": [0.1, 0.1], "pages": [{"size": [4, 1], "batch": 1}]}"#,
                "run.json: stages[0].steps"
            ),
            (
                #"{"name": "a", "steps": 1, "learning-rate": [2, 0.1], "pages": [{"size": [4, 1], "batch": 1}]}"#,
                "run.json: stages[0].learning-rate"
            ),
            (
                #"{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "pages": [{"size": [4, 1], "cell": [5, 14], "batch": 1}]}"#,
                "run.json: stages[0].pages[0].cell"
            ),
            (
                #"{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "tasks": {"sing": 1}, "pages": [{"size": [4, 1], "batch": 1}]}"#,
                "run.json: stages[0].tasks.sing"
            ),
            (
                #"{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "losses": {"glyphs": 0}, "styles": 2, "pages": []}"#,
                "run.json: stages[0].styles"
            ),
            (
                #"{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "losses": {"glyphs": 0.1}, "styles": 0.1, "pages": []}"#,
                "run.json: stages[0].styles"
            ),
            (
                #"{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "pages": [{"size": [4, 1], "batch": 1, "weight": 0}]}"#,
                "run.json: stages[0].pages"
            ),
            (
                #"{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "tasks": {"transcribe": 0}, "pages": [{"size": [4, 1], "batch": 1}]}"#,
                "run.json: stages[0].tasks"
            ),
            (
                #"{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "tasks": {"transcribe": 1e308, "resume": 1e308}, "pages": [{"size": [4, 1], "batch": 1}]}"#,
                "run.json: stages[0].tasks"
            ),
            (
                #"{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "texts": {"prose": 1e308, "random": 1e308}, "pages": [{"size": [4, 1], "batch": 1}]}"#,
                "run.json: stages[0].texts"
            ),
        ]
    )
    func mistakes(stage: String, location: String) {
        #expect { try configuration(stage) } throws: { ($0 as? InputError)?.location == location }
    }

    @Test(
        "A number that no training can be done with is refused with its key",
        arguments: [
            (#""losses": {"text": 0, "glyphs": 0}"#, "losses"), (#""losses": {"text": 1e300}"#, "losses.text"),
            (#""losses": {"glyphs": -1}"#, "losses.glyphs"), (#""vision-rate": 1e300"#, "vision-rate"),
            (#""absent": 1.5"#, "absent"), (#""aloud": 7"#, "aloud"), (#""carry": 9"#, "carry"),
            (#""themes": 2"#, "themes"), (#""themes": -0.1"#, "themes"),
        ]
    )
    func numbersOfStages(field: String, key: String) {
        let stage = """
            {"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], \(field), "pages": [{"size": [4, 1], "batch": 1}]}
            """
        #expect { try configuration(stage) } throws: {
            ($0 as? InputError)?.location == "run.json: stages[0].\(key)"
        }
    }

    @Test(
        "A number of the optimiser that no training can be done with is refused with its key",
        arguments: [
            (#""weight-decay": 1e300"#, "weight-decay"), (#""weight-decay": -1"#, "weight-decay"),
            (#""betas": [0.9, 1]"#, "betas"), (#""betas": [-0.1, 0.9]"#, "betas"), (#""clip": 0"#, "clip"),
            (#""clip": 1e300"#, "clip"),
        ]
    )
    func numbersOfTheOptimizer(field: String, key: String) {
        let json = """
            {\(field), "stages": [{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1],
             "pages": [{"size": [4, 1], "batch": 1}]}]}
            """
        #expect {
            try TrainingConfiguration(json: Array(json.utf8), source: "run.json")
        } throws: {
            ($0 as? InputError)?.location == "run.json: \(key)"
        }
    }

    @Test("A batch that would fill any memory is refused with its key and its visual tokens; the largest is taken")
    func largeBatches() throws {
        func stage(_ batch: Int) -> String {
            """
            {"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "pages": [{"size": [64, 64], "batch": \(batch)}]}
            """
        }
        #expect(try configuration(stage(256)).stages.count == 1)
        let error = #expect(throws: InputError.self) { try configuration(stage(65_536)) }
        #expect(error?.location == "run.json: stages[0].pages[0].batch")
        #expect(error?.problem.contains("268435456 tokens") == true)
        #expect(error?.expected == "at most 1048576 in a batch")
    }

    @Test("A step that would fill any memory is refused with its key and its visual tokens; the largest is taken")
    func largeSteps() throws {
        func stage(_ accumulate: Int) -> String {
            """
            {"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "accumulate": \(accumulate),
             "pages": [{"size": [4, 1], "batch": 1}, {"size": [64, 64], "batch": 4}]}
            """
        }
        #expect(try configuration(stage(64)).stages[0].accumulation == 64)
        let error = #expect(throws: InputError.self) { try configuration(stage(65)) }
        #expect(error?.location == "run.json: stages[0].accumulate")
        #expect(error?.problem == "65 batches of 16384 visual tokens are 1064960 tokens")
        #expect(error?.remedy?.contains("\"batch\"") == true)
    }

    @Test("Weights of pages that add up to infinity are refused before anything is drawn")
    func infinitePages() {
        let page = #"{"size": [4, 1], "batch": 1, "weight": 1e308}"#
        let stage = #"{"name": "a", "steps": 1, "learning-rate": [0.1, 0.1], "pages": [\#(page), \#(page)]}"#
        let error = #expect(throws: InputError.self) { try configuration(stage) }
        #expect(error?.location == "run.json: stages[0].pages")
        #expect(error?.problem.contains("add up") == true)
    }

    @Test("Rates rise over the warm-up and fall along a cosine, stage by stage")
    func rates() throws {
        let stage =
            #"{"name": "a", "steps": 101, "learning-rate": [0.01, 0.002], "warm-up": 10, "pages": [{"size": [4, 1], "batch": 1}]}"#
        let configuration = try configuration("\(stage), \(stage)")
        let rates = (0..<101).map(configuration.stages[0].rate)
        #expect(rates[0] < rates[5] && rates[5] < rates[10])
        #expect(zip(rates[10...], rates[11...]).allSatisfy { $0 > $1 })
        #expect(abs(rates[50] - 0.006) < 1e-12)
        #expect(abs(rates[100] - 0.002) < 1e-12)
        #expect(configuration.stepCount == 202)
        #expect(configuration.stage(of: 101).index == 1 && configuration.stage(of: 101).step == 0)
    }
}
