// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphEngine
import GlyphPage

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a model over OpenAI's API, to this machine only.",
        discussion: """
            Examples:
              glyph-engine serve --model Models/tiny --port 8000
              glyph-engine serve --model /data/GLM-4.1V-9B --socket /run/user/1000/glyph.sock

            POST /v1/chat/completions, /tokenize, /detokenize; GET /v1/models, /v1/models/ID, /health, /metrics.
            """
    )

    @OptionGroup(title: "The model") var model: ModelOptions

    @Option(help: ArgumentHelp("Listen at a Unix socket.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("Listen at 127.0.0.1; 0 takes a free port.", valueName: "number"))
    var port: Int?

    @Option(help: ArgumentHelp("Memory for keys and values of conversations and kept prompts.", valueName: "MiB"))
    var cacheMemory: Int = 4096

    @Option(help: ArgumentHelp("Memory for the vectors of images seen before.", valueName: "MiB"))
    var imageMemory: Int = 512

    @Option(help: ArgumentHelp("Keep what was read in this folder, for the next start.", valueName: "folder"))
    var cacheFolder: String?

    @Option(help: ArgumentHelp("The most that --cache-folder may hold.", valueName: "MiB"))
    var cacheFolderSize: Int = 16_384

    @Option(help: ArgumentHelp("Conversations answered at the same time.", valueName: "number"))
    var maxRunning: Int = 16

    @Option(help: ArgumentHelp("Requests that may wait; one more is refused with 429.", valueName: "number"))
    var maxWaiting: Int = 64

    @Flag(help: ArgumentHelp("End when standard input ends, and report on standard output.", visibility: .hidden))
    var supervised = false

    /// More MiB than any machine has, and few enough to be counted in bytes.
    private static let largest = 1 << 30

    func validate() throws {
        guard (socket == nil) != (port == nil) else {
            throw ValidationError("Give either --socket or --port.")
        }
        if let port, !(0...65535).contains(port) {
            throw ValidationError("--port is \(port); it must be from 0 to 65535.")
        }
        for (name, value) in [
            ("--cache-memory", cacheMemory), ("--image-memory", imageMemory), ("--cache-folder-size", cacheFolderSize),
            ("--max-running", maxRunning),
        ] where !(1...Self.largest).contains(value) {
            throw ValidationError("\(name) is \(value); it must be from 1 to \(Self.largest).")
        }
        guard maxWaiting >= 0 else { throw ValidationError("--max-waiting is \(maxWaiting); it must be 0 or more.") }
    }

    func run() async throws {
        let place = socket.map(EngineSocket.init)
        try place?.claim()
        let supervision = Supervision(isSupervised: supervised, socket: place)
        supervision.start()
        let (engine, encoder) = try await model.load(try configuration())
        let server = EngineServer(engine, encoder)
        let address: EngineServer.Address = socket.map { .socket(path: $0) } ?? .loopback(port: port ?? 0)
        let name = engine.facts.name
        try await supervision.guarding {
            try await server.run(at: address) { port in supervision.announce(name, port: port) }
        }
    }

    private func configuration() throws -> EngineConfiguration {
        var configuration = EngineConfiguration(keyValueBytes: cacheMemory << 20, imageBytes: imageMemory << 20)
        configuration.limits.maximumRunning = maxRunning
        configuration.limits.maximumWaiting = maxWaiting
        if let cacheFolder {
            configuration.blockStore = try BlockFolder(path: cacheFolder, limit: cacheFolderSize << 20)
        }
        return configuration
    }
}
