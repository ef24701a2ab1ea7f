// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphAPI
import GlyphPage
import GlyphReading
import Synchronization

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask a question about documents; pages go to the reader as images.",
        discussion: "Example: glyph ask book.txt \"Who is Mr. Rochester?\" --endpoint http://localhost:8000 --model M"
    )

    @Argument(help: ArgumentHelp("Files, '-' for standard input, and the question last.", valueName: "input… question"))
    var words: [String]

    @Option(help: "An OpenAI-compatible server: http://host:port, …/v1, or unix:///path.")
    var endpoint: String

    @Option(help: "The model's name; without it the server must offer exactly one.")
    var model: String?

    @Option(help: "The environment variable that holds the API key.")
    var apiKeyEnv: String?

    @OptionGroup(title: "How pages look") var render: RenderOptions
    @OptionGroup(title: "What pages cost") var sizing: SizingOptions

    @Option(help: "The most tokens to answer with.")
    var maxTokens: Int = 1024

    @Option(help: "0 always takes the most probable token.")
    var temperature: Double = 0

    @Option(help: "Seconds to wait for the first token.")
    var timeout: Int = 600

    @Option(help: "How often to try again when the server is busy or the connection fails.")
    var retries: Int = 4

    @Option(help: "The seed of sampling and of the pauses between retries.")
    var seed: Int = 0

    @Flag(help: "Show what the model thinks before it answers, on standard error.")
    var reasoning = false

    @Flag(help: "Fail when a page cannot show every character.")
    var strict = false

    @Flag(help: "Print one line of JSON at the end instead of streaming text.")
    var json = false

    func validate() throws {
        guard words.count >= 2 else {
            throw ValidationError("Give at least one input and then the question: glyph ask FILE \"QUESTION\" …")
        }
        guard timeout > 0, retries >= 0, maxTokens > 0 else {
            throw ValidationError("--timeout and --max-tokens must be above 0, and --retries 0 or more.")
        }
    }

    func run() async throws {
        let command = self
        try await interruptible { try await command.ask() }
    }

    private func ask() async throws {
        let reader = EndpointReader(try configuration())
        let job = try await Job(inputs: Array(words.dropLast()), render: render, sizing: sizing)
        let pages = Mutex<[EncodedPage]>([])
        let summary = try await job.run(
            strict: strict,
            showsProgress: !json,
            deliver: { page in pages.withLock { $0.append(page) } }
        )
        let ordered = pages.withLock { $0.sorted { $0.number < $1.number } }
        if !json { Terminal.say(summary.text + "\n\n") }
        let prompt = try PagePrompt(pages: ordered, total: summary.pages, question: words[words.count - 1])
        let sampling = Sampling(maximumTokens: maxTokens, temperature: temperature, seed: seed)
        var answer = ""
        for try await event in reader.read(ReadingRequest(prompt: prompt, sampling: sampling)) {
            switch event {
            case .text(let piece):
                answer += piece
                if !json { Terminal.write(piece) }
            case .reasoning(let piece):
                if reasoning { Terminal.say(piece) }
            case .retrying(let pause, let cause):
                Terminal.say("\(cause)\nTrying again in \(Int(pause.milliseconds)) ms …\n")
            case .finished(let reading):
                finish(answer, reading, summary)
                return
            }
        }
        throw CancellationError()
    }

    private func configuration() throws -> EndpointReader.Configuration {
        var key: APIKey?
        if let apiKeyEnv {
            guard let value = ProcessInfo.processInfo.environment[apiKeyEnv], !value.isEmpty else {
                throw InputError(
                    at: "--api-key-env \(apiKeyEnv)",
                    "the environment variable is not set",
                    expected: "a variable that holds the key",
                    remedy: "export \(apiKeyEnv)=…"
                )
            }
            key = try APIKey(value)
        }
        return EndpointReader.Configuration(
            endpoint: try Endpoint(endpoint),
            key: key,
            model: model,
            timeouts: EndpointReader.Timeouts(firstToken: .seconds(timeout)),
            retries: RetryPolicy(maximumAttempts: retries + 1, seed: UInt64(bitPattern: Int64(seed)))
        )
    }

    private func finish(_ answer: String, _ reading: ReadingSummary, _ summary: Summary) {
        let first = reading.timeToFirstToken.map { Summary.decimal($0.milliseconds, 0) }
        if json {
            print(
                summary.json([
                    ("answer", answer.jsonLiteral), ("finishReason", reading.finishReason.description.jsonLiteral),
                    ("model", reading.model?.jsonLiteral ?? "null"),
                    ("promptTokens", reading.usage?.promptTokens.map(String.init) ?? "null"),
                    ("completionTokens", reading.usage?.completionTokens.map(String.init) ?? "null"),
                    ("firstTokenMilliseconds", first ?? "null"),
                    ("answerMilliseconds", Summary.decimal(reading.total.milliseconds, 0)),
                ])
            )
            return
        }
        Terminal.write(answer.hasSuffix("\n") ? "" : "\n")
        var facts: [String] = []
        if let prompt = reading.usage?.promptTokens { facts.append("\(Summary.grouped(prompt)) prompt tokens") }
        if let written = reading.usage?.completionTokens { facts.append("\(Summary.grouped(written)) answer tokens") }
        if let first { facts.append("first token after \(first) ms") }
        facts.append("total \(Summary.decimal(reading.total.milliseconds, 0)) ms")
        Terminal.say("\n" + facts.joined(separator: ", ") + "\n")
        if reading.finishReason == .length {
            Terminal.say("The answer was cut at \(maxTokens) tokens; raise --max-tokens for more.\n")
        }
    }
}
