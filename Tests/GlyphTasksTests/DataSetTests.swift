// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTokens
import Testing

@testable import GlyphTasks

/// A file that lives as long as a test.
final class ScratchFile {
    let path: String

    init(_ content: String, name: String = "data") throws {
        path = NSTemporaryDirectory() + "glyph-tasks-\(UUID().uuidString)-\(name)"
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite("Data sets")
struct DataSetTests {
    private static func longBenchLine(
        _ dataset: String,
        id: String,
        classes: String = "null",
        answers: String = #"["Currer Bell", "Brontë"]"#
    ) -> String {
        """
        {"input": " Who wrote it?\\n", "context": " A {input} story. ", "answers": \(answers), \
        "length": 3, "dataset": "\(dataset)", "language": "en", "all_classes": \(classes), "_id": "\(id)"}

        """
    }

    @Test("The prompts are those published, word for word")
    func prompts() throws {
        struct Digests: Decodable { var text: [String: String], pages: [String: String] }
        let digests = try Fixtures.decode(Digests.self, "longbench.prompts.json")
        #expect(LongBenchTask.all.count == 21)
        for task in LongBenchTask.all {
            let text = try #require(LongBenchTextPrompts.all[task.name])
            let pages = try #require(LongBenchPagePrompts.all[task.name])
            #expect(Digest.sha256(Array(text.utf8)) == digests.text[task.name])
            #expect(Digest.sha256(Array(pages.utf8)) == digests.pages[task.name])
        }
    }

    @Test("A LongBench line becomes a page prompt and a text prompt with the question in place")
    func longBench() throws {
        let file = try ScratchFile(
            Self.longBenchLine("hotpotqa", id: "a") + "\n" + Self.longBenchLine("hotpotqa", id: "b")
        )
        let examples = try LongBenchTask.named("hotpotqa").examples(at: file.path)
        #expect(examples.map(\.id) == ["a", "b"])
        let example = examples[0]
        #expect(example.context == "A {input} story.")
        #expect(example.pagePrompt.hasSuffix("\n\nQuestion: Who wrote it?\nAnswer:"))
        #expect(example.textPrompt.contains("The following are given passages.\nA {input} story.\n\nAnswer"))
        #expect(example.textPrompt.hasSuffix("Question:  Who wrote it?\n\nAnswer:"))
        #expect(example.score("It was currer bell") == 2.0 * (2.0 / 4) * 1 / (2.0 / 4 + 1))
        #expect(try LongBenchTask.named("hotpotqa").examples(at: file.path, limit: 1).count == 1)
    }

    @Test("Classes reach the metric")
    func classes() throws {
        let file = try ScratchFile(Self.longBenchLine("trec", id: "a", classes: #"["Brontë", "Food"]"#))
        let example = try LongBenchTask.named("trec").examples(at: file.path)[0]
        #expect(example.score("\nBrontë\nFood") == 1)
    }

    @Test("A row without answers, or without the classes to choose from, is refused with its line")
    func unanswerable() throws {
        for answers in ["[]", #"[" "]"#] {
            let file = try ScratchFile(Self.longBenchLine("hotpotqa", id: "a", answers: answers))
            let error = #expect(throws: InputError.self) {
                try LongBenchTask.named("hotpotqa").examples(at: file.path)
            }
            #expect(error?.location.hasSuffix("line 1") == true)
            #expect(error?.problem.contains("answers") == true)
        }
        let file = try ScratchFile(Self.longBenchLine("trec", id: "a"))
        let error = #expect(throws: InputError.self) { try LongBenchTask.named("trec").examples(at: file.path) }
        #expect(error?.problem.contains("all_classes") == true)
    }

    @Test("A task of LongBench-E has the words and the metric of its namesake, and ids of its own")
    func extended() throws {
        let file = try ScratchFile(Self.longBenchLine("hotpotqa_e", id: "a"))
        let task = try LongBenchTask.named("hotpotqa_e")
        let example = try task.examples(at: file.path)[0]
        #expect((example.task, example.id) == ("hotpotqa_e", "hotpotqa_e-a"))
        #expect(task.metric == .questionF1)
        #expect(example.pagePrompt.hasSuffix("\n\nQuestion: Who wrote it?\nAnswer:"))
        #expect(LongBenchTask.extended.count == 13)
        #expect(throws: InputError.self) { try LongBenchTask.named("narrativeqa_e") }
        #expect(throws: InputError.self) { try LongBenchTask.named("hotpotqa").examples(at: file.path) }
    }

    @Test("Of equal keys in a row the last counts, as in Python")
    func equalKeys() throws {
        let row = try JSONRow(Array(#"{"a": 1, "b": "x", "a": "y", "b": null}"#.utf8), source: "row")
        #expect(try row.string("a") == "y")
        #expect(row.value("b") == nil)
        let error = #expect(throws: InputError.self) { try row.number("a") }
        #expect(error?.problem == #""a" is "y""#)
    }

    @Test("A byte order mark before the first line is passed over")
    func byteOrderMark() throws {
        let line = Self.longBenchLine("hotpotqa", id: "a")
        let file = try ScratchFile("\u{FEFF}" + line + line.replacing("\"a\"", with: "\"b\""))
        #expect(try LongBenchTask.named("hotpotqa").examples(at: file.path).map(\.id) == ["a", "b"])
    }

    @Test("Lines of another task, broken lines and missing files are errors with the place")
    func refusals() throws {
        let other = try ScratchFile(Self.longBenchLine("qasper", id: "a"))
        let broken = try ScratchFile(Self.longBenchLine("hotpotqa", id: "a") + "{\"input\": \"cut")
        let task = try LongBenchTask.named("hotpotqa")
        #expect(throws: InputError.self) { try task.examples(at: other.path) }
        let error = #expect(throws: InputError.self) { try task.examples(at: broken.path) }
        #expect(error?.location.contains("line 2") == true)
        let missing = #expect(throws: InputError.self) { try task.examples(at: "/nowhere/hotpotqa.jsonl") }
        #expect(missing?.remedy?.contains("docs/benchmarks.md") == true)
        #expect(throws: InputError.self) { try LongBenchTask.named("no such task") }
    }

    @Test("Two LongBench lines with one _id are an error with the place of the second")
    func repeatedIdentifiers() throws {
        let line = Self.longBenchLine("hotpotqa", id: "a")
        let file = try ScratchFile(line + line)
        let task = try LongBenchTask.named("hotpotqa")
        let error = #expect(throws: InputError.self) { try task.examples(at: file.path) }
        #expect(error?.location == "\(file.path): line 2")
        #expect(error?.problem.contains("_id") == true)
        #expect(try task.examples(at: file.path, limit: 1).count == 1)
    }

    @Test("An MRCR conversation becomes turns and a question, and only a prefixed answer scores")
    func mrcr() throws {
        let prompt = #"""
            [{"role": "user", "content": "write a poem"}, {"role": "assistant", "content": "A\nB"}, \#
            {"role": "user", "content": "Prepend xYz to the 1st poem."}]
            """#
        let line = """
            {"prompt": \(prompt.jsonLiteral), "answer": "xYzA\\nB", "random_string_to_prepend": "xYz", "n_needles": 2}
            {"prompt": \(prompt.replacing("\n", with: "")), "answer": "xYzA\\nB", "random_string_to_prepend": "xYz", "n_needles": 2}
            """
        let file = try ScratchFile(line)
        var examples: [TaskExample] = []
        try MRCR.forEachExample(at: file.path) { example in
            examples.append(example)
            return true
        }
        #expect(examples.count == 2)
        #expect(examples[0].context == "User: write a poem\nAssistant: A\nB")
        #expect(examples[1].context == examples[0].context)
        #expect(examples[0].pagePrompt == "Prepend xYz to the 1st poem.")
        #expect(examples[0].score("xYzA\nB") == 1)
        #expect(examples[0].score("A\nB") == 0)
        #expect(examples[0].score("xYzA\n") == 0.8)
        var first = 0
        try MRCR.forEachExample(at: file.path) { _ in
            first += 1
            return false
        }
        #expect(first == 1)
    }

    @Test("MRCR's bins hold their upper bound")
    func bins() throws {
        #expect(MRCR.bin(ofTokens: 4095) == nil)
        #expect(try #require(MRCR.bin(ofTokens: 4096)) == (4096, 8192))
        #expect(try #require(MRCR.bin(ofTokens: 8192)) == (4096, 8192))
        #expect(try #require(MRCR.bin(ofTokens: 8193)) == (8192, 16_384))
        #expect(MRCR.bin(ofTokens: 1_048_577) == nil)
    }

    @Test("A conversation that ends with the assistant, or an answer without its prefix, is refused")
    func brokenConversations() throws {
        let ending = try ScratchFile(
            #"{"prompt": [{"role": "assistant", "content": "x"}], "answer": "pA", "random_string_to_prepend": "p", "n_needles": 2}"#
        )
        let answer = try ScratchFile(
            #"{"prompt": [{"role": "user", "content": "x"}], "answer": "A", "random_string_to_prepend": "p", "n_needles": 2}"#
        )
        for file in [ending, answer] {
            #expect(throws: InputError.self) { try MRCR.forEachExample(at: file.path) { _ in true } }
        }
    }
}
