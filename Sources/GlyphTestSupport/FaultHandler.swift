// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import NIOCore
import NIOHTTP1
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One connection of a `FaultServer`: collects a request, then plays a response step by step.
///
/// Responses are written as raw bytes: an encoder would insist on finishing what a test wants to see broken.
final class FaultHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let log: FaultLog
    private var request = FaultServer.Request(method: "", path: "", headers: [:], body: [])
    private var response: FaultResponse?
    private var isPlaying = false

    init(_ log: FaultLog) {
        self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
            request = FaultServer.Request(
                method: head.method.rawValue,
                path: head.uri,
                headers: Dictionary(headers, uniquingKeysWith: { $0 + ", " + $1 }),
                body: []
            )
            let response = log.nextResponse()
            self.response = response
            if response.ignoresBody { play(context) }
        case .body(let bytes):
            if !isPlaying { request.body += bytes.readableBytesView }
        case .end:
            if !isPlaying { play(context) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isPlaying { log.state.withLock { $0.hangUps += 1 } }
        isPlaying = false
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)  // broken pipes are what tests are made of
    }

    private func play(_ context: ChannelHandlerContext) {
        guard let response else { return }
        isPlaying = true
        log.state.withLock { $0.requests.append(request) }
        if let status = response.status {
            var head = "HTTP/1.1 \(status) Scripted\r\nTransfer-Encoding: chunked\r\n"
            for header in response.headers { head += "\(header.name): \(header.value)\r\n" }
            write(head + "\r\n", context)
        }
        advance(response.steps[...], context)
    }

    private func advance(_ steps: ArraySlice<FaultResponse.Step>, _ context: ChannelHandlerContext) {
        guard isPlaying else { return }
        guard let step = steps.first else {
            isPlaying = false
            if response?.status != nil { write("0\r\n\r\n", context) }
            return
        }
        switch step {
        case .send(let text):
            write(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n", context)
            advance(steps.dropFirst(), context)
        case .wait(let duration):
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: TimeAmount(duration)) {
                let (handler, context) = bound.value
                handler.advance(steps.dropFirst(), context)
            }
        case .stall:
            break
        case .close:
            isPlaying = false
            context.close(promise: nil)
        case .reset:
            isPlaying = false
            let linger = linger(l_onoff: 1, l_linger: 0)
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            (context.channel as? any SocketOptionProvider)?.setSoLinger(linger)
                .whenComplete { _ in bound.value.close(promise: nil) }
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}
