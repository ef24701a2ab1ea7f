// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphHTTP
import GlyphPage
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The service: a web page, and an API that draws long text as pages before a reader sees it.
///
/// `Route` lists the paths, and `openapi.json` describes them.
package final class GlyphService: Sendable {
    private let responder: ServiceResponder
    private let limits: ServiceLimits
    private let bodyPatience: Duration
    private let stopping = Mutex<(@Sendable () async -> Void)?>(nil)

    /// Prepares a service.
    ///
    /// - Parameters:
    ///   - reader: Who answers; without one, documents can be drawn and counted only.
    ///   - token: What every request but those for the page and `/health` must carry; nil asks for none.
    ///   - store: Where uploads, jobs and templates are kept; without one there are none.
    ///   - limits: What is accepted.
    ///   - bodyPatience: Time that every request's body has to come.
    /// - Throws: `InputError` if the files of the web page are not beside the program.
    package init(
        reader: ServedReader?,
        token: String? = nil,
        store: ServiceStore? = nil,
        limits: ServiceLimits = ServiceLimits(),
        bodyPatience: Duration = ServedConnection.bodyPatience
    ) throws {
        (self.limits, self.bodyPatience) = (limits, bodyPatience)
        responder = ServiceResponder(reader, Gate(token: token), try PageAssets(), store, limits)
    }

    /// Whether a host name means this machine only, where no token is needed.
    package static func isLoopback(_ host: String) -> Bool {
        ["127.0.0.1", "localhost", "::1"].contains(host.lowercased())
    }

    /// Whether clients can send a token in a header.
    ///
    /// They make different bytes of characters beyond ASCII, and spaces at the ends are no part of a header's value.
    package static func isSendable(token: String) -> Bool {
        token.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !token.hasPrefix(" ") && !token.hasSuffix(" ")
    }

    /// Serves until `stop()` has been called and answers in progress have ended, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - host: The name or address to listen at.
    ///   - port: The port; 0 takes a free one.
    ///   - onListening: Called once connections are accepted, with the port.
    /// - Throws: `InputError` if the address cannot be had.
    package func run(
        host: String,
        port: Int,
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) async throws {
        let responder = responder
        let server = Server(
            childChannelSetup: ServedConnection.channel(
                idleSeconds: limits.idleSeconds,
                bodyPatience: bodyPatience
            ) { request, writer in
                try await responder.respond(to: request, writer)
            },
            configuration: ServerConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)
            ),
            onServerRunning: { await onListening($0.localAddress?.port ?? port) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "glyph", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        // Jobs wait for nobody, so they end at once and go on after the next start.
        let jobs = Task { [responder] in
            guard responder.served != nil else { return }
            await responder.jobs?.run(responder.perform)
        }
        stopping.withLock {
            $0 = {
                jobs.cancel()
                try? await server.shutdownGracefully()
            }
        }
        try await withTaskCancellationHandler {
            do {
                try await server.run()
            } catch {
                jobs.cancel()
                throw InputError.cannotListen(at: .host(host, port: port), error) ?? error
            }
            jobs.cancel()
            await jobs.value
            await responder.attached?.close()
        } onCancel: {
            jobs.cancel()
            Task { try? await server.shutdownGracefully() }
        }
    }

    /// Takes no more connections, and lets answers in progress end for a while.
    package func stop() async {
        await stopping.withLock { $0 }?()
    }
}
