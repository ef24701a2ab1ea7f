// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphReading
import GlyphTypeset

/// Who reads the pages, and how answers are written.
struct ReaderOptions: ParsableArguments {
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

    @OptionGroup(title: "How a model runs here") var engine: EngineOptions

    func validate() throws {
        guard timeout > 0, retries >= 0, maxTokens > 0 else {
            throw ValidationError("--timeout and --max-tokens must be above 0, and --retries 0 or more.")
        }
        guard (0...2).contains(temperature) else {
            throw ValidationError("--temperature is \(temperature); it must be from 0 to 2.")
        }
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

    /// A reader, and what the model's folder says about reading with it.
    struct Opened {
        var reader: any Reader
        var card: ReadingCard?

        /// The preset where nothing says how pages look.
        var preset: Preset { card.flatMap { Preset(rawValue: $0.preset) } ?? .default }
    }

    var sampling: Sampling { Sampling(maximumTokens: maxTokens, temperature: temperature, seed: seed) }

    /// The server that was named, or an engine of our own, which loads its model while pages are drawn.
    func open() throws -> Opened {
        if let endpoint { return Opened(reader: EndpointReader(try configuration(endpoint))) }
        let folder = try model ?? EngineProcess.Configuration.embeddedModel()
        let card = try ReadingCard(inModel: folder)
        let process = EngineProcess(
            EngineProcess.Configuration(
                program: try EngineProcess.Configuration.program(),
                model: folder,
                arguments: engine.arguments
            )
        )
        process.start()
        let timeouts = EndpointReader.Timeouts(firstToken: .seconds(timeout))
        return Opened(reader: EngineReader(process, timeouts: timeouts), card: card)
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
}
