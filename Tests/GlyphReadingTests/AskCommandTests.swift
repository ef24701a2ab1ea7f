// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTestSupport
import Testing

/// The program itself, as a person runs it, against a scripted server.
@Suite(.enabled(if: GlyphProgram.isBuilt, "glyph is not built beside the tests"), .serialized, .timeLimit(.minutes(5)))
struct AskCommandTests {
    /// Lines enough for several pages of the look below, which also has two long numbers.
    private static let text = (1...60).map { "Line \($0) says that the number of door \($0) is \(7_000_000 + $0).\n" }
        .joined()
    /// Pages of 28 columns and 8 rows: 196×112 px, and 196×56 px coarse.
    private static let look = ["--preset", "dense", "--page-size", "196,112"]

    private static let unknown = FaultResponse.json(#"{"data": [{"id": "m"}]}"#)

    @Test("focus sends small pages, then only those that were named, and counts the tokens of both passes")
    func focus() async throws {
        try await FaultServer.run([Self.unknown, .answer("5, 2"), .answer("It is 7000009.")]) { server in
            let run = try await AskProgram.ask(
                server,
                Self.text,
                Self.look + ["--strategy", "focus", "--focus-pages", "2"]
            )
            #expect(run.status == 0)
            #expect(run.output == "It is 7000009.\n")
            #expect(run.said.contains("read closely: 2, 5 of "))
            #expect(run.said.contains("prompt tokens: 7 coarse + 7 answer = 14"))
            let sizes = try server.requests.dropFirst().map { try AskProgram.imageSizes($0) }
            #expect(sizes.first?.count ?? 0 > 8)
            // The last page ends with its text.
            #expect(Set(sizes.first?.dropLast() ?? []) == ["196x56"])
            #expect(sizes.last == ["196x112", "196x112"])
        }
    }

    @Test("focus hands the exact text over where that is wanted, and --json tells the pages and passes")
    func text() async throws {
        try await FaultServer.run([Self.unknown, .answer("2"), .answer("7000009")]) { server in
            let arguments = ["--strategy", "focus", "--focus-pages", "3", "--focus-with", "text", "--json", "--cite"]
            let run = try await AskProgram.ask(server, Self.text, Self.look + arguments)
            #expect(run.output.contains(#""closePages": [2], "chosen": "named""#))
            #expect(
                run.output.contains(
                    #""passes": [{"name": "coarse", "requests": 1, "promptTokens": 7, "completionTokens": 2}, "#
                        + #"{"name": "answer", "requests": 1, "promptTokens": 7, "completionTokens": 2}]"#
                )
            )
            #expect(run.output.contains(#""promptTokens": 14, "completionTokens": 4"#))
            #expect(run.output.contains(#""page": 2, "lastPage": 2, "source": "doors.txt:9"}"#))
            let last = try #require(server.requests.last)
            #expect(try AskProgram.imageSizes(last).isEmpty)
            #expect(String(decoding: last.body, as: UTF8.self).contains("[page 2]"))
        }
    }

    @Test("A first pass that names nothing is said on standard error, and all pages are read")
    func fallBack() async throws {
        try await FaultServer.run([Self.unknown, .answer("Door nine."), .answer("7000009")]) { server in
            let run = try await AskProgram.ask(
                server,
                Self.text,
                Self.look + ["--strategy", "focus", "--focus-pages", "2"]
            )
            #expect(run.output == "7000009\n")
            #expect(
                run.said.contains("Note: all pages are read, since the first pass answered with something other than")
            )
            let sizes = try server.requests.dropFirst().map { try AskProgram.imageSizes($0) }
            #expect(sizes.last?.count == sizes.first?.count)
            #expect(Set(sizes.last?.dropLast() ?? []) == ["196x112"])
        }
    }

    @Test("whole is refused before anything is sent where it cannot fit, and auto reads windows instead")
    func room() async throws {
        let short = FaultResponse.json(#"{"data": [{"id": "m", "max_model_len": 400}]}"#)
        try await FaultServer.run([short]) { server in
            let run = try await AskProgram.ask(
                server,
                Self.text,
                Self.look + ["--strategy", "whole", "--max-tokens", "64"]
            )
            #expect(run.status == 1)
            #expect(run.said.contains("--strategy whole: all "))
            #expect(run.said.contains("but the reader takes 400 together"))
            #expect(server.requests.map(\.path) == ["/v1/models"])
        }
        let answers = [short] + (0..<40).map { _ in FaultResponse.answer("7000009") }
        try await FaultServer.run(answers) { server in
            let arguments = ["--max-tokens", "64", "--facts", "off", "--json"]
            let run = try await AskProgram.ask(server, Self.text, Self.look + arguments)
            #expect(run.status == 0)
            #expect(run.said.contains("Note: a few pages are read at a time, since all "))
            let counts = try server.requests.dropFirst().map { try AskProgram.imageSizes($0).count }
            #expect(counts.count > 1)
            #expect((counts.max() ?? 0) < 8)
        }
    }

    @Test("Notes are joined in a pass of their own, whose tokens are told apart")
    func notes() async throws {
        let answers = [Self.unknown, .answer("a note"), .answer("a note"), .answer("joined")]
        try await FaultServer.run(answers) { server in
            let arguments = ["--strategy", "windowed", "--window", "8", "--combine", "notes"]
            let run = try await AskProgram.ask(server, Self.text, Self.look + arguments)
            #expect(run.output == "joined\n")
            #expect(run.said.contains("prompt tokens: 14 windows + 7 notes = 21"))
        }
    }

    @Test(
        "Options that cannot be met are refused by name",
        arguments: [
            (["--strategy", "focus", "--focus-pages", "0"], "--focus-pages is 0"),
            (["--strategy", "focus", "--focus-look", "dp=3"], "--focus-look"),
            (
                ["--strategy", "focus", "--dpi", "40"],
                "--strategy focus: pages of 40 dpi are as coarse as can be read"
            ),
            (["--focus-look", "dpi"], "--focus-look dpi: has no '='; expected key=value"),
            // Not for a line height of more than 1000 points, which nobody set.
            (["--set", "font-size=950"], "leaves no room for a line of 1000.0 points"),
        ]
    )
    func refusals(arguments: [String], message: String) async throws {
        try await FaultServer.run([Self.unknown]) { server in
            let run = try await AskProgram.ask(server, String(repeating: Self.text, count: 30), arguments)
            #expect(run.status != 0)
            #expect(run.said.contains(message))
        }
    }
}

/// `glyph ask` in a process of its own.
private enum AskProgram {
    static func ask(
        _ server: FaultServer,
        _ text: String,
        _ arguments: [String]
    ) async throws -> GlyphProgram.Outcome {
        try await GlyphProgram.inFolder(["doors.txt": text]) { _, glyph in
            try await glyph(
                ["ask", "doors.txt", "What is the number of door 9?", "--endpoint", server.url, "--model", "m"]
                    + ["--retries", "0"] + arguments
            )
        }
    }

    /// The images of a request, as `width x height` of each.
    static func imageSizes(_ request: FaultServer.Request) throws -> [String] {
        let chat = try WireJSON.decode(ChatRequest.self, from: request.body, at: "request")
        return try chat.messages.flatMap { message -> [String] in
            guard case .parts(let parts) = message.content else { return [] }
            return try parts.compactMap { part in
                guard case .image(let image) = part else { return nil }
                let data = image.url.drop { $0 != "," }.dropFirst()
                let png = [UInt8](try #require(Data(base64Encoded: String(data))))
                func number(at offset: Int) -> Int { png[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
                return "\(number(at: 16))x\(number(at: 20))"
            }
        }
    }
}
