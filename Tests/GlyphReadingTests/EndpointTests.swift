// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphReading

@Suite struct EndpointTests {
    @Test(
        "an address is understood however it was written",
        arguments: [
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
            (" http://127.0.0.1:8000/ \n", "http://127.0.0.1:8000/v1"),
            ("HTTPS://api.example.com/v1/", "https://api.example.com/v1"),
            ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1"),
            ("https://api.example.com/v1/models", "https://api.example.com/v1"),
            ("http://host/chat/completions", "http://host/v1"),
            ("https://example.com/api/paas/v4", "https://example.com/api/paas/v4"),
            ("http://[::1]:8000", "http://[::1]:8000/v1"),
            ("unix:///run/a b.sock", "http+unix://%2Frun%2Fa%20b.sock/v1"),
            ("http+unix:///run/a.sock", "http+unix://%2Frun%2Fa.sock/v1"),
            ("http+unix://%2Frun%2Fa.sock", "http+unix://%2Frun%2Fa.sock/v1"),
            ("http+unix://%2Frun%2Fa.sock/v2/chat/completions", "http+unix://%2Frun%2Fa.sock/v2"),
        ]
    )
    func accepted(_ text: String, _ base: String) throws {
        #expect(try Endpoint(text).base == base)
    }

    @Test(
        "what is not an address is refused with the reason",
        arguments: [
            ("localhost:8000", "no scheme"),
            ("", "no scheme"),
            ("ftp://host", "unknown scheme \"ftp\""),
            ("http://", "is not a URL"),
            ("http://host:99999", "no port 99999"),
            ("http://ho st", "is not a URL"),
            ("unix://run/a.sock", "not absolute"),
            ("http+unix://%2", "not percent-encoded"),
            ("unix:///" + String(repeating: "x", count: 107), "108 bytes long"),
        ]
    )
    func refused(_ text: String, _ reason: String) throws {
        let error = #expect(throws: InputError.self) { try Endpoint(text) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test(
        "a secret in an address is refused without being repeated",
        arguments: ["https://me:hunter2@host/v1", "https://host/v1?key=hunter2", "me:hunter2@host", "host?key=hunter2"]
    )
    func secrets(_ text: String) throws {
        let error = #expect(throws: InputError.self) { try Endpoint(text) }
        #expect(error?.description.contains("hunter2") == false)
    }
}

@Suite struct APIKeyTests {
    @Test("a key hides in every description")
    func hidden() throws {
        let key = try APIKey(" \(Samples.key)\n")
        var dumped = ""
        dump(key, to: &dumped)
        let configuration = EndpointReader.Configuration(
            endpoint: try Endpoint("http://host"),
            key: key,
            retries: RetryPolicy(seed: 1)
        )
        for text in ["\(key)", String(reflecting: key), dumped, "\(configuration)", String(reflecting: configuration)] {
            #expect(!text.contains(Samples.key))
        }
        #expect(key.redacted(in: "a \(Samples.key), \(Samples.key)") == "a [key], [key]")
    }

    @Test("a key with a line break, a space or nothing in it is refused without being repeated")
    func refused() throws {
        for text in ["", " \n", "sk-secret\nX-Header: 1", "sk secret", "sk-sécret"] {
            let error = #expect(throws: InputError.self) { try APIKey(text) }
            #expect(error?.description.contains("cret") == false)
        }
    }
}
