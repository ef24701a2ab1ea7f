// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import NIOCore
import NIOPosix
import Synchronization

/// An HTTP proxy on this machine that opens tunnels with `CONNECT`, whatever the host, to one port of this machine.
///
/// So a test can ask for a host that does not exist, and knows that an answer came through the proxy.
package final class TunnelProxy: Sendable {
    /// The address to give to a client.
    package let url: String

    private let heads: Heads

    /// The first lines and the fields of all requests, as they arrived.
    package var requests: [String] { heads.all.withLock { $0 } }

    private init(url: String, heads: Heads) { (self.url, self.heads) = (url, heads) }

    /// Runs a proxy around a test.
    ///
    /// - Parameters:
    ///   - port: Where every tunnel ends.
    ///   - refusal: A status to answer with instead of opening tunnels, as in `407 Proxy Authentication Required`.
    ///   - body: The test.
    /// - Returns: What the test returns.
    /// - Throws: What the test throws, or the error that kept the proxy from listening.
    package static func run<Value>(
        to port: Int,
        refusal: String? = nil,
        _ body: (TunnelProxy) async throws -> Value
    ) async throws -> Value {
        let heads = Heads()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TunnelHandler(port, refusal, heads))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let proxy = TunnelProxy(url: "http://127.0.0.1:\(channel.localAddress?.port ?? 0)", heads: heads)
        do {
            let value = try await body(proxy)
            try await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }
}

/// What was asked for.
private final class Heads: Sendable {
    let all = Mutex<[String]>([])
}

/// Reads the head of a `CONNECT`, and from then on passes bytes both ways.
private final class TunnelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let port: Int
    private let refusal: String?
    private let heads: Heads
    private var head = ""
    private var target: (any Channel)?

    init(_ port: Int, _ refusal: String?, _ heads: Heads) {
        (self.port, self.refusal, self.heads) = (port, refusal, heads)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let target { return target.writeAndFlush(bytes, promise: nil) }
        head += String(buffer: bytes)
        // Nothing follows a CONNECT before it is answered.
        guard head.hasSuffix("\r\n\r\n") else { return }
        heads.all.withLock { $0.append(head) }
        let client = context.channel
        if let refusal {
            let answer = ByteBuffer(string: "HTTP/1.1 \(refusal)\r\nContent-Length: 0\r\n\r\n")
            client.writeAndFlush(answer).whenComplete { _ in client.close(promise: nil) }
            return
        }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { $0.pipeline.addHandler(PassingHandler(to: client)) }
            .connect(host: "127.0.0.1", port: port)
            .whenComplete { result in
                guard let target = try? result.get() else { return client.close(promise: nil) }
                bound.value.target = target
                client.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connection established\r\n\r\n"), promise: nil)
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        target?.close(promise: nil)
    }
}

/// Passes what arrives to another connection.
private final class PassingHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
    }
}
