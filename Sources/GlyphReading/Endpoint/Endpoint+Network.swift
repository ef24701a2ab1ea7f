// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension Endpoint {
    /// Where on the network an endpoint is.
    struct Network {
        /// `http` or `https`.
        var scheme: String
        /// In lower case, without brackets or a final dot.
        var host: String
        var port: Int

        /// The four or sixteen bytes of an address that is written as one.
        var address: [UInt8]? { Self.address(of: host) }

        /// Whether the host is `localhost` or a loopback address.
        var isThisMachine: Bool {
            guard let address else { return host == "localhost" || host.hasSuffix(".localhost") }
            return address.count == 4 ? address[0] == 127 : address == Array(repeating: 0, count: 15) + [1]
        }

        /// The bytes of an address, or nil for a name.
        static func address(of host: String) -> [UInt8]? {
            for (family, size) in [(AF_INET, 4), (AF_INET6, 16)] {
                var bytes = [UInt8](repeating: 0, count: size)
                if inet_pton(family, host, &bytes) == 1 { return bytes }
            }
            return nil
        }

        /// A host without its brackets, and the port behind it if there is one.
        static func split(_ text: Substring) -> (host: String, port: Int?) {
            // More than one colon outside of brackets is an address of IPv6 without a port.
            guard let colon = text.lastIndex(of: ":"), text.hasPrefix("[") || text.firstIndex(of: ":") == colon,
                let port = Int(text[text.index(after: colon)...])
            else { return (String(text).withoutBrackets, nil) }
            return (String(text[..<colon]).withoutBrackets, port)
        }
    }

    /// Nil for a socket.
    var network: Network? {
        guard let url = URLComponents(string: base), let scheme = url.scheme, scheme.hasPrefix("http"),
            scheme != "http+unix", var host = url.host?.withoutBrackets.lowercased()
        else { return nil }
        if host.hasSuffix(".") { host.removeLast() }
        return Network(scheme: scheme, host: host, port: url.port ?? (scheme == "https" ? 443 : 80))
    }
}

extension String {
    /// An IPv6 address as functions for addresses read it: URLs write it in brackets.
    var withoutBrackets: String { hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self }
}
