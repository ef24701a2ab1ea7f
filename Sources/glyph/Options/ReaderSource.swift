// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphReading
import GlyphTypeset

/// Who reads the pages: a server, or a model that runs here.
struct ReaderSource: ParsableArguments {
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

    @OptionGroup(title: "How a model runs here") var engine: EngineOptions

    func validate() throws {
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
        /// The model's, or the server's where it has no other.
        var name: String
        var card: ReadingCard?
        /// Asks how many tokens the reader takes at once; nil if it does not tell.
        var contextLength: @Sendable () async -> Int? = { nil }
        /// What tells it from every other reader, also of the same name; asks a server that has one model for its name.
        var identity: @Sendable () async throws -> String

        /// The preset that the model was trained on, if its folder says so.
        var preset: Preset? { card?.namedPreset }
    }

    /// The server that was named, or an engine of our own, which loads its model while pages are drawn.
    ///
    /// - Parameters:
    ///   - timeouts: How long to wait for either.
    ///   - retries: How often to ask a server again.
    ///   - onlyTranscribes: Whether pages are to be written down, which needs no reader that answers questions.
    /// - Returns: The reader, which has not been asked anything yet.
    /// - Throws: `InputError` that names the option at fault.
    func open(
        timeouts: EndpointReader.Timeouts = EndpointReader.Timeouts(),
        retries: RetryPolicy,
        onlyTranscribes: Bool = false
    ) throws -> Opened {
        if let endpoint {
            let configuration = try configuration(endpoint, timeouts, retries)
            let (reader, named) = (EndpointReader(configuration), model)
            return Opened(
                reader: reader,
                name: model ?? endpoint,
                contextLength: { await ContextLength.of(configuration) },
                identity: { try await ReaderIdentity.of(named, reader, at: configuration.endpoint) }
            )
        }
        let folder = try model ?? EngineProcess.Configuration.embeddedModel()
        let card = try onlyTranscribes ? ReadingCard(inModel: folder) : ReadingCard.answering(inModel: folder)
        let process = EngineProcess(
            EngineProcess.Configuration(
                program: try EngineProcess.Configuration.program(),
                model: folder,
                arguments: engine.arguments
            )
        )
        process.start()
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        return Opened(
            reader: EngineReader(process, timeouts: timeouts),
            name: name,
            card: card,
            contextLength: { ContextLength.inModel(folder) },
            identity: { [engine] in try ReaderIdentity.ofModel(in: folder, engine) }
        )
    }

    private func configuration(
        _ endpoint: String,
        _ timeouts: EndpointReader.Timeouts,
        _ retries: RetryPolicy
    ) throws -> EndpointReader.Configuration {
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
            fault.remedy = fault.remedy?.replacing("the key setting", with: "the variable that --api-key-env names")
            throw fault
        }
        return EndpointReader.Configuration(
            endpoint: address,
            proxy: try Proxy.leading(to: address, environment: ProcessInfo.processInfo.environment),
            key: key,
            model: model,
            timeouts: timeouts,
            retries: retries
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
