// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphTypeset
import Synchronization

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask a question about documents; pages go to the reader as images.",
        usage: "glyph ask <input> ... <question> [--endpoint <url> | --model <folder>] [<options>]",
        discussion: """
            Examples:
              glyph ask book.txt "Who is Mr. Rochester?" --endpoint http://localhost:8000
              git diff | glyph ask - "What changed?" --endpoint http://localhost:8000
              glyph ask a.txt b.txt "Compare." --endpoint https://host/v1 --api-key-env KEY
              glyph ask book.txt "Who is Mr. Rochester?" --model /data/GLM-4.1V-9B-Thinking

            Without a server and a model, the one in Models/glyph-nano reads, if it has been trained. The answer is \
            streamed to standard output; everything else is said on standard error.
            """
    )

    // The value's name closes and opens a bracket: one argument takes both, since only the last word is no file.
    @Argument(
        help: ArgumentHelp(
            "Files, folders or archives, '-' for standard input, and the question last, in quotation marks.",
            valueName: "input> ... <question"
        )
    )
    var words: [String]

    @Option(
        help: ArgumentHelp(
            "An OpenAI-compatible server: http://host:port, https://host/v1 or unix:///path.",
            valueName: "url"
        )
    )
    var endpoint: String?

    @Option(
        help: ArgumentHelp(
            "The server's model, if it has several; without --endpoint, a folder with a model to run here.",
            valueName: "name"
        )
    )
    var model: String?

    @Option(help: ArgumentHelp("The environment variable that holds the API key.", valueName: "variable"))
    var apiKeyEnv: String?

    @Option(
        help: ArgumentHelp(
            "auto, whole (all pages in one prompt), or windowed (a few pages at a time; the best supported answer).",
            valueName: "strategy"
        )
    )
    var strategy: ReadingStrategy = .auto

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Pages that are read at a time when reading is windowed.", valueName: "pages")
    )
    var window: Int?

    @OptionGroup(title: "How inputs are read") var input: InputOptions
    @OptionGroup(title: "How pages look") var render: RenderOptions
    @OptionGroup(title: "What pages cost") var sizing: SizingOptions
    @OptionGroup(title: "How a model runs here") var engine: EngineOptions

    @Option(parsing: .unconditional, help: ArgumentHelp("The longest answer.", valueName: "tokens"))
    var maxTokens: Int = 1024

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("0 always takes the most probable token.", valueName: "0…2")
    )
    var temperature: Double = 0

    @Option(parsing: .unconditional, help: ArgumentHelp("How long to wait for the first token.", valueName: "seconds"))
    var timeout: Int = 600

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often to try again after a failure that may pass.", valueName: "times")
    )
    var retries: Int = 4

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("For sampling and the pauses between retries.", valueName: "number")
    )
    var seed: Int = 0

    @Flag(help: "Show what the model thinks before it answers, on standard error.")
    var reasoning = false

    @Flag(help: "Fail when a page misses a character, clips a line or drops a code point.")
    var strict = false

    @Flag(help: "Print one line of JSON at the end instead of streaming text.")
    var json = false

    func validate() throws {
        guard words.count >= 2 else {
            throw ValidationError("Give at least one input and then the question: glyph ask FILE \"QUESTION\" …")
        }
        guard question.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("The question is empty; the last word must be what you want to know.")
        }
        guard !FileManager.default.fileExists(atPath: question) else {
            throw ValidationError("The question is missing: the last word, \"\(question)\", is a file.")
        }
        try validateReader()
        guard timeout > 0, retries >= 0, maxTokens > 0 else {
            throw ValidationError("--timeout and --max-tokens must be above 0, and --retries 0 or more.")
        }
        if let window, window < 1 { throw ValidationError("--window is \(window); it must be 1 or more.") }
        guard (0...2).contains(temperature) else {
            throw ValidationError("--temperature is \(temperature); it must be from 0 to 2.")
        }
    }

    private func validateReader() throws {
        guard endpoint == nil else {
            guard let option = engine.arguments.first else { return }
            throw ValidationError("\(option) goes with a model that runs here; a server has decided for itself.")
        }
        guard apiKeyEnv == nil else { throw ValidationError("--api-key-env goes with --endpoint.") }
        guard let model else { return }
        guard EngineProcess.Configuration.isModel(model) else {
            throw ValidationError(
                "--model \(model) is no folder with a config.json. Name such a folder, or a server with --endpoint."
            )
        }
    }

    var question: String { words.last ?? "" }

    func run() async throws {
        let command = self
        try await Interrupt.guarding { _ in try await command.ask() }
    }

    private func ask() async throws {
        let folder = endpoint == nil ? try model ?? EngineProcess.Configuration.embeddedModel() : nil
        let card = try folder.flatMap { try ReadingCard(inModel: $0) }
        let reader = try reader(folder)
        let job = try await Job(
            inputs: Array(words.dropLast()),
            render: render,
            sizing: sizing,
            fallback: card.flatMap { Preset(rawValue: $0.preset) } ?? .default,
            reading: input.reading()
        )
        let pages = Mutex<[EncodedPage]>([])
        let summary = try await job.run(
            strict: strict,
            showsProgress: !json,
            deliver: { page in pages.withLock { $0.append(page) } }
        )
        let ordered = pages.withLock { $0.sorted { $0.number < $1.number } }
        if !json { Terminal.say(summary.text + "\n\n") }
        if strategy == .windowed || (strategy == .auto && card != nil) {
            return try await askWindows(reader, card, ordered, summary)
        }
        let prompt = try PagePrompt(pages: ordered, total: summary.pages, question: question)
        let sampling = Sampling(maximumTokens: maxTokens, temperature: temperature, seed: seed)
        var answer = ""
        do {
            for try await event in reader.read(ReadingRequest(prompt: prompt, sampling: sampling)) {
                switch event {
                case .text(let piece):
                    answer += piece
                    if !json { try Terminal.write(Terminal.harmless(piece, for: STDOUT_FILENO)) }
                case .reasoning(let piece):
                    if reasoning { Terminal.say(Terminal.harmless(piece, for: STDERR_FILENO)) }
                case .retrying(let pause, let cause):
                    Terminal.say("\(cause)\nTrying again in \(Summary.time(pause.milliseconds)) …\n")
                case .finished(let reading):
                    try finish(answer, reading, summary)
                    return
                }
            }
        } catch let fault as ReadingError {
            // After half an answer the message starts on its own line.
            if !json, !answer.isEmpty { try Terminal.write("\n") }
            throw withRemedy(fault)
        }
        throw CancellationError()
    }

    /// Adds the flag that helps, which only the command line knows.
    func withRemedy(_ fault: ReadingError) -> ReadingError {
        guard fault.remedy == nil else { return fault }
        var fault = fault
        if fault.kind == .unauthorized {
            fault.remedy =
                apiKeyEnv == nil
                ? "Name the environment variable that holds the key with --api-key-env"
                : "Check the key in \(apiKeyEnv ?? "") and that it belongs to this server"
        } else if model == nil, fault.endpoint.hasSuffix("/models") {
            fault.remedy = "Name the model with --model; this server cannot list its models"
        } else if let pause = fault.retryAfter {
            fault.remedy = "The server asks to wait \(Summary.time(pause.milliseconds))"
        }
        return fault
    }

    /// The server that was named, or an engine of our own, which loads its model while pages are drawn.
    private func reader(_ folder: String?) throws -> any Reader {
        if let endpoint { return EndpointReader(try configuration(endpoint)) }
        let process = EngineProcess(
            EngineProcess.Configuration(
                program: try EngineProcess.Configuration.program(),
                model: folder ?? "",
                arguments: engine.arguments
            )
        )
        process.start()
        return EngineReader(process, timeouts: EndpointReader.Timeouts(firstToken: .seconds(timeout)))
    }

    private func configuration(_ endpoint: String) throws -> EndpointReader.Configuration {
        var key: APIKey?
        if let apiKeyEnv {
            guard let value = ProcessInfo.processInfo.environment[apiKeyEnv], !value.isEmpty else {
                // A key given in place of a name must not be repeated.
                let isName = apiKeyEnv.wholeMatch(of: /[A-Z_][A-Z0-9_]{0,63}/) != nil
                throw InputError(
                    at: isName ? "--api-key-env \(apiKeyEnv)" : "--api-key-env",
                    "no environment variable of that name holds a key",
                    expected: "a variable's name, not the key itself",
                    remedy: "Set it first, as in: export \(isName ? apiKeyEnv : "API_KEY")=…"
                )
            }
            key = try APIKey(value)
        }
        let address: Endpoint
        do {
            address = try Endpoint(endpoint)
        } catch var fault as InputError {
            fault.location = "--endpoint"
            throw fault
        }
        return EndpointReader.Configuration(
            endpoint: address,
            key: key,
            model: model,
            timeouts: EndpointReader.Timeouts(firstToken: .seconds(timeout)),
            retries: RetryPolicy(maximumAttempts: retries + 1, seed: UInt64(bitPattern: Int64(seed)))
        )
    }

    private func finish(_ answer: String, _ reading: ReadingSummary, _ summary: Summary) throws {
        let first = reading.timeToFirstToken?.milliseconds
        if json {
            try Terminal.print(
                summary.json([
                    ("answer", answer.jsonLiteral), ("finishReason", reading.finishReason.description.jsonLiteral),
                    ("model", reading.model?.jsonLiteral ?? "null"),
                    ("promptTokens", reading.usage?.promptTokens.map(String.init) ?? "null"),
                    ("completionTokens", reading.usage?.completionTokens.map(String.init) ?? "null"),
                    ("firstTokenMilliseconds", first.map { Summary.decimal($0, 0) } ?? "null"),
                    ("answerMilliseconds", Summary.decimal(reading.total.milliseconds, 0)),
                ])
            )
            return
        }
        var facts: [String] = []
        if let prompt = reading.usage?.promptTokens { facts.append(Summary.counted(prompt, "prompt token")) }
        if let written = reading.usage?.completionTokens { facts.append(Summary.counted(written, "answer token")) }
        if let first { facts.append("first token after \(Summary.time(first))") }
        facts.append("total \(Summary.time(reading.total.milliseconds))")
        if !answer.hasSuffix("\n") { try Terminal.write("\n") }
        Terminal.say("\n" + facts.joined(separator: ", ") + "\n")
        if reading.finishReason == .length {
            Terminal.say("The answer was cut at \(maxTokens) tokens; raise --max-tokens for more.\n")
        }
    }
}
