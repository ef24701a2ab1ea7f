// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import GlyphPage

/// The address of an OpenAI-compatible server, however the person wrote it.
///
/// Accepted: `http://host:port`, `https://host/v1`, a full `…/v1/chat/completions`, any other base path used as it is
/// (`https://host/api/paas/v4`), and Unix sockets as `unix:///run/reader.sock` or, with a path after the socket,
/// `http+unix://%2Frun%2Freader.sock/v1`. A bare host gets `/v1`.
public struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    /// The base URL without a final slash; routes are appended to it.
    public let base: String

    /// Reads an address.
    ///
    /// - Throws: `InputError` for an address that is not a base URL. It never repeats a user name, password or query,
    ///   which may be secret.
    public init(_ text: String) throws {
        let trimmed = text.trimmed
        guard let separator = trimmed.firstRange(of: "://") else {
            throw Self.fault(
                "no scheme in \"\(Self.withoutSecrets(trimmed))\"",
                remedy: "Write http:// or https:// before the host."
            )
        }
        let scheme = trimmed[..<separator.lowerBound].lowercased()
        let rest = trimmed[separator.upperBound...]
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw Self.fault(
                "the address carries a query or a fragment",
                remedy: "Leave out everything from \"?\" on; a key belongs in the key setting."
            )
        }
        switch scheme {
        case "http", "https": base = try Self.network(scheme, rest)
        case "unix": base = try Self.socket(path: String(rest), route: "")
        case "http+unix":
            let (encoded, route) = Self.split(rest)
            // http+unix:///run/reader.sock has no host: the whole path is the socket.
            guard !encoded.isEmpty else {
                base = try Self.socket(path: String(rest), route: "")
                return
            }
            guard let path = Self.percentDecoded(encoded) else {
                throw Self.fault("the socket's path is not percent-encoded UTF-8")
            }
            base = try Self.socket(path: path, route: route)
        default:
            throw Self.fault("unknown scheme \"\(scheme.prefix(20))\"", expected: "http, https, unix or http+unix")
        }
    }

    public var description: String { base }

    var chatCompletions: String { base + "/chat/completions" }
    var models: String { base + "/models" }

    private static func network(_ scheme: String, _ rest: Substring) throws -> String {
        let (authority, route) = split(rest)
        guard !authority.contains("@") else {
            throw fault("the address carries a user name or password", remedy: "Give the key in the key setting.")
        }
        let base = "\(scheme)://\(authority)" + normalised(route)
        guard let url = URLComponents(string: base), let host = url.host, !host.isEmpty else {
            throw fault("\"\(base.prefix(200))\" is not a URL", expected: "for example http://127.0.0.1:8000/v1")
        }
        guard url.port.map((1...65535).contains) ?? true else {
            throw fault("there is no port \(url.port ?? 0)", expected: "1 to 65535")
        }
        return base
    }

    private static func socket(path: String, route: String) throws -> String {
        guard path.hasPrefix("/") else {
            throw fault(
                "the socket's path \"\(path.prefix(120))\" is not absolute",
                expected: "unix:///run/reader.sock"
            )
        }
        // sockaddr_un holds 108 bytes on Linux, the last of them zero.
        guard path.utf8.count <= 107 else {
            throw fault("the socket's path is \(path.utf8.count) bytes long", expected: "at most 107")
        }
        return "http+unix://\(percentEncoded(path))" + normalised(route)
    }

    /// Everything but RFC 3986's unreserved characters as `%XX`.
    private static func percentEncoded(_ path: String) -> String {
        path.utf8.reduce(into: "") { text, byte in
            let isUnreserved =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "-._~".utf8.contains(byte)
                }
            let digits = String(byte, radix: 16, uppercase: true)
            text += isUnreserved ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The authority and the path after it, with its leading slash.
    private static func split(_ rest: Substring) -> (authority: Substring, route: String) {
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        return (rest[..<slash], String(rest[slash...]))
    }

    private static func normalised(_ route: String) -> String {
        var route = route[...]
        while route.hasSuffix("/") { route.removeLast() }
        for suffix in ["/chat/completions", "/models"] where route.hasSuffix(suffix) {
            route.removeLast(suffix.count)
        }
        return route.isEmpty ? "/v1" : String(route)
    }

    private static func withoutSecrets(_ text: String) -> String {
        let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
        let shown = text[..<end].prefix(120)
        return shown.contains("@") ? "…@" + (shown.split(separator: "@").last ?? "") : String(shown)
    }

    private static func fault(_ problem: String, expected: String? = nil, remedy: String? = nil) -> InputError {
        InputError(at: "endpoint", problem, expected: expected, remedy: remedy)
    }
}
