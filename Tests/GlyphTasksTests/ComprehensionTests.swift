// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTasks

@Suite("Comprehension and transcription")
struct ComprehensionTests {
    private func cited(_ example: TaskExample) -> String {
        let bytes = Array(example.context.utf8)
        return example.evidence
            .map { String(decoding: bytes[$0.lowerBound..<$0.upperBound], as: UTF8.self) }.joined(separator: "\n")
    }

    @Test(
        "Every task fills its budget, repeats with its seed and knows its answer",
        arguments: ComprehensionTask.allCases
    )
    func general(task: ComprehensionTask) throws {
        let prose = try Samples.prose()
        for limit in [2000, 9000] {
            for seed in 0..<12 as Range<UInt64> {
                let example = try task.example(seed: seed, budget: .bytes(limit), prose: prose)
                #expect(example.context.utf8.count <= limit)
                #expect(example.context.utf8.count > limit - 130)
                #expect(try example == task.example(seed: seed, budget: .bytes(limit), prose: prose))
                #expect(example.task == task.rawValue)
                let score = example.score(example.expected.joined(separator: " "))
                #expect(score > 0.999)
                #expect(example.score("no idea") == 0)
            }
        }
        #expect(throws: InputError.self) { try task.example(seed: 1, budget: .bytes(100), prose: prose) }
    }

    @Test("An association shares no word with its question but function words, and has four rivals of the same form")
    func association() throws {
        let prose = try Samples.prose()
        for seed in 0..<40 as Range<UInt64> {
            let example = try ComprehensionTask.association.example(seed: seed, budget: .bytes(4000), prose: prose)
            let sentence = cited(example)
            #expect(sentence.contains(example.expected[0]))
            let common: Set<Substring> = ["the", "a", "and", "of", "to", "in", "is", "from"]
            let question = example.question.prefix { $0 != "?" }.lowercased()
            let words = { (text: String) in
                Set(text.lowercased().split { !$0.isLetter }.map(String.init)).subtracting(common.map(String.init))
            }
            #expect(words(sentence).intersection(words(question)).isEmpty, "\(sentence) \(question)")
            #expect(PeopleNames.all.count { example.context.contains($0) } == 5)
        }
    }

    @Test("A conversation tells each event once, and the day asked for is the day it stands under")
    func memory() throws {
        var dates = 0
        for seed in 0..<40 as Range<UInt64> {
            let example = try ComprehensionTask.memory.example(seed: seed, budget: .bytes(4000))
            let telling = cited(example)
            #expect(example.context.components(separatedBy: telling).count == 2)
            let day = try #require(
                example.context.components(separatedBy: "\n\n").first { $0.contains(telling) }?.split(separator: "\n")
                    .first
            )
            let isDate = example.question.hasPrefix("On which day")
            if isDate { dates += 1 }
            #expect(isDate ? example.expected[0] == day : telling.contains(example.expected[0]))
            let lines = example.context.split(separator: "\n")
            let speakers = lines.filter { $0.contains(": ") }.map { $0.prefix { $0 != ":" } }
            #expect(Set(speakers).count == 2)
            #expect(lines.count { !$0.contains(": ") } == 10)
            #expect(!example.context.contains("\n\n\n"))
        }
        #expect((8...32).contains(dates))
    }

    @Test(
        "What is to be transcribed fills its budget and scores by characters",
        arguments: TranscriptionTask.Material.allCases
    )
    func transcription(material: TranscriptionTask.Material) throws {
        let prose = try Samples.prose()
        let task = TranscriptionTask(material)
        let example = try task.example(seed: 4, budget: .bytes(800), prose: prose)
        #expect((600...800).contains(example.context.utf8.count))
        #expect(example.score(example.context.replacing(" ", with: "\n")) == 1)
        #expect(example.score("") == 0)
        let blot = "###" + example.context.dropFirst(3)
        #expect(abs(example.score(blot) - (1 - 3 / Double(example.context.unicodeScalars.count))) < 1e-12)
        #expect(try example == task.example(seed: 4, budget: .bytes(800), prose: prose))
        #expect(try example.context != task.example(seed: 5, budget: .bytes(800), prose: prose).context)
        #expect(throws: InputError.self) { try task.example(seed: 4, budget: .bytes(0), prose: prose) }
    }
}
