// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// How both servers treat a connection: HTTP/1 as Hummingbird has it, bodies that come in time, and an end where one
/// was announced.
package enum ServedConnection {
    /// Time that every body has: networks and clients stall for seconds, hardly ever for a minute.
    package static let bodyPatience = Duration.seconds(60)

    /// The connections of a server.
    ///
    /// - Parameters:
    ///   - idleSeconds: Seconds after which a connection without a request is closed.
    ///   - bodyPatience: Time that every request's body has to come.
    ///   - responder: Answers a request.
    /// - Returns: What a `Server` takes.
    package static func channel(
        idleSeconds: Int,
        bodyPatience: Duration,
        responder: @escaping @Sendable (Request, consuming ResponseWriter) async throws -> Void
    ) -> some ServerChildChannel {
        EndingChannel(
            responder: responder,
            configuration: .init(idleTimeout: .seconds(Int64(idleSeconds))),
            bodyPatience: bodyPatience
        )
    }
}

/// A channel of HTTP/1 with a `BodyPace` and a `ConnectionEnd` in it.
private struct EndingChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let http: HTTP1Channel.Value
        let end: NIOLoopBound<ConnectionEnd>

        var channel: any Channel { http.channel }
    }

    let responder: @Sendable (Request, consuming ResponseWriter) async throws -> Void
    let configuration: HTTP1Channel.Configuration
    let bodyPatience: Duration

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let http = HTTP1Channel(responder: { _, _, _ in }, configuration: configuration)
        return http.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let end = ConnectionEnd()
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandlers([BodyPace(patience: bodyPatience), end], position: .after(decoder))
            return Value(http: value, end: NIOLoopBound(end, eventLoop: channel.eventLoop))
        }
    }

    func handle(value: Value, logger: Logger) async {
        let (responder, end) = (responder, value.end)
        let http = HTTP1Channel(
            responder: { request, writer, channel in
                // What was sent behind the last request may have been read already. Writes are queued at the event loop
                // as this question is, so the last response has begun by now if there is one.
                guard try await !channel.eventLoop.submit({ end.value.isLast }).get() else { return }
                try await responder(request, writer)
            },
            configuration: configuration
        )
        await http.handle(value: value.http, logger: logger)
    }
}
