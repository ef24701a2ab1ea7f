// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphTestSupport
import HTTPTypes
import NIOHTTP1
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct ContractTests {
    @Test("every route is in the document that is served, with every method, and nothing else is")
    func completeness() async throws {
        try await ServiceHarness.run(token: "correct horse") { service in
            // The document is served without a token: it says nothing of what is kept.
            let response = try await service.get("/openapi.json")
            #expect(response.headers.first(name: "Content-Type") == "application/json")
            let json = try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
            let document = try #require(json)
            #expect(document["openapi"] as? String == "3.1.0")
            let paths = try #require(document["paths"] as? [String: [String: Any]])
            let verbs = ["get", "post", "put", "delete"]
            let described = Set(
                paths.flatMap { path, item in item.keys.filter(verbs.contains).map { "\($0) \(path)" } }
            )
            let served = Set(
                Route.allCases.flatMap { route in route.methods.map { "\($0.rawValue.lowercased()) \(route.rawValue)" }
                }
            )
            #expect(described == served)
        }
    }

    @Test("a path finds its route, and its name without escapes")
    func finding() {
        #expect(Route.find("/v1/files")?.route == .files)
        #expect(Route.find("/v1/files/file-1/content")?.route == .fileContent)
        #expect(Route.find("/v1/templates/a%20b%2Fc")?.name == "a b/c")
        for path in ["/v1/models/a/b%20c", "/v1/models/a%2Fb%20c"] {
            #expect(Route.find(path)?.route == .model)
            #expect(Route.find(path)?.name == "a/b c")
        }
        for path in [
            "/v1/files/", "/v1/models/", "/v1/files//content", "/v1/jobs/a/b", "/v1", "v1/files", "/v1/templates/%FF",
        ] {
            #expect(Route.find(path) == nil, "\(path)")
        }
    }
}
