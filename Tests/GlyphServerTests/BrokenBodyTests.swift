// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTestSupport
import NIOCore
import NIOPosix
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct BrokenBodyTests {
    private static let head = "POST /v1/count HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"

    @Test(
        "a body that is framed wrongly is a 400, and the service goes on",
        arguments: [
            "Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n2\r\n{}}}}}}\r\n0\r\n\r\n",
        ]
    )
    func broken(_ rest: String) async throws {
        try await ServiceHarness.run { service in
            let response = try await service.exchange(Self.head + rest)
            #expect(response.hasPrefix("HTTP/1.1 400"), "\(response)")
            #expect(response.contains(#""code":"broken_body""#))
            #expect(try await service.post("/v1/count", #"{"text":"a"}"#).status == 200)
        }
    }

    @Test("a client that sends half of what it announced and leaves harms nobody")
    func cutShort() async throws {
        try await ServiceHarness.run { service in
            let response = try await service.exchange(Self.head + "Content-Length: 100\r\n\r\n{\"text\":")
            #expect(response.isEmpty || response.hasPrefix("HTTP/1.1 400"), "\(response)")
            #expect(try await service.post("/v1/count", #"{"text":"a"}"#).status == 200)
        }
    }
}

extension ServiceHarness {
    /// Sends bytes as they are and no more than these, and returns what comes back.
    fileprivate func exchange(_ text: String) async throws -> String {
        let port = try #require(base.split(separator: ":").last.flatMap { Int($0) })
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            outbound.finish()
            var answer = ""
            for try await part in inbound { answer += String(buffer: part) }
            return answer
        }
    }
}
