// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTestSupport
import Testing

/// What `glyph ask` says of answers that are cut, missing or doubtful, against a scripted server.
@Suite(.enabled(if: GlyphProgram.isBuilt, "glyph is not built beside the tests"), .serialized, .timeLimit(.minutes(5)))
struct AskEndingTests {
    private static let models = FaultResponse.json(#"{"data": [{"id": "m"}]}"#)
    /// Lines enough for two windows of the look below.
    private static let text = (1...60).map { "Line \($0) says that the door \($0) is red.\n" }.joined()
    private static let inWindows = [
        "--preset", "dense", "--page-size", "196,112", "--strategy", "windowed", "--window", "8", "--parallel", "1",
        "--facts", "off",
    ]

    /// An answer that ends for a reason, of five tokens.
    private static func answer(_ text: String, _ reason: String) -> FaultResponse {
        .json(
            #"{"choices":[{"message":{"content":"\#(text)"},"finish_reason":"\#(reason)"}],"#
                + #""usage":{"prompt_tokens":7,"completion_tokens":5}}"#
        )
    }

    private static func ask(
        _ text: String,
        _ answers: [FaultResponse],
        _ arguments: [String]
    ) async throws -> GlyphProgram.Outcome {
        try await FaultServer.run([models] + answers) { server in
            try await GlyphProgram.inFolder(["doors.txt": text]) { _, glyph in
                try await glyph(
                    ["ask", "doors.txt", "Which door?", "--endpoint", server.url, "--model", "m", "--retries", "1"]
                        + arguments
                )
            }
        }
    }

    @Test(
        "What is missing of an answer is said, and why",
        arguments: [
            ("length", ["--max-tokens", "5"], "The answer was cut at 5 tokens; raise --max-tokens for more."),
            ("length", ["--temperature", "0"], "The answer was cut after 5 tokens, before the 1024 of --max-tokens"),
            ("content_filter", ["--temperature", "0"], "The server's filter cut the answer"),
        ]
    )
    func cut(reason: String, arguments: [String], message: String) async throws {
        let run = try await Self.ask("A door.", [Self.answer("The door", reason)], arguments)
        #expect(run.status == 0 && run.output == "The door\n")
        #expect(run.said.contains(message), "\(run.said)")
    }

    @Test("Thoughts that a server gives as the beginning of an answer are not shown as one")
    func thoughts() async throws {
        let run = try await Self.ask("A door.", [.answer("<think>a d", "oor</think>", "Red.")], [])
        #expect(run.output == "Red.\n")
    }

    @Test("Windows that are cut are counted and named, and a window that is asked again says so")
    func windows() async throws {
        let busy = FaultResponse.json("{}", status: 503)
        let answers = [busy, Self.answer("Door", "length"), Self.answer("NOT FOUND. None of these.", "stop")]
        let run = try await Self.ask(Self.text, answers, Self.inWindows)
        #expect(run.status == 0 && run.output == "Door\n")
        #expect(run.said.contains("Trying again in "))
        #expect(run.said.contains("What was read of 1 of 2 windows was cut (pages 1-8)"), "\(run.said)")
        let json = try await Self.ask(Self.text, Array(answers.dropFirst()), Self.inWindows + ["--json"])
        #expect(json.output.contains(#""windowsWithAnswer": 1, "windowsCut": 1, "finishReason": "length""#))
    }

    @Test("That the context was full is said of a joined answer, too, and of a window that only thought")
    func joined() async throws {
        let notes = [FaultResponse.answer("a note"), .answer("a note"), Self.answer("Both a", "length")]
        let run = try await Self.ask(Self.text, notes, Self.inWindows)
        #expect(run.said.contains("The answer was cut after 5 tokens, before the 1024 of --max-tokens"), "\(run.said)")
        let thoughts = [Self.answer("<think>Door 4", "stop"), .answer("Red.")]
        let unfinished = try await Self.ask(Self.text, thoughts, Self.inWindows)
        #expect(unfinished.output == "Red.\n")
        #expect(unfinished.said.contains("may miss something: only thoughts, no answer."), "\(unfinished.said)")
    }

    @Test("Where no window tells anything there is no JSON to check")
    func absent() async throws {
        let answers = [FaultResponse.answer("NOT FOUND"), .answer("NOT FOUND")]
        let arguments = Self.inWindows + ["--schema", "any"]
        let run = try await Self.ask(Self.text, answers, arguments)
        #expect(run.status == 0 && run.output == "null\n")
        #expect(run.said.contains("no page has an answer"))
        let json = try await Self.ask(Self.text, answers, arguments + ["--json"])
        #expect(json.output.contains(#""value": null, "found": false"#), "\(json.output)")
    }

    @Test("A source that is not certain says why")
    func doubts() async throws {
        let quotes = #"Red.\nQUOTES:\n\"red\"\n[page 1] \"blue door\""#
        let quoted = try await Self.ask("A red door.", [Self.answer(quotes, "stop")], ["--cite"])
        #expect(quoted.output.contains(#"UNVERIFIED, too short to look up: "red""#), "\(quoted.output)")
        #expect(quoted.output.contains(#"UNVERIFIED, not in the text: "blue door""#))
        let looked = try await Self.ask("Red door. Red door.", [Self.answer("Red door", "stop")], ["--cite"])
        #expect(looked.output.contains("UNVERIFIED, stands at several places"), "\(looked.output)")
    }
}
