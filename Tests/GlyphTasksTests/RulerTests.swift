// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTokens
import Testing

@testable import GlyphTasks

@Suite("RULER")
struct RulerTests {
    static let squadFile = #"""
        {"version": "v2.0", "data": [
          {"title": "Rivers", "paragraphs": [
            {"context": "The Nile flows north through eleven countries.", "qas": [
              {"question": "Where does the Nile flow?", "id": "1", "is_impossible": false,
               "answers": [{"text": "north", "answer_start": 15}, {"text": "through eleven countries", "answer_start": 21}]},
              {"question": "Who dug it?", "id": "2", "is_impossible": true, "answers": []}]},
            {"context": "The Rhine rises in Switzerland.", "qas": []}]},
          {"title": "Cities", "paragraphs": [
            {"context": "Turin lies on the river Po.", "qas": [
              {"question": "Which river is at Turin?", "id": "3", "is_impossible": false,
               "answers": [{"text": "Po", "answer_start": 24}]}]}]}]}
        """#
    static let hotpotFile = #"""
        [{"_id": "x", "question": "Which of both is older?", "answer": "Ur",
          "context": [["Ur", ["Ur was founded ", "about 3800 BC."]], ["Rome", ["Rome was founded in 753 BC."]]]}]
        """#

    static func sources() throws -> RulerSources {
        let squad = try ScratchFile(squadFile)
        let hotpot = try ScratchFile(hotpotFile)
        return RulerSources(
            prose: try Samples.prose(),
            words: (0..<6000).map { "word" + String($0, radix: 26) },
            squad: try .squad(at: squad.path),
            hotpotQA: try .hotpotQA(at: hotpot.path)
        )
    }

    @Test("All 13 tasks fill 4K and 16K tokens, prompt and answer included", arguments: RulerTask.all)
    func lengths(task: RulerTask) throws {
        let tokenizer = try Tokenizer.standard()
        let sources = try Self.sources()
        for limit in [4096, 16_384] {
            let example = try task.example(seed: 3, budget: .tokens(limit, of: tokenizer), sources: sources)
            let length = tokenizer.count(example.textPrompt + " " + example.answerPrefix) + task.answerTokens
            #expect(length <= limit)
            #expect(length > limit - 120)
            #expect(example.task == task.name)
            #expect(example.score(example.expected.joined(separator: ", ")) == 1)
            #expect(example.score("nothing of that kind") == 0)
        }
    }

    @Test("The same arguments make the same example and another seed another one", arguments: RulerTask.all)
    func deterministic(task: RulerTask) throws {
        let sources = try Self.sources()
        let make = { try task.example(seed: $0, budget: .bytes(9000), sources: sources) }
        #expect(try make(2) == make(2))
        #expect(try make(2).context != make(3).context)
    }

    @Test("A chain assigns its value once and passes it on in order")
    func chain() throws {
        let example = try RulerTask.named("vt").example(seed: 9, budget: .bytes(5000))
        let value = String(try #require(example.question.firstMatch(of: /value (\d{5})/)).1)
        let lines = example.context.split(separator: "\n").filter { $0.hasPrefix("VAR") }
        #expect(lines.count == 5)
        #expect(lines[0] == "VAR \(example.expected[0]) = \(value)")
        for hop in 1...4 { #expect(lines[hop] == "VAR \(example.expected[hop]) = VAR \(example.expected[hop - 1]) ") }
        let bytes = Array(example.context.utf8)
        let cited = example.evidence.map { String(decoding: bytes[$0.lowerBound..<$0.upperBound], as: UTF8.self) }
        #expect(cited == lines.map(String.init))
    }

    @Test("Common words occur thirty times and all others three times, numbered through")
    func commonWords() throws {
        let tokenizer = try Tokenizer.standard()
        let example = try RulerTask.named("cwe").example(
            seed: 1,
            budget: .tokens(8192, of: tokenizer),
            sources: Self.sources()
        )
        let parts = example.context.split(separator: " ")
        var counts: [Substring: Int] = [:]
        for (index, part) in parts.enumerated() {
            if index % 2 == 0 { #expect(part == "\(index / 2 + 1).") } else { counts[part, default: 0] += 1 }
        }
        #expect(Set(counts.filter { $0.value == 30 }.keys) == Set(example.expected.map { $0[...] }))
        #expect(Set(counts.values) == [3, 30])
    }

    @Test("Where plain words do not fill a length, common words are pairs, as often as ever")
    func commonPairs() throws {
        let tokenizer = try Tokenizer.standard()
        let budget = TextBudget.tokens(65_536, of: tokenizer)
        let example = try RulerTask.named("cwe").example(seed: 1, budget: budget)
        #expect(tokenizer.count(example.textPrompt) > 65_000)
        let words = example.context.split(separator: " ").filter { !$0.hasSuffix(".") }
        let counts = Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(counts.keys.allSatisfy { $0.contains("-") })
        #expect(Set(counts.filter { $0.value == 30 }.keys) == Set(example.expected.map { $0[...] }))
    }

    @Test("Coded words follow the zeta distribution, and the three after the dots are asked for")
    func frequentWords() throws {
        let tokenizer = try Tokenizer.standard()
        let example = try RulerTask.named("fwe").example(seed: 1, budget: .tokens(8192, of: tokenizer))
        let counts = Dictionary(example.context.split(separator: " ").map { ($0, 1) }, uniquingKeysWith: +)
        let ranked = counts.sorted { $0.value > $1.value }
        #expect(ranked[0].key == "...")
        #expect(ranked[1...3].map { String($0.key) } == example.expected)
        let total = Double(ranked[0].value)
        #expect(abs(Double(ranked[1].value) / total - 1.0 / 4) < 0.01)
        #expect(abs(Double(ranked[3].value) / total - 1.0 / 16) < 0.01)
    }

    @Test("Questions come with the documents that answer them, marked as evidence")
    func questions() throws {
        let sources = try Self.sources()
        #expect(sources.squad?.count == 2)
        let nile = try RulerTask.named("qa_1").example(seed: 2, budget: .bytes(1200), sources: sources)
        #expect(nile.question.hasSuffix("Question: Where does the Nile flow?"))
        #expect(nile.score("It flows North.") == 1)
        let range = nile.evidence[0]
        let cited = String(decoding: Array(nile.context.utf8)[range.lowerBound..<range.upperBound], as: UTF8.self)
        #expect(cited == "The Nile flows north through eleven countries.")
        let both = try RulerTask.named("qa_2").example(seed: 0, budget: .bytes(1200), sources: sources)
        #expect(both.context.contains("Rome\nRome was founded in 753 BC."))
        #expect(both.context.contains("Ur\nUr was founded about 3800 BC."))
    }

    @Test("Missing sources and too small a budget are errors")
    func errors() throws {
        #expect(throws: InputError.self) { try RulerTask.named("qa_1").example(seed: 1, budget: .bytes(9000)) }
        #expect(throws: InputError.self) { try RulerTask.named("niah_single_2").example(seed: 1, budget: .bytes(9000)) }
        for task in RulerTask.all {
            #expect(throws: InputError.self) { try task.example(seed: 1, budget: .bytes(200), sources: Self.sources()) }
        }
        let broken = try ScratchFile("{\"data\": [{\"paragraphs\": [{\"context\": 3}]}]}")
        let error = #expect(throws: InputError.self) { try DocumentQuestions.squad(at: broken.path) }
        #expect(error?.problem.contains("context") == true)
    }

    @Test("A question that no answer can be right for, or every one, is refused with its place")
    func unanswerable() throws {
        for answers in ["[]", #"[{"text": " "}]"#] {
            let file = try ScratchFile(
                #"{"data": [{"paragraphs": [{"context": "A.", "qas": [{"question": "Q?", "answers": \#(answers)}]}]}]}"#
            )
            let error = #expect(throws: InputError.self) { try DocumentQuestions.squad(at: file.path) }
            #expect(error?.location.contains("qas[0]") == true)
        }
        let hotpot = try ScratchFile(Self.hotpotFile.replacing("\"Ur\",\n", with: "\"\",\n"))
        #expect(throws: InputError.self) { try DocumentQuestions.hotpotQA(at: hotpot.path) }
    }

    @Test("A byte order mark is passed over, and a compressed file is called one")
    func fileStarts() throws {
        let marked = try ScratchFile("\u{FEFF}" + Self.squadFile)
        #expect(try DocumentQuestions.squad(at: marked.path).count == 2)
        let packed = try ScratchFile("")
        try Data([0x1F, 0x8B, 8, 0]).write(to: URL(fileURLWithPath: packed.path))
        let error = #expect(throws: InputError.self) { try DocumentQuestions.squad(at: packed.path) }
        #expect(error?.remedy?.contains("gunzip") == true)
        #expect(throws: InputError.self) { try MRCR.forEachExample(at: packed.path) { _ in true } }
    }
}
