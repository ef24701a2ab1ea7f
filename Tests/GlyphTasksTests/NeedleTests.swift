// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTokens
import Testing

@testable import GlyphTasks

/// Prose that no test depends on the words of.
enum Samples {
    static func prose(sentences: Int = 600) throws -> Prose {
        var generator = SplitMix64(state: 11)
        let words = NeedleWords.nouns
        let text = (0..<sentences).map { index in
            let count = Int.random(in: 6...14, using: &generator)
            let body = (0..<count).map { _ in words[Int.random(in: 0..<words.count, using: &generator)] }
            return "The " + body.joined(separator: index % 7 == 3 ? "\n" : " ") + "."
        }
        return try Prose(text.joined(separator: " "))
    }
}

@Suite("Needles")
struct NeedleTests {
    @Test("Every task holds its needles once and asks for them", arguments: NeedleTask.ruler)
    func holdsNeedles(task: NeedleTask) throws {
        let prose = try Samples.prose()
        for seed in 0..<5 as Range<UInt64> {
            let example = try task.example(seed: seed, budget: .bytes(6000), prose: prose)
            #expect(example.expected.count == task.queryCount * task.valueCount)
            for value in example.expected {
                #expect(example.context.components(separatedBy: value).count == 2)
                #expect(!example.question.contains(value))
            }
            #expect(example.score("They are " + example.expected.joined(separator: ", ")) == 1)
            #expect(example.score(example.expected[0]) == 1 / Double(example.expected.count))
            let bytes = Array(example.context.utf8)
            #expect(example.evidence.count == example.expected.count)
            let cited = example.evidence.map { String(decoding: bytes[$0.lowerBound..<$0.upperBound], as: UTF8.self) }
            for sentence in cited {
                #expect(sentence.hasPrefix("One of the special magic \(task.values.rawValue) for "))
                #expect(example.expected.contains { sentence.hasSuffix(" is: \($0).") })
            }
        }
    }

    @Test("A context fills its budget but for less than one unit", arguments: NeedleTask.ruler)
    func fillsBudget(task: NeedleTask) throws {
        let prose = try Samples.prose()
        let tokenizer = try Tokenizer.standard()
        for limit in [1500, 20_000] {
            for budget in [TextBudget.bytes(limit), .tokens(limit, of: tokenizer)] {
                let example = try task.example(seed: 5, budget: budget, prose: prose)
                let length = budget.length(of: example.context)
                #expect(length <= limit)
                #expect(length > limit - 130)
            }
        }
    }

    @Test("The same arguments make the same example and another seed another one", arguments: NeedleTask.ruler)
    func deterministic(task: NeedleTask) throws {
        let prose = try Samples.prose()
        let make = { try task.example(seed: $0, budget: .bytes(5000), prose: prose, startsAnywhere: true) }
        #expect(try make(1) == make(1))
        #expect(try make(1).context != make(2).context)
    }

    @Test("An absent key is nowhere in the text, and only the fixed sentence is right", arguments: NeedleTask.ruler)
    func absent(task: NeedleTask) throws {
        let prose = try Samples.prose()
        for seed in 0..<10 as Range<UInt64> {
            let example = try task.with(.absent).example(seed: seed, budget: .bytes(5000), prose: prose)
            let asked = try #require(example.question.firstMatch(of: /for (\S+?),? (?:and|mentioned|\S+,)/)).1
            #expect(!example.context.contains(asked))
            #expect(example.expected == [NeedleTask.absentAnswer])
            #expect(example.score("\"The text does not  say.\"") == 1)
            #expect(example.score("The text does not say. 1234567") == 0)
            let present = try task.with(.present).example(seed: seed, budget: .bytes(5000), prose: prose)
            #expect(present.question.hasSuffix(NeedleTask.absentAnswer))
            #expect(present.score(NeedleTask.absentAnswer) == 0)
        }
    }

    @Test("Needles stand all over the text")
    func spread() throws {
        let prose = try Samples.prose()
        for task in [NeedleTask.ruler[0], NeedleTask.ruler[1], NeedleTask.ruler[4]] {
            let depths = try (0..<60 as Range<UInt64>).map { seed in
                let example = try task.example(seed: seed, budget: .bytes(8000), prose: prose)
                return Double(example.evidence[0].lowerBound) / Double(example.context.utf8.count)
            }
            #expect(depths.count { $0 < 0.33 } > 8)
            #expect(depths.count { $0 > 0.66 } > 8)
        }
    }

    @Test("Too small a budget and missing prose are errors that say so")
    func errors() throws {
        #expect(throws: InputError.self) { try NeedleTask.ruler[0].example(seed: 1, budget: .bytes(20)) }
        #expect(throws: InputError.self) { try NeedleTask.ruler[1].example(seed: 1, budget: .bytes(2000)) }
        let many = NeedleTask("many", haystack: .essay, keyCount: 50)
        #expect(throws: InputError.self) {
            try many.example(seed: 1, budget: .bytes(90_000), prose: Samples.prose())
        }
    }

    @Test("Random UUIDs have version 4 and the right variant")
    func uuids() {
        var generator = SplitMix64(state: 4)
        for _ in 0..<100 {
            let uuid = NeedleKind.uuids.random(using: &generator)
            #expect(uuid.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        }
    }
}

