// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTasks

/// Files written by `Tools/reference/metric_fixtures.py`; `Fixtures/MANIFEST.json` says by which versions.
enum Fixtures {
    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name)"))
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        try JSONDecoder().decode(type, from: data(name))
    }
}

/// The texts that `Pairs` of the script draws.
struct MetricPairs {
    private var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(state: seed) }

    mutating func next(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }

    mutating func pieces(_ words: [String], _ spaces: [String], _ most: Int) -> [String] {
        let count = next(most + 1)
        return (0..<count).flatMap { _ in [words[next(words.count)], spaces[next(spaces.count)]] }
    }

    mutating func pair(_ words: [String], _ spaces: [String], _ most: Int) -> (String, String) {
        let first = pieces(words, spaces, most)
        let kind = next(4)
        let second = kind == 0 ? pieces(words, spaces, most) : changed(first, words, [0, 1, 4, 12][kind])
        return (first.joined(), second.joined())
    }

    private mutating func changed(_ pieces: [String], _ words: [String], _ rate: Int) -> [String] {
        var result: [String] = []
        for piece in pieces {
            let chance = next(100)
            if chance >= 3 * rate {
                result.append(piece)
            } else if chance >= 2 * rate {
                result.append(words[next(words.count)])
            } else if chance >= rate {
                result += [piece, piece]
            }
        }
        return result
    }
}

@Suite("Official metrics")
struct OfficialMetricTests {
    /// One metric, the vocabulary and spaces of its texts, their longest, and how it is asked.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var file: String
        var seed: UInt64
        var words: String
        var spaces: String
        var most: Int
        var score: @Sendable (String, String) throws -> Double

        init(
            _ name: String,
            in file: String,
            _ seed: UInt64,
            _ words: String,
            _ spaces: String,
            _ most: Int,
            _ score: @escaping @Sendable (String, String) throws -> Double
        ) {
            (self.name, self.file, self.seed) = (name, file, seed)
            (self.words, self.spaces, self.most, self.score) = (words, spaces, most, score)
        }

