// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphTestSupport
import Testing

@testable import GlyphServer

@Suite(.serialized, .timeLimit(.minutes(2))) struct ModelRouteTests {
    @Test("a model that is listed is told by its name, and every other name does not exist")
    func models() async throws {
        try await ServiceHarness.run(models: ["scripted", "zai-org/GLM 4"]) { service in
            for model in try await service.get("/v1/models").decode(ModelList.self).data {
                let plain = model.id.replacing(" ", with: "%20")
                for path in [plain, plain.replacing("/", with: "%2F")] {
                    let answer = try await service.get("/v1/models/\(path)")
                    #expect(answer.status == 200, "\(path)")
                    #expect(try answer.decode(ModelList.Model.self) == model)
                    #expect(answer.text.contains(#""object":"model""#))
                }
            }
            for (path, name) in [
                ("zai-org/Glyph", "zai-org/Glyph"), ("zai-org%2FGlyph", "zai-org/Glyph"), ("a%", "a%"),
            ] {
                let answer = try await service.get("/v1/models/\(path)")
                #expect(answer.status == 404)
                let error = try answer.error()
                #expect(error.code == "model_not_found")
                #expect(error.message == "The model `\(name)` does not exist")
            }
        }
    }

    @Test("a service without a reader has no models")
    func none() async throws {
        try await ServiceHarness.run(nil) { service in
            let error = try await service.get("/v1/models/glyph").error()
            #expect(error.code == "model_not_found")
        }
    }
}
