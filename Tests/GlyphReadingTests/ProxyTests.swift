// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphReading
import GlyphTestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ProxyTests {
    private static let answer = FaultResponse.json(
        #"{"choices":[{"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}],"model":"m"}"#
    )

    /// What a question to a host that does not exist ends with, asked through a proxy.
    private func outcome(
        of proxy: String,
        user: String = ""
    ) async throws -> (events: [ReadingEvent], failure: (any Error)?) {
        let endpoint = try Endpoint("http://reader.invalid:8000")
        let address = proxy.replacing("http://", with: "http://\(user)")
        let reader = EndpointReader(
            .init(
                endpoint: endpoint,
                proxy: try Proxy.leading(to: endpoint, environment: ["http_proxy": address]),
                model: "tiny",
                retries: RetryPolicy(maximumAttempts: 1, seed: 7)
            )
        )
        return await reader.outcome(of: try Samples.request())
    }

    @Test("a question goes through the proxy, and its user name and password with it")
    func tunnel() async throws {
        try await FaultServer.run([Self.answer]) { server in
            let port = try #require(URL(string: server.url)?.port)
            try await TunnelProxy.run(to: port) { proxy in
                let (events, failure) = try await outcome(of: proxy.url, user: "me:p%40ss@")
                #expect(failure == nil && events.text == "Yes.")
                #expect(server.requests.map(\.path) == ["/v1/chat/completions"])
                let head = try #require(proxy.requests.first)
                #expect(head.hasPrefix("CONNECT reader.invalid:8000 HTTP/1.1\r\n"))
                let credentials = Data("me:p@ss".utf8).base64EncodedString()
                #expect(head.lowercased().contains("proxy-authorization: basic \(credentials.lowercased())\r\n"))
            }
        }
    }

    @Test("what fails at the proxy names it, and never its password")
    func refused() async throws {
        func expect(_ kind: ReadingError.Kind, _ part: String, from refusal: String) async throws {
            try await TunnelProxy.run(to: 1, refusal: refusal) { proxy in
                let error = try #require(try await outcome(of: proxy.url, user: "me:hunter2@").failure as? ReadingError)
                #expect(error.kind == kind && "\(error)".contains(part), "\(error)")
                #expect("\(error)".contains("through the proxy \(proxy.url): ") && !"\(error)".contains("hunter2"))
            }
        }
        try await expect(.forbidden, "http://user:password@", from: "407 Proxy Authentication Required")
        try await expect(.refused, "does not connect to the host", from: "403 Forbidden")
        let proxy = FaultServer.refusingURL()
        let error = try #require(try await outcome(of: proxy).failure as? ReadingError)
        #expect(error.kind == .refused)
        #expect("\(error)".contains("through the proxy \(proxy): nothing listens there"), "\(error)")
        #expect(error.remedy == "Check the proxy, or list the host in NO_PROXY.")
    }

    @Test(
        "the environment names a proxy for each scheme",
        arguments: [
            ("https://api.example.com", "https_proxy=http://a:1 http_proxy=http://b:2", "http://a:1"),
            ("http://api.example.com", "https_proxy=http://a:1 http_proxy=http://b:2", "http://b:2"),
            ("https://api.example.com", "https_proxy=http://a:1 HTTPS_PROXY=http://b:2", "http://a:1"),
            ("https://api.example.com", "HTTPS_PROXY=a:1", "http://a:1"),
            ("https://api.example.com", "HTTPS_PROXY=a", "http://a:80"),
            ("https://api.example.com", "https_proxy= ALL_PROXY=socks5h://a", "socks5://a:1080"),
            ("https://api.example.com", "https_proxy=http://me:secret@[::1]:8/", "http://[::1]:8"),
            ("https://api.example.com", "http_proxy=http://b:2", nil),
            ("http://localhost:8000", "http_proxy=http://b:2", nil),
            ("http://127.3.2.1:8000", "http_proxy=http://b:2", nil),
            ("http://[::1]:8000", "all_proxy=http://b:2", nil),
            ("unix:///run/reader.sock", "all_proxy=http://b:2", nil),
        ]
    )
    func environment(_ endpoint: String, _ variables: String, _ proxy: String?) throws {
        #expect(try leading(to: endpoint, variables).map { "\($0)" } == proxy)
    }

    @Test(
        "a host that is listed is reached without a proxy",
        arguments: [
            ("http://api.example.com", "example.com", true),
            ("http://api.example.com.", ".example.com", true),
            ("http://API.example.com", "x,*.EXAMPLE.com", true),
            ("http://example.com", "a, example.com:80", true),
            ("http://example.com", "example.com:8000", false),
            ("http://notexample.com", "example.com", false),
            ("http://api.example.com", "*", true),
            ("http://10.1.2.3", "10.0.0.0/8", true),
            ("http://11.1.2.3", "10.0.0.0/8", false),
            ("http://10.1.2.3:8000", "10.1.2.3:8000", true),
            ("http://10.1.2.3", "0.0.0.0/0", true),
            ("http://10.1.2.3", "10.1.2.3/33", false),
            ("http://[fd00::7]:8000", "fd00::/8", true),
            ("http://[fd00::7]:8000", "[fd00::7]:8000", true),
            ("http://[fd00::7]:8000", "fe80::/10", false),
            ("http://api.example.com", ",", false),
        ]
    )
    func exceptions(_ endpoint: String, _ list: String, _ isListed: Bool) throws {
        let environment = ["http_proxy": "http://b:2", "NO_PROXY": list]
        #expect(try (Proxy.leading(to: Endpoint(endpoint), environment: environment) == nil) == isListed)
    }

    @Test(
        "what is no proxy is refused by the variable's name, without its secrets",
        arguments: [
            ("https_proxy=https://me:hunter2@proxy:3128", "cannot be reached by \"https\""),
            ("https_proxy=http://me:hunter2@", "is not a URL"),
            ("https_proxy=http://me:hunter2@proxy:99999", "no port 99999"),
            ("https_proxy=socks5://me:hunter2@proxy", "with a user name is not supported"),
        ]
    )
    func invalid(_ variables: String, _ reason: String) throws {
        let error = #expect(throws: InputError.self) { try leading(to: "https://api.example.com", variables) }
        let text = String(describing: error)
        #expect(text.contains("https_proxy") && text.contains(reason) && !text.contains("hunter2"), "\(text)")
    }

    @Test("user name and password are in no description")
    func hidden() throws {
        let proxy = try Proxy("http://me:hunter2@proxy:3128")
        var dumped = ""
        dump(proxy, to: &dumped)
        for text in ["\(proxy)", String(reflecting: proxy), dumped] { #expect(!text.contains("hunter2")) }
    }

    private func leading(to endpoint: String, _ variables: String) throws -> Proxy? {
        let pairs = variables.split(separator: " ").map { $0.split(separator: "=", omittingEmptySubsequences: false) }
        let environment = Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) })
        return try Proxy.leading(to: Endpoint(endpoint), environment: environment)
    }
}
