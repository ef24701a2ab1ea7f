// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import AsyncHTTPClient
import GlyphPage

/// A proxy on the way to an endpoint.
///
/// It opens a tunnel (`CONNECT`, or SOCKS 5), also for `http://` endpoints, so of an `https://` endpoint it learns no
/// more than host and port.
public struct Proxy: Sendable, Equatable, CustomStringConvertible {
    /// How a tunnel is asked for.
    public enum Kind: String, Sendable, Equatable {
        case http
        case socks5
    }

    public let kind: Kind
    public let host: String
    public let port: Int
    /// As in `Proxy-Authorization: Basic`, before base64.
    private let credentials: String?

    /// Reads an address: `http://proxy:3128`, `http://user:password@proxy:3128`, `socks5://proxy`, or `proxy:3128`.
    ///
    /// Without a port it is 80, and 1080 for SOCKS. Percent-encoded signs of user name and password are decoded.
    ///
    /// - Throws: `InputError` that repeats neither user name nor password.
    public init(_ text: String) throws {
        let trimmed = text.trimmed
        guard let url = URLComponents(string: trimmed.contains("://") ? trimmed : "http://\(trimmed)"),
            let host = url.host?.withoutBrackets, !host.isEmpty, url.query == nil, url.fragment == nil
        else {
            throw Self.fault("the address of the proxy is not a URL")
        }
        switch url.scheme?.lowercased() {
        case "http": kind = .http
        case "socks5", "socks5h", "socks": kind = .socks5
        case let scheme:
            throw Self.fault("a proxy cannot be reached by \"\((scheme ?? "").prefix(20))\"")
        }
        guard url.port.map((1...65535).contains) ?? true else {
            throw Self.fault("there is no port \(url.port ?? 0)")
        }
        guard kind == .http || url.user == nil else {
            throw InputError(at: "proxy", "a SOCKS proxy with a user name is not supported")
        }
        self.host = host
        port = url.port ?? (kind == .http ? 80 : 1080)
        credentials = url.user.map { "\($0):\(url.password ?? "")" }
    }

    /// The address without user name and password.
    public var description: String { "\(kind.rawValue)://\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    var configuration: HTTPClient.Configuration.Proxy {
        switch kind {
        case .http:
            .server(
                host: host,
                port: port,
                authorization: credentials.map { .basic(credentials: Data($0.utf8).base64EncodedString()) }
            )
        case .socks5: .socksServer(host: host, port: port)
        }
    }

    private static func fault(_ problem: String) -> InputError {
        InputError(at: "proxy", problem, expected: "for example http://proxy.example.com:3128")
    }
}

extension Proxy: CustomReflectable {
    /// Without user name and password, so that no dump shows them.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}
