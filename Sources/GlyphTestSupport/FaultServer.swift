// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An HTTP/1.1 server on this machine that fails exactly as a test tells it to.
///
/// It plays one response per request, in order, and remembers every request, so a test sees what was really sent.
package final class FaultServer: Sendable {
    /// A request as it arrived.
    package struct Request: Sendable {
        package var method: String
        package var path: String
        /// Names in lower case.
        package var headers: [String: String]
        package var body: [UInt8]
    }

    /// The address to give to a client, without a final slash.
    package let url: String

    private let channel: any Channel
    private let log: FaultLog

    private init(url: String, channel: any Channel, log: FaultLog) {
        self.url = url
        self.channel = channel
        self.log = log
    }

    /// Runs a server around a test.
    ///
    /// - Parameters:
    ///   - responses: One per expected request; a request too many gets status 599.
    ///   - socket: The path of a Unix socket to listen at instead of a free port on 127.0.0.1.
    ///   - body: The test.
    /// - Returns: What the test returns.
    /// - Throws: What the test throws, or the error that kept the server from listening.
    package static func run<Value>(
        _ responses: [FaultResponse],
        socket: String? = nil,
        _ body: (FaultServer) async throws -> Value
    ) async throws -> Value {
        let log = FaultLog(responses)
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
                        FaultHandler(log)
                    )
                }
            }
        let channel: any Channel
        let url: String
        if let socket {
            channel = try await bootstrap.bind(unixDomainSocketPath: socket, cleanupExistingSocketFile: true).get()
            url = "unix://\(socket)"
        } else {
            channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            url = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)"
        }
        let server = FaultServer(url: url, channel: channel, log: log)
        do {
            let value = try await body(server)
            try await channel.close()
            return value
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// An address at which nothing listens: a port that a socket holds without listening.
    ///
    /// The socket stays open to the end of the process, so that no other test's server can get the port.
    package static func refusingURL() -> String {
        #if canImport(Darwin)
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = bind(descriptor, pointer, length)
                _ = getsockname(descriptor, pointer, &length)
            }
        }
        return "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
    }

    /// The requests so far, in order.
    package var requests: [Request] { log.state.withLock { $0.requests } }

    /// Waits until a client has closed its connection before the response was over.
    ///
    /// - Returns: Whether it did within the limit.
    package func sawHangUp(within limit: Duration = .seconds(30)) async throws -> Bool {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if log.state.withLock({ $0.hangUps > 0 }) { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }
}

/// What the server still has to play and what it has seen.
final class FaultLog: Sendable {
    struct State {
        var responses: [FaultResponse]
        var requests: [FaultServer.Request] = []
        var hangUps = 0
    }

    let state: Mutex<State>

    init(_ responses: [FaultResponse]) {
        state = Mutex(State(responses: responses))
    }

    /// The response to the request that just began.
    func nextResponse() -> FaultResponse {
        state.withLock { state in
            guard !state.responses.isEmpty else {
                return FaultResponse.json(#"{"error":"the test scripted no more responses"}"#, status: 599)
            }
            return state.responses.removeFirst()
        }
    }
}
