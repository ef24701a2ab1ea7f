// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import NIOCore
import NIOHTTP1

/// Closes a connection after the response that says so, and after one to a client that wants it closed.
///
/// It stands between the codec of HTTP/1 and Hummingbird, which closes only for a request with exactly
/// `Connection: close` and does not see versions. First the writing side is closed, so that the client knows that it
/// has all; then what it still sends is thrown away for a while, since a socket that is closed with bytes unread takes
/// the response away from a client that has not read it yet (RFC 9112, section 9.6).
final class ConnectionEnd: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Silence after which a client is not waited for any longer.
    private static let silence = TimeAmount.seconds(5)
    /// How long one is waited for that goes on sending.
    private static let patience = TimeAmount.seconds(30)

    /// Whether the last response of the connection has begun; no further request counts.
    private(set) var isLast = false
    /// What the clients of requests without a response can do.
    private var clients: [Client] = []
    /// When the connection is closed at the latest; set once the last response is on its way.
    private var deadline: NIODeadline?
    private var closing: Scheduled<Void>?
    /// Whether the server wants to end.
    private var isStopping = false

    private struct Client {
        var keepsAlive: Bool
        /// HTTP/1.0, which knows neither chunks nor interim responses.
        var isOld: Bool
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard deadline == nil else { return }
        if case .head(let head) = Self.unwrapInboundIn(data) {
            clients.append(
                Client(keepsAlive: head.isKeepAlive, isOld: head.version.major == 1 && head.version.minor == 0)
            )
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Whoever takes requests may have stopped asking for more.
        guard deadline != nil else { return }
        wait(context)
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard deadline == nil else { return }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch Self.unwrapOutboundIn(data) {
        case .head(let head) where head.status.code < 200:
            if clients.first?.isOld == true { promise?.succeed() } else { context.write(data, promise: promise) }
        case .head(let head):
            context.write(Self.wrapOutboundOut(.head(framed(head))), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end where isLast && deadline == nil:
            // Bytes are written in order: all of the response has left once its end has.
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenComplete { _ in self.finish(context) }
            context.write(data, promise: written)
        case .end:
            context.write(data, promise: promise)
        }
    }

    /// A response's head as its client can read it.
    private func framed(_ head: HTTPResponseHead) -> HTTPResponseHead {
        // There is no client where no request could be made out.
        let client = clients.isEmpty ? Client(keepsAlive: true, isOld: false) : clients.removeFirst()
        var head = head
        if client.isOld { head.version = .http1_0 }
        if !client.keepsAlive || head.headers[canonicalForm: "connection"].contains("close") {
            isLast = true
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if client.isOld {
            head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
        return head
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        deadline = .now() + Self.patience
        context.close(mode: .output, promise: nil)
        wait(context)
        context.read()
    }

    /// Closes the connection some time after the last sign of the client.
    private func wait(_ context: ChannelHandlerContext) {
        closing?.cancel()
        let end = min(.now() + Self.silence, deadline ?? .now())
        closing = context.eventLoop.assumeIsolated().scheduleTask(deadline: end) { context.close(promise: nil) }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard deadline != nil, mode != .input, !isStopping else { return context.close(mode: mode, promise: promise) }
        // Hummingbird closes at once what ended with an error, though the client may not have read the response.
        context.channel.closeFuture.cascade(to: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A server that stops waits for answers, not for clients that have theirs.
        if event is ChannelShouldQuiesceEvent {
            isStopping = true
            if deadline != nil { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        closing?.cancel()
        context.fireChannelInactive()
    }
}