@Suite("Prose and lookups")
struct LookupTests {
    @Test("Sentences end where a reader would end them")
    func sentences() throws {
        let text = """
            Mr. Brown met J. R. Smith at No. 5, e.g. "on time." He said: "Why?" and left… "Mr. Fox--Dr. Hare?" Then
            it rained! (It did.) Of 1847. One 9-b. 你好。「再见！」他说了一句话。

            CHAPTER II

            2. 3.14 is not the end
            """
        let prose = try Prose(text)
        #expect(
            prose.sentences == [
                "Mr. Brown met J. R. Smith at No. 5, e.g. \"on time.\"", "He said: \"Why?\" and left…",
                "\"Mr. Fox--Dr. Hare?\"",
                "Then it rained!",
                "(It did.)", "Of 1847.", "One 9-b.", "你好。", "「再见！」", "他说了一句话。", "CHAPTER II", "2. 3.14 is not the end",
            ]
        )
        let bytes = Array(text.utf8)
        for (range, sentence) in zip(prose.ranges, prose.sentences) {
            let source = String(decoding: bytes[range.lowerBound..<range.upperBound], as: UTF8.self)
            #expect(source.collapsedWhiteSpace == sentence)
        }
        #expect(throws: InputError.self) { try Prose("Only one.") }
    }

    @Test("A long list of bare numbers is one sentence with the words that end it", .timeLimit(.minutes(1)))
    func numbers() {
        // Looked through again at each number, the list would take minutes.
        let list = String(repeating: "7. ", count: 100_000)
        let end = list.utf8.count
        #expect(
            SentenceSplitter.ranges(of: list + "Chapter 8. Next.")
                == [SourceRange(0, end + 10), SourceRange(end + 11, end + 16)]
        )
        #expect(SentenceSplitter.ranges(of: list) == [SourceRange(0, end - 1)])
    }

    @Test("A looked-up phrase stands once in the text, in the sentence expected")
    func unique() throws {
        let prose = try Samples.prose()
        for seed in 0..<50 as Range<UInt64> {
            let example = try LookupTask().example(seed: seed, budget: .bytes(3000), prose: prose)
            let phrase = String(try #require(example.question.firstMatch(of: /"(.+)"/)).1)
            let text = example.context.collapsedWhiteSpace.lowercased()
            #expect(text.components(separatedBy: phrase.lowercased()).count == 2)
            #expect(example.expected[0].contains(phrase))
            let range = example.evidence[0]
            let bytes = Array(example.context.utf8)[range.lowerBound..<range.upperBound]
            let cited = String(decoding: bytes, as: UTF8.self)
            #expect(cited.collapsedWhiteSpace == example.expected[0])
            #expect(example.score("“" + example.expected[0].replacing(" ", with: "\n") + "”") == 1)
            #expect(example.score(String(example.expected[0].dropFirst(5))) == 0)
            #expect(example.context.utf8.count <= 3000)
            #expect(example.context.utf8.count > 2800)
        }
    }

    @Test("An absent phrase comes from elsewhere in the same prose")
    func absent() throws {
        let prose = try Samples.prose()
        for seed in 0..<30 as Range<UInt64> {
            let example = try LookupTask(presence: .absent).example(seed: seed, budget: .bytes(3000), prose: prose)
            let phrase = String(try #require(example.question.firstMatch(of: /"(.+)"/)).1)
            let collapsed = example.context.collapsedWhiteSpace
            #expect(!collapsed.localizedCaseInsensitiveContains(phrase))
            #expect(prose.text.collapsedWhiteSpace.contains(phrase))
            #expect(example.expected == [LookupTask.absentAnswer])
        }
    }

    @Test("Chinese prose has phrases of characters")
    func chinese() throws {
        let text = (0..<40).map { "第\($0)天他们走过高山来到第\($0)座美丽的城市看见了许多人。" }.joined()
        let prose = try Prose(text)
        let task = LookupTask(sentenceLengths: 20...200)
        #expect(throws: InputError.self) { try task.example(seed: 1, budget: .bytes(10), prose: prose) }
        // Only what surrounds the numbers is unique, and phrases hold no digits: nothing can be asked of a long text.
        #expect(throws: InputError.self) { try task.example(seed: 1, budget: .bytes(2000), prose: prose) }
        let varied = try Prose("春天的花园里有蝴蝶飞舞。夏天的海边传来孩子的笑声。秋天的果园挂满金色的果实。")
        let example = try task.example(seed: 1, budget: .bytes(1000), prose: varied)
        #expect(varied.sentences.contains(example.expected[0]))
    }
}