        var testDescription: String { name }
    }

    /// Tables of the characters that the texts hold.
    private static let jieba = Result {
        ChineseWords.jieba(try JiebaSegmenter(tables: Array(Fixtures.data("jieba.tsv")), source: "jieba.tsv"))
    }

    private static func plain(_ metric: Metric) -> @Sendable (String, String) throws -> Double {
        { metric.score($0, expected: [$1]) }
    }

    /// In the order of their names, which gives the seeds.
    static let cases: [Case] = [
        Case("code_sim", in: "similarity", 0, "code", "chineseSpaces", 30, plain(.codeSimilarity)),
        Case("count", in: "longbench", 1, "english", "spaces", 6) { answer, _ in
            Metric.count.score(answer, expected: ["42"])
        },
        Case("mrcr", in: "similarity", 2, "english", "spaces", 80) { answer, expected in
            let hasPrefix = answer.unicodeScalars.count % 3 != 0
            return Metric.prefixedSimilarity.score(
                hasPrefix ? "Reader" + answer : answer,
                expected: ["Reader" + expected],
                details: ["Reader"]
            )
        },
        Case("qa_f1", in: "longbench", 3, "english", "spaces", 14, plain(.questionF1)),
        Case("qa_f1_zh", in: "longbench", 4, "chinese", "chineseSpaces", 24) {
            Metric.chineseQuestionF1.score($0, expected: [$1], chinese: try jieba.get())
        },
        Case("retrieval", in: "longbench", 5, "english", "spaces", 6) { answer, _ in
            Metric.retrieval.score(answer, expected: ["Paragraph 12"])
        },
        Case("retrieval_zh", in: "longbench", 6, "chinese", "chineseSpaces", 8) { answer, _ in
            Metric.chineseRetrieval.score(answer, expected: ["段落12"])
        },
        Case("rouge_l", in: "rouge", 7, "english", "spaces", 60, plain(.rougeL)),
        Case("rouge_l_zh", in: "rouge", 8, "chinese", "chineseSpaces", 50) {
            Metric.chineseRougeL.score($0, expected: [$1], chinese: try jieba.get())
        },
        Case("similarity", in: "similarity", 9, "english", "spaces", 120) {
            SequenceSimilarity.ratio(PythonText.codePoints($0), PythonText.codePoints($1))
        },
        Case("similarity_code", in: "similarity", 10, "code", "chineseSpaces", 200) {
            SequenceSimilarity.ratio(PythonText.codePoints($0), PythonText.codePoints($1))
        },
    ]

    @Test("A metric equals the original implementation to the last bit", arguments: cases)
    func original(test: Case) throws {
        let vocabulary = try Fixtures.decode([String: [String]].self, "metrics.vocabulary.json")
        let scores = try Fixtures.decode([String: [Double]].self, "metrics.\(test.file).json")
        let expected = try #require(scores[test.name])
        let words = try #require(vocabulary[test.words])
        let spaces = try #require(vocabulary[test.spaces])
        var pairs = MetricPairs(seed: test.seed)
        for (index, score) in expected.enumerated() {
            let (answer, reference) = pairs.pair(words, spaces, test.most)
            try #expect(test.score(answer, reference) == score, "pair \(index): \([answer, reference])")
        }
        #expect(expected.count >= 300)
    }

    @Test("Classification equals the original, classes that are part of others included")
    func classification() throws {
        let vocabulary = try Fixtures.decode([String: [String]].self, "metrics.vocabulary.json")
        let scores = try Fixtures.decode([String: [Double]].self, "metrics.longbench.json")
        let (classes, spaces) = try (#require(vocabulary["classes"]), #require(vocabulary["spaces"]))
        var pairs = MetricPairs(seed: 100)
        for score in try #require(scores["classification"]) {
            let answer = pairs.pieces(classes, spaces, 4).joined()
            let reference = classes[pairs.next(classes.count)]
            let count = pairs.next(9)
            let choices = (0..<count).map { _ in classes[pairs.next(classes.count)] }
            #expect(Metric.classification.score(answer, expected: [reference], details: choices) == score)
        }
    }

    @Test("RULER's two metrics equal the original, which rounds percent to two digits")
    func ruler() throws {
        let vocabulary = try Fixtures.decode([String: [String]].self, "metrics.vocabulary.json")
        let scores = try Fixtures.decode([String: [Double]].self, "metrics.ruler.json")
        let (words, spaces) = try (#require(vocabulary["english"]), #require(vocabulary["spaces"]))
        let (all, any) = try (#require(scores["match_all"]), #require(scores["match_any"]))
        var pairs = MetricPairs(seed: 101)
        for index in all.indices {
            let answer = pairs.pieces(words, spaces, 40).joined()
            let count = 1 + pairs.next(4)
            let expected = (0..<count).map { _ in words[pairs.next(words.count)] }
            #expect(abs(Metric.matchesAll.score(answer, expected: expected) * 100 - all[index]) < 0.005001)
            #expect(Metric.matchesAny.score(answer, expected: expected) * 100 == any[index])
        }
    }

    @Test("The best of several references counts, and only the first line where a task says so")
    func best() {
        var example = TaskExample(
            id: "1",
            task: "triviaqa",
            context: "",
            question: "",
            expected: ["Charlotte Brontë", "Currer Bell"],
            metric: .questionF1
        )
        #expect(example.score("the Currer Bell.\nQuestion: who else?") < 1)
        example.countsFirstLineOnly = true
        #expect(example.score("\n\nthe Currer Bell.\nQuestion: who else?") == 1)
        #expect(example.score("") == 0)
    }

    @Test("Only what follows the thinking is an answer")
    func reasoning() {
        #expect(Reasoning.removed(from: "<think>\n42? No.</think> 43 </think>\n\n44\n") == "44")
        #expect(Reasoning.removed(from: " 44\n") == " 44\n")
        #expect(Reasoning.removed(from: "<think>44") == "<think>44")
    }

    @Test("Without jieba's tables Chinese is cut into characters, and says so")
    func characters() {
        #expect(ChineseWords.characters.name == "characters")
        let score = Metric.chineseQuestionF1.score("南京市GPT-4", expected: ["南京 gpt-4"])
        // 南 京 市 gpt 4 against 南 京 gpt 4.
        #expect(score == 2 * (4.0 / 5) * 1 / (4.0 / 5 + 1))
    }

    @Test("Tables that are none are refused with the line")
    func brokenTables() {
        #expect(throws: InputError.self) { try JiebaSegmenter(tables: Array("w\t的\n".utf8), source: "t") }
        #expect(throws: InputError.self) { try JiebaSegmenter(tables: [], source: "t") }
        #expect(throws: InputError.self) { try JiebaSegmenter(tables: Array("total\t1.5\n".utf8), source: "t") }
    }
}
