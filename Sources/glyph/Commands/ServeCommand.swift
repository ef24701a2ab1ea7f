// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Dispatch
import Foundation
import GlyphAPI
import GlyphPage
import GlyphReading
import GlyphServer
import GlyphTokens
import GlyphTypeset

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a web page and an OpenAI-compatible API that turns long text into pages.",
        discussion: """
            Examples:
              glyph serve --endpoint http://localhost:8000
              glyph serve --model /data/GLM-4.1V-9B-Thinking --port 9000
              GLYPH_TOKEN=… glyph serve --host 0.0.0.0 --token-env GLYPH_TOKEN --endpoint http://vllm:8000
              glyph serve --data /srv/glyph

            Without a server and a model, the one in Models/glyph-nano reads. Uploads, \
            jobs and templates are kept in one folder, by one service at a time: without --data in \
            $XDG_DATA_HOME/glyph, or ~/.local/share/glyph. Ctrl-C lets answers in progress end; a second one stops at once.
            """
    )

    @Option(help: ArgumentHelp("Where to listen; beyond this machine only with --token-env.", valueName: "address"))
    var host: String = "127.0.0.1"

    @Option(help: ArgumentHelp("The port; 0 takes a free one.", valueName: "number"))
    var port: Int = 8080

    @Option(
        help: ArgumentHelp("The environment variable that holds the token clients must send.", valueName: "variable")
    )
    var tokenEnv: String?

    @OptionGroup var source: ReaderSource

    @OptionGroup(title: "Who reads text to compare with") var text: TextReaderOptions

    @Option(
        help: ArgumentHelp(
            "Where uploads, jobs and templates are kept, instead of the home folder.",
            valueName: "folder"
        )
    )
    var data: String?

    @Option(help: ArgumentHelp("Whose visual tokens are counted, as 'glyph count' lists.", valueName: "name"))
    var reader: String = Sizing().reader

    @Option(help: ArgumentHelp("Readings at the same time.", valueName: "number"))
    var maxReadings: Int = ServiceLimits().readings

    @Option(help: ArgumentHelp("Readings that may wait; one more is refused with 429.", valueName: "number"))
    var maxWaiting: Int = ServiceLimits().waitingReadings

    func validate() throws {
        guard (0...65535).contains(port) else {
            throw ValidationError("--port is \(port); it must be from 0 to 65535.")
        }
        guard GlyphService.isLoopback(host) || tokenEnv != nil else {
            throw ValidationError(
                "--host \(host) can be reached from other machines: name the variable of a token with --token-env."
            )
        }
        guard maxReadings >= 1, maxWaiting >= 0 else {
            throw ValidationError("--max-readings must be 1 or more, and --max-waiting 0 or more.")
        }
    }

    func run() async throws {
        let token = try tokenEnv.map(Self.token)
        var limits = ServiceLimits()
        (limits.readings, limits.waitingReadings) = (maxReadings, maxWaiting)
        let service = try GlyphService(
            reader: try servedReader(),
            token: token,
            store: try store(limits),
            limits: limits
        )
        let signals = Self.onSignals(drainSeconds: limits.drainSeconds) { await service.stop() }
        defer { signals.forEach { $0.cancel() } }
        do {
            try await service.run(host: host, port: port) { [host] port in
                let name = host.contains(":") ? "[\(host)]" : host
                Terminal.say("Ready at http://\(name):\(port)/ – Ctrl-C stops.\n")
            }
        } catch let fault where !(fault is CancellationError) && !(fault is InputError) {
            throw InputError(
                at: "\(host):\(port)",
                "cannot listen there: \(fault)",
                remedy: "Try another --host or --port"
            )
        }
    }

    /// The first signal asks, the second one ends.
    private static func onSignals(
        drainSeconds: Int,
        _ stop: @escaping @Sendable () async -> Void
    ) -> [any DispatchSourceSignal] {
        let queue = DispatchQueue(label: "glyph.signals")
        nonisolated(unsafe) var count = 0
        return [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                count += 1
                guard count == 1 else { _exit(128 + number) }
                Terminal.say("Stopping once answers in progress have ended; another signal stops at once.\n")
                Task { await stop() }
                queue.asyncAfter(deadline: .now() + .seconds(drainSeconds)) { _exit(128 + number) }
            }
            source.resume()
            return source
        }
    }

    /// What was named must be had; the usual folder may be in use by another service, or not be writable.
    private func store(_ limits: ServiceLimits) throws -> ServiceStore? {
        if let data { return try ServiceStore(folder: data, limits: limits) }
        guard let folder = ServiceStore.defaultFolder(environment: ProcessInfo.processInfo.environment) else {
            Terminal.say("Note: there is no home folder, so nothing is kept. Name a folder with --data.\n")
            return nil
        }
        do {
            return try ServiceStore(folder: folder, limits: limits)
        } catch let fault as InputError {
            Terminal.say("Note: nothing is kept. \(fault)\n")
            return nil
        }
    }

    private func servedReader() throws -> ServedReader? {
        let family = try ReaderFamily.named(reader, at: "--reader")
        if source.endpoint == nil, source.model == nil {
            do {
                _ = try ReadingCard.answering(inModel: EngineProcess.Configuration.embeddedModel())
            } catch let fault as InputError {
                Terminal.say("Note: nobody reads, so pages can be drawn and counted only. \(fault)\n")
                return nil
            }
        }
        let opened = try source.open(retries: RetryPolicy(seed: 0))
        // A server that may have several models is asked which.
        let server = source.model == nil ? opened.reader as? EndpointReader : nil
        return ServedReader(
            opened.reader,
            family: family,
            card: opened.card,
            textReader: try text.open(beside: opened),
            contextLength: ContextMemory(opened.contextLength).length
        ) {
            try await server?.models() ?? [ModelList.Model(id: opened.name)]
        }
    }

    /// The token from the environment; what was given in place of a variable's name may be one and is not repeated.
    private static func token(in variable: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[variable], value.count >= leastTokenLength else {
            throw InputError(
                at: "--token-env",
                "no environment variable of that name holds a secret of at least \(leastTokenLength) characters",
                expected: "a variable's name, not the secret itself"
            )
        }
        guard GlyphService.isSendable(token: value) else {
            throw InputError(
                at: "--token-env",
                "the secret has a character that clients cannot send in a header, or a space at an end",
                expected: "letters, digits and signs of ASCII",
                remedy: "Make one with: openssl rand -hex 24"
            )
        }
        return value
    }

    private static let leastTokenLength = 8
}
