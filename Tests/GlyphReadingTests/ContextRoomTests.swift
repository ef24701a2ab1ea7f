// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphTestSupport
import Testing

@testable import GlyphReading

@Suite struct ContextRoomTests {
    @Test("A prompt fits with its answer or not at all, and windows take as many pages as fit")
    func room() {
        let room = ContextRoom(limit: 1000, answer: 100)
        #expect(room.holds(900))
        #expect(!room.holds(901))
        #expect(room.window(ofPages: 20, costing: 4000, beside: 100) == 4)
        #expect(room.window(ofPages: 20, costing: 400, beside: 0) == 20)
        #expect(room.window(ofPages: 20, costing: 40_000, beside: 0) == 1)
        #expect(room.window(ofPages: 20, costing: 4000, beside: 5000) == 1)
    }

    @Test("A server's list of models tells the length of the one that is used, and silence is no failure")
    func server() async throws {
        let list = #"{"data": [{"id": "a", "max_model_len": 4096}, {"id": "b"}]}"#
        let one = #"{"data": [{"id": "a", "max_model_len": 8192}]}"#
        let answers: [FaultResponse] = [
            .json(list), .json(list), .json(list), .json(one), .json("{}", status: 404), .json("no JSON"),
        ]
        try await FaultServer.run(answers) { server in
            var lengths: [Int?] = []
            for model in ["a", "b", nil, nil, "a", "a"] as [String?] {
                let retries = RetryPolicy(maximumAttempts: 9, seed: 0)
                lengths.append(
                    await ContextLength.of(.init(endpoint: try Endpoint(server.url), model: model, retries: retries))
                )
            }
            #expect(lengths == [4096, nil, nil, 8192, nil, nil])
            #expect(server.requests.count == 6)
        }
    }

    @Test("A model's folder tells its length, in either place where configurations have it")
    func folder() throws {
        let folder = NSTemporaryDirectory() + "glyph-length-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(ContextLength.inModel(folder) == nil)
        for (json, length) in [
            (#"{"text_config": {"max_position_embeddings": 65536}}"#, 65536),
            (#"{"max_position_embeddings": 2048}"#, 2048), (#"{"text_config": {}}"#, nil), ("{", nil),
        ] as [(String, Int?)] {
            try json.write(toFile: folder + "/config.json", atomically: true, encoding: .utf8)
            #expect(ContextLength.inModel(folder) == length)
        }
    }
}
