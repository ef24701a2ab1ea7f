// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import NIOCore
import NIOHTTP1

/// Gives up bodies that come too slowly.
///
/// Memory for a whole body is set aside before it is read, so one that trickles would keep others out. What counts is
/// what has come, not what was announced: a body that stands still is given up after the patience, however long it was
/// to be.
final class BodyPace: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// What whoever reads the body is told.
    struct Late: Error {
        var bytes: Int
        var seconds: Int64
    }

    /// Bytes that must come in each second beyond the patience: half a megabit, which any line has that such bodies are
    /// sent over.
    static let bytesPerSecond = 64 << 10

    private let patience: TimeAmount
    private var start = NIODeadline.now()
    private var arrived = 0
    private var waiting: Scheduled<Void>?

    init(patience: Duration) { self.patience = TimeAmount(patience) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head:
            (start, arrived) = (.now(), 0)
            wait(context)
        case .body(let buffer): arrived += buffer.readableBytes
        case .end: waiting?.cancel()
        }
        context.fireChannelRead(data)
    }

    private func wait(_ context: ChannelHandlerContext) {
        waiting?.cancel()
        let deadline = start + patience + .seconds(Int64(arrived / Self.bytesPerSecond))
        waiting = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.check(context, deadline) }
    }

    /// Waits on if more has come since, and ends the request otherwise.
    private func check(_ context: ChannelHandlerContext, _ deadline: NIODeadline) {
        guard deadline >= start + patience + .seconds(Int64(arrived / Self.bytesPerSecond)) else {
            return wait(context)
        }
        let seconds = (NIODeadline.now() - start).nanoseconds / 1_000_000_000
        context.fireErrorCaught(Late(bytes: arrived, seconds: seconds))
    }

    func handlerRemoved(context: ChannelHandlerContext) { waiting?.cancel() }
}
