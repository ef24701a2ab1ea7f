// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphTestSupport
import Testing

@testable import GlyphTasks

/// What a run makes of a folder that holds results, and what it leaves there.
@Suite(.enabled(if: GlyphProgram.isBuilt, "glyph is not built beside the tests"), .serialized, .timeLimit(.minutes(5)))
struct EvalFolderTests {
    private static func arguments(_ server: FaultServer, model: String = "m", items: Int = 1) -> [String] {
        [
            "eval", "comprehension", "--text", "prose.txt", "--lengths", "1024", "--tasks", "memory", "--items",
            "\(items)", "--retries", "0", "--output", "results", "--endpoint", server.url, "--model", model,
        ]
    }

    private static let refusal = FaultResponse.json(#"{"error":{"message":"too long"}}"#, status: 400)

    /// Runs the program in a folder with prose, against a server that gives these answers.
    private func run(
        _ answers: [FaultResponse],
        _ body: (FaultServer, String, @escaping ([String]) async throws -> GlyphProgram.Outcome) async throws -> Void
    ) async throws {
        let prose = try Samples.prose(sentences: 200).text
        try await FaultServer.run(answers) { server in
            try await GlyphProgram.inFolder(["prose.txt": prose]) { folder, glyph in
                try await body(server, folder, glyph)
            }
        }
    }

    @Test("Data that changed under a folder with results are refused by name, and nothing is asked")
    func changedData() async throws {
        func line(_ number: Int) -> String {
            """
            {"input": "Which number?", "context": "The answer is \(number).", "answers": ["\(number)"], "length": 4, \
            "dataset": "hotpotqa", "language": "en", "all_classes": null, "_id": "1"}
            """
        }
        try await run([.answer("42")]) { server, folder, glyph in
            let data = folder + "/data/longbench"
            try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
            let arguments = [
                "eval", "longbench", "--data", "data", "--tasks", "hotpotqa", "--output", "results", "--endpoint",
                server.url, "--model", "m", "--retries", "0",
            ]
            try line(42).write(toFile: data + "/hotpotqa.jsonl", atomically: true, encoding: .utf8)
            let first = try await glyph(arguments)
            #expect(first.status == 0, "\(first.said)")
            try line(43).write(toFile: data + "/hotpotqa.jsonl", atomically: true, encoding: .utf8)
            let second = try await glyph(arguments)
            #expect(second.status != 0)
            #expect(second.said.contains("data longbench/hotpotqa.jsonl was"))
            #expect(server.requests.count == 1)
            let lengths = try await glyph(arguments + ["--lengths", "4096"])
            #expect(lengths.said.contains("--lengths"))
        }
    }

    @Test("A mistyped option leaves the folder free, and another setting than before is named")
    func settings() async throws {
        try await run([.answer("no idea")]) { server, _, glyph in
            let mistyped = try await glyph(Self.arguments(server) + ["--reader", "glm4"])
            #expect(mistyped.status != 0)
            let right = try await glyph(Self.arguments(server) + ["--seed", "7"])
            #expect(right.status == 0, "\(right.said)")
            let other = try await glyph(Self.arguments(server) + ["--seed", "8"])
            #expect(other.status != 0)
            #expect(other.said.contains("seed was 7 and is 8"))
            #expect(server.requests.count == 1)
        }
    }

    @Test("Another model at the same address is another reader and is asked")
    func otherModel() async throws {
        try await run([.answer("no idea"), .answer("no idea")]) { server, folder, glyph in
            for model in ["a", "b", "a"] {
                let run = try await glyph(Self.arguments(server, model: model))
                #expect(run.status == 0, "\(run.said)")
            }
            let readers = try RunLog.items(at: folder + "/results/items.jsonl").map(\.key.reader)
            #expect(readers == ["a @ \(server.url)/v1", "b @ \(server.url)/v1"])
            #expect(server.requests.count == 2)
        }
    }

    @Test("A run without any answer says so and ends with 1")
    func nothingAnswered() async throws {
        try await run([Self.refusal, Self.refusal]) { server, _, glyph in
            let run = try await glyph(Self.arguments(server, items: 2))
            #expect(run.status == 1)
            #expect(run.said.contains("2 of 2 items have no answer"))
            #expect(run.said.contains("--redo-failures"))
            let none = try await glyph(Self.arguments(server) + ["--tasks", ","])
            #expect(none.status != 0)
            #expect(none.said.contains("--tasks"))
        }
    }

    @Test("A run without any answer ends with 1 where the folder has answers to other tasks, and again when repeated")
    func nothingAnsweredBesideOthers() async throws {
        try await run([.answer("no idea"), Self.refusal]) { server, _, glyph in
            let other = try await glyph(Self.arguments(server))
            #expect(other.status == 0, "\(other.said)")
            for _ in 0..<2 {
                let run = try await glyph(Self.arguments(server) + ["--tasks", "retrieval"])
                #expect(run.status == 1, "\(run.said)")
                #expect(run.said.contains("1 of 1 items have no answer"))
            }
            #expect(server.requests.count == 2)
        }
    }

    @Test("A folder whose settings are of another form is said to be of another version, not of other settings")
    func otherVersion() async throws {
        try await run([.answer("no idea")]) { server, folder, glyph in
            let first = try await glyph(Self.arguments(server))
            #expect(first.status == 0, "\(first.said)")
            let file = folder + "/results/settings.txt"
            let old = try String(contentsOfFile: file, encoding: .utf8).replacing(": ", with: " ")
            try old.write(toFile: file, atomically: true, encoding: .utf8)
            let second = try await glyph(Self.arguments(server))
            #expect(second.status != 0)
            #expect(second.said.contains("another version") && second.said.contains("Choose another --output"))
            #expect(!second.said.contains("not said"), "\(second.said)")
        }
    }

    @Test("A fault that stops a run leaves the report of what was done")
    func stopped() async throws {
        let key = FaultResponse.json(#"{"error":{"message":"wrong key"}}"#, status: 401)
        try await run([.answer("no idea"), key]) { server, folder, glyph in
            let run = try await glyph(Self.arguments(server, items: 2))
            #expect(run.status != 0)
            let report = try String(contentsOfFile: folder + "/results/report.md", encoding: .utf8)
            #expect(report.contains("| memory, 1024 |"))
            #expect(try RunLog.items(at: folder + "/results/items.jsonl").count == 1)
        }
    }

    @Test("Neighbouring seeds make other examples, and what is named twice is asked once")
    func seeds() async throws {
        try await run(Array(repeating: .answer("no idea"), count: 4)) { server, folder, glyph in
            var ids: Set<String> = []
            for seed in ["0", "1"] {
                let own = ["--seed", seed, "--output", seed, "--tasks", "memory,memory", "--lengths", "1024,1024"]
                let run = try await glyph(Self.arguments(server, items: 2) + own)
                #expect(run.status == 0, "\(run.said)")
                ids.formUnion(try RunLog.items(at: "\(folder)/\(seed)/items.jsonl").map(\.key.example))
            }
            #expect(ids.count == 4)
            #expect(server.requests.count == 4)
        }
    }

    @Test("What cannot be made or drawn is named before anything is asked, and the folder is not taken")
    func refusals() async throws {
        try await run([]) { server, folder, glyph in
            let long = Array(repeating: "river", count: 60).joined(separator: " ") + "."
            let sentences = ["The \(long)", "Then the \(long)"]
            let path = folder + "/long.txt"
            try sentences.joined(separator: " ").write(toFile: path, atomically: true, encoding: .utf8)
            let arguments = [
                "eval", "ocr", "--text", "long.txt", "--output", "results", "--endpoint", server.url, "--model", "m",
                "--tasks", "transcribe_words,transcribe_prose",
            ]
            let short = try await glyph(arguments + ["--lengths", "512,16"])
            #expect(short.status != 0)
            #expect(short.said.contains("transcribe_prose: 16 tokens hold nothing to read"))
            let look = try await glyph(arguments + ["--sweep", "dpi=sharp"])
            #expect(look.status != 0)
            #expect(look.said.contains("--sweep"))
            #expect(server.requests.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: folder + "/results"))
        }
    }
}
