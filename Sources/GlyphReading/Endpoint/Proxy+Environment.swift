// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import GlyphPage

extension Proxy {
    /// The proxy that the environment names for an endpoint.
    ///
    /// `https_proxy` leads to `https://` endpoints and `http_proxy` to `http://` ones, `all_proxy` to both where the
    /// other is not set; lower case goes before upper case. None leads to a socket, to this machine (`localhost` and
    /// loopback addresses), or to what `no_proxy` lists.
    ///
    /// - Returns: Nil where the endpoint is reached without a proxy.
    /// - Throws: `InputError` that names the variable whose value is no address.
    public static func leading(to endpoint: Endpoint, environment: [String: String]) throws -> Proxy? {
        guard let target = endpoint.network, !target.isThisMachine else { return nil }
        func value(_ name: String) -> (name: String, text: String)? {
            for name in [name, name.uppercased()] {
                if let text = environment[name]?.trimmed, !text.isEmpty { return (name, text) }
            }
            return nil
        }
        guard let found = value("\(target.scheme)_proxy") ?? value("all_proxy") else { return nil }
        if let list = value("no_proxy"), ProxyExceptions(list.text).contains(target) { return nil }
        do {
            return try Proxy(found.text)
        } catch var fault as InputError {
            fault.location = found.name
            throw fault
        }
    }
}

/// The hosts that are reached without a proxy, as `no_proxy` lists them: names, which stand for everything below them
/// too, addresses, networks (`10.0.0.0/8`), each with a port or without, and `*` for every host.
struct ProxyExceptions {
    private let entries: [Substring]

    init(_ list: String) {
        entries = list.lowercased().split { $0 == "," || $0.isWhitespace }
    }

    func contains(_ target: Endpoint.Network) -> Bool {
        entries.contains { entry in
            if entry == "*" { return true }
            let (host, port) = Endpoint.Network.split(entry)
            guard port == nil || port == target.port else { return false }
            if let address = target.address { return Self.network(host, contains: address) }
            let name = host.hasPrefix("*.") ? host.dropFirst(2) : host.hasPrefix(".") ? host.dropFirst() : host[...]
            return !name.isEmpty && (target.host == name || target.host.hasSuffix(".\(name)"))
        }
    }

    /// Whether an address is the one that is written, or in the network of that prefix.
    private static func network(_ text: String, contains address: [UInt8]) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1)
        guard let start = parts.first.flatMap({ Endpoint.Network.address(of: String($0)) }),
            start.count == address.count,
            let length = parts.count == 2 ? Int(parts[1]) : address.count * 8,
            (0...address.count * 8).contains(length)
        else { return false }
        return (0..<length).allSatisfy { bit in
            (start[bit / 8] ^ address[bit / 8]) & (0x80 >> (bit % 8)) == 0
        }
    }
}
