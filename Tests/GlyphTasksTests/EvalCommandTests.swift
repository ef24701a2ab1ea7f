// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTestSupport
import GlyphTokens
import Testing

@testable import GlyphTasks

/// The program itself, as a person runs it, against a scripted server.
@Suite(.enabled(if: GlyphProgram.isBuilt, "glyph is not built beside the tests"), .serialized, .timeLimit(.minutes(5)))
struct EvalCommandTests {
    private static func arguments(_ server: FaultServer) -> [String] {
        [
            "eval", "comprehension", "--text", "prose.txt", "--lengths", "1024", "--items", "1", "--retries", "0",
            "--output", "results", "--endpoint", server.url, "--model", "m",
        ]
    }

    @Test("A right answer scores, what is done is not asked again, and the report has a row for each task")
    func comprehension() async throws {
        let prose = try Samples.prose()
        let budget = TextBudget.tokens(1024, of: try Tokenizer.standard())
        var seeds = SplitMix64(state: 0)
        let right = try ComprehensionTask.memory.example(seed: seeds.next(), budget: budget).expected[0]
        let answers = [FaultResponse.answer(right), .answer("no idea"), .answer("no idea")]
        try await FaultServer.run(answers) { server in
            try await GlyphProgram.inFolder(["prose.txt": prose.text]) { folder, glyph in
                let first = try await glyph(Self.arguments(server) + ["--tasks", "memory"])
                #expect(first.status == 0, "\(first.said)")
                #expect(server.requests.count == 1)
                let all = try await glyph(Self.arguments(server))
                #expect(all.status == 0, "\(all.said)")
                #expect(server.requests.count == 3)
                let scores = try RunLog.items(at: folder + "/results/items.jsonl").map { item in
                    guard case .answered(_, let score) = item.outcome else { return "\(item.task): failed" }
                    return "\(item.task): \(score > 0.999 ? "right" : "wrong")"
                }
                #expect(Set(scores) == ["memory, 1024: right", "association, 1024: wrong", "retrieval, 1024: wrong"])
                let report = try String(contentsOfFile: folder + "/results/report.md", encoding: .utf8)
                #expect(all.output == report)
                for task in ComprehensionTask.allCases { #expect(report.contains("| \(task.rawValue), 1024 |")) }
            }
        }
    }

    @Test("Lengths that no text can have are refused with the range", arguments: ["100000001", "9223372036854775807"])
    func hugeLength(length: String) async throws {
        try await FaultServer.run([]) { server in
            try await GlyphProgram.inFolder(["prose.txt": "One. Two."]) { _, glyph in
                let run = try await glyph(Self.arguments(server).map { $0 == "1024" ? length : $0 })
                #expect(run.status == 1, "\(run.said)")
                #expect(run.said.contains("--lengths: is \(length); expected numbers from 512 to 100000000"))
                #expect(server.requests.isEmpty)
            }
        }
    }

    @Test("Unknown tasks are refused with the names that there are, and nothing is asked")
    func unknownTask() async throws {
        try await FaultServer.run([]) { server in
            try await GlyphProgram.inFolder(["prose.txt": "One. Two."]) { _, glyph in
                let run = try await glyph(Self.arguments(server) + ["--tasks", "retrieval,reading"])
                #expect(run.status != 0)
                #expect(run.said.contains("there is no \"reading\"; expected one of retrieval, association, memory"))
                #expect(server.requests.isEmpty)
            }
        }
    }
}
