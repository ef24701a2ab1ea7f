// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphHTTP
import GlyphPage
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

/// Serves an engine over HTTP as OpenAI's API, on this machine only.
///
/// | route | what it does |
/// |---|---|
/// | `POST /v1/chat/completions` | answers, whole or streamed |
/// | `GET /v1/models`, `GET /v1/models/{model}` | the one model, with its context length |
/// | `POST /tokenize`, `POST /detokenize` | ids the model really receives, in vLLM's form |
/// | `GET /health` | 200 once the model is loaded |
/// | `GET /metrics` | Prometheus's text format |
///
/// `HEAD` is answered wherever `GET` is.
package struct EngineServer: Sendable {
    /// Where to listen.
    ///
    /// Never beyond this machine: there are no keys, so a proxy must decide who may ask.
    package enum Address: Sendable, Equatable {
        /// A Unix socket; the folder's permissions decide who can connect.
        case socket(path: String)
        /// A port on 127.0.0.1; 0 takes a free one.
        case loopback(port: Int)
    }

    private let responder: EngineResponder
    private let limits: ServerLimits
    private let bodyPatience: Duration

    /// - Parameters:
    ///   - engine: Who answers.
    ///   - encoder: Turns conversations into what the engine takes.
    ///   - limits: What is accepted.
    ///   - bodyPatience: Time that every request's body has to come.
    package init(
        _ engine: any AnswerEngine,
        _ encoder: any PromptEncoder,
        limits: ServerLimits = ServerLimits(),
        bodyPatience: Duration = ServedConnection.bodyPatience
    ) {
        responder = EngineResponder(engine, encoder, limits)
        (self.limits, self.bodyPatience) = (limits, bodyPatience)
    }

    /// Serves until the task is cancelled; then requests in flight end with an error, and the connections close.
    ///
    /// - Parameters:
    ///   - address: Where to listen.
    ///   - onListening: Called once connections are accepted, with the port.
    /// - Throws: `InputError` if the address cannot be had.
    package func run(
        at address: Address,
        onListening: @escaping @Sendable (_ port: Int?) async -> Void = { _ in }
    ) async throws {
        let (bind, place): (BindAddress, ListeningPlace) =
            switch address {
            case .socket(let path): (.unixDomainSocket(path: path), .socket(path: path))
            case .loopback(let port): (.hostname("127.0.0.1", port: port), .loopback(port: port))
            }
        let responder = responder
        let isTCP = if case .loopback = address { true } else { false }
        let channel = ServedConnection.channel(
            idleSeconds: limits.idleSeconds,
            bodyPatience: bodyPatience
        ) { request, writer in
            try await responder.respond(to: request, writer, checksHost: isTCP)
        }
        let server = Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(
                address: bind,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)
            ),
            onServerRunning: { await onListening($0.localAddress?.port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "glyph-engine", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        try await withTaskCancellationHandler {
            do {
                try await server.run()
            } catch {
                throw InputError.cannotListen(at: place, error) ?? error
            }
        } onCancel: {
            Task {
                await responder.engine.stop()
                try? await server.shutdownGracefully()
            }
        }
    }
}
