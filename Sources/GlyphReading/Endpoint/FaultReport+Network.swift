// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension FaultReport {
    /// A connection that could not be made, or broke before the answer began.
    func error(network failure: any Error) -> ReadingError {
        var fault = error(connection: failure)
        guard let proxy else { return fault }
        fault.problem = "through the proxy \(proxy): \(fault.problem)"
        if fault.kind == .refused || fault.kind == .unknownHost {
            fault.remedy = "Check the proxy, or list the host in NO_PROXY."
        }
        return fault
    }

    private func error(connection failure: any Error) -> ReadingError {
        switch failure {
        case let failure as NIOConnectionError:
            return error(connecting: failure)
        case let failure as IOError:
            return error(errno: failure.errnoCode, failure)
        case let failure as ChannelError:
            if case .connectTimeout = failure { return connectTimeout }
            return error(.connectionLost, "the connection broke (\(failure))")
        case let failure as HTTPClientError:
            return error(client: failure)
        case let failure as HTTPParserError where failure == .invalidEOFState:
            return error(.connectionLost, "the server closed the connection without an answer")
        case let failure as HTTPParserError:
            return error(
                .unexpectedContent,
                "the server does not speak HTTP (\(shortened("\(failure)")))",
                remedy: "Check the port, and whether the server wants https."
            )
        default:
            // NIOSSL's errors have no common type, and only their name tells them apart without depending on NIOSSL.
            let type = String(reflecting: Swift.type(of: failure))
            if type.hasPrefix("NIOSSL") { return tls("\(failure)") }
            return error(.connectionLost, "the connection failed (\(shortened("\(failure)")))")
        }
    }

    private func error(client failure: HTTPClientError) -> ReadingError {
        switch failure {
        case .connectTimeout, .getConnectionFromPoolTimeout, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            connectTimeout
        case .proxyAuthenticationRequired:
            error(
                .forbidden,
                "it asks for a user name and a password",
                remedy: "Write them into its address, as in http://user:password@proxy.example.com:3128."
            )
        case .invalidProxyResponse: error(.refused, "it does not connect to the host")
        case .tlsHandshakeTimeout: tls("the handshake took too long")
        case .remoteConnectionClosed, .uncleanShutdown:
            error(.connectionLost, "the server closed the connection without an answer")
        default: error(.connectionLost, "the connection failed (\(shortened("\(failure)")))")
        }
    }

    private func error(connecting failure: NIOConnectionError) -> ReadingError {
        for attempt in failure.connectionErrors {
            switch attempt.error {
            case let cause as IOError: return error(errno: cause.errnoCode, cause)
            case ChannelError.connectTimeout: return connectTimeout
            default: continue
            }
        }
        if failure.dnsAError != nil || failure.dnsAAAAError != nil {
            return error(
                .unknownHost,
                "the host name cannot be resolved",
                remedy: "Check the spelling and the network."
            )
        }
        return error(.refused, "no connection (\(shortened("\(failure)")))")
    }

    private func error(errno code: CInt, _ failure: IOError) -> ReadingError {
        switch code {
        case ECONNREFUSED:
            error(.refused, "nothing listens there (connection refused)", remedy: "Is the server running?")
        case ENOENT:
            error(.refused, "there is no such socket", remedy: "Is the server running?")
        case EACCES, EPERM:
            error(.forbidden, "no permission to connect to it")
        case ENETUNREACH, EHOSTUNREACH:
            error(.refused, "the host cannot be reached", remedy: "Check the network.")
        case ETIMEDOUT:
            connectTimeout
        case ECONNRESET, EPIPE:
            error(.connectionLost, "the server reset the connection without an answer")
        default:
            error(.connectionLost, "the connection failed (\(shortened("\(failure)")))")
        }
    }

    private var connectTimeout: ReadingError {
        error(.timedOut, "no connection within the time allowed", remedy: "Check the address and any firewall.")
    }

    /// OpenSSL's errors name a file and line of its source, on the machine that built this program.
    static func withoutSourceFiles(_ problem: String) -> String {
        problem.replacing(#/ at /[^\]]*?:\d+/#, with: "")
    }

    private func tls(_ problem: String) -> ReadingError {
        error(
            .tls,
            "no secure connection (\(shortened(Self.withoutSourceFiles(problem))))",
            remedy: "If the server speaks plain HTTP, write http:// instead of https://."
        )
    }
}
