// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTestSupport
import Testing

@testable import GlyphReading

@Suite struct JSONAnswerTests {
    private func problem(_ json: String, _ schema: String) throws -> String? {
        let schema = try JSONSchema(schema, source: "schema")
        do {
            _ = try JSONAnswer(reply: json, schema: schema)
            return nil
        } catch let fault as InputError {
            return fault.problem
        }
    }

    @Test("JSON is taken out of blocks and talk, and numbers and strings stay as they were written")
    func extraction() throws {
        #expect(
            try JSONAnswer(reply: "Sure!\n```json\n{ \"a\" : [ 1.50, \"b \\\" c\" ] }\n```\nDone {x}").text
                == #"{"a":[1.50,"b \" c"]}"#
        )
        #expect(try JSONAnswer(reply: "Here: [1, 12345678901234567890]. Bye").text == "[1,12345678901234567890]")
        #expect(try JSONAnswer(reply: "\"only a string\"").text == "\"only a string\"")
        for reply in ["", "no JSON", "{\"a\": }", "{\"a\": 1", "} {"] {
            #expect(throws: InputError.self) { try JSONAnswer(reply: reply) }
        }
    }

    @Test("Types, properties, required, items, enum and bounds are checked, with the place of what is wrong")
    func validation() throws {
        let schema = """
            {"type": "object", "required": ["name", "tags"], "additionalProperties": false, "properties": {
                "name": {"type": "string", "minLength": 2}, "kind": {"enum": ["a", 1, null, {"x": [1]}]},
                "age": {"type": ["integer", "null"], "minimum": 0},
                "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2}}}
            """
        let cases: [(String, String?)] = [
            (#"{"name": "ab", "tags": []}"#, nil),
            (#"{"name": "ab", "tags": ["x"], "age": null, "kind": {"x": [1]}}"#, nil),
            (#"[]"#, "$: an array of 0 is not of type object"),
            (#"{"tags": []}"#, "$: \"name\" is missing"),
            (#"{"name": 1, "tags": []}"#, "$.name: 1 is not of type string"),
            (#"{"name": "é", "tags": []}"#, "$.name: \"é\" breaks minLength 2"),
            (#"{"name": "ab", "tags": ["x", 2]}"#, "$.tags[1]: 2 is not of type string"),
            (#"{"name": "ab", "tags": ["x", "y", "z"]}"#, "$.tags: an array of 3 breaks maxItems 2"),
            (#"{"name": "ab", "tags": [], "age": 1.5}"#, "$.age: 1.5 is not of type integer or null"),
            (#"{"name": "ab", "tags": [], "age": -1}"#, "$.age: -1 breaks minimum 0"),
            (
                #"{"name": "ab", "tags": [], "kind": {"x": [2]}}"#,
                "$.kind: an object of 1 is none of \"a\", 1, null, an object of 1"
            ),
            (#"{"name": "ab", "tags": [], "other": 1}"#, "$: \"other\" is not expected"),
            (#"{"name": "ab", "name": "cd", "tags": []}"#, "$: a property is there twice"),
        ]
        for (json, expected) in cases { #expect(try problem(json, schema) == expected) }
        #expect(try problem("[1]", #"{"items": false}"#) == "$[0]: nothing may stand here")
    }

    @Test("A schema that cannot be checked is refused instead of half checked")
    func schemas() {
        for schema in [
            #"{"pattern": "a"}"#, #"{"type": "text"}"#, #"{"properties": {"a": {"anyOf": []}}}"#, #"{"required": "a"}"#,
            #"{"enum": []}"#, #"{"additionalProperties": {}}"#, "3", "{",
        ] {
            #expect(throws: InputError.self) { try JSONSchema(schema, source: "s") }
        }
        #expect(throws: Never.self) {
            try JSONSchema(#"{"title": "T", "description": "D", "items": true}"#, source: "s")
        }
    }

    @Test("Triples become Graphviz's language with nothing left unquoted, and equal ones are drawn once")
    func dot() throws {
        let json =
            #"{"triples": [{"subject": "A \"x\" \\N", "relation": "knows\nwell", "object": "乙"}, "#
            + #"{"subject": "A \"x\" \\N", "relation": "knows\nwell", "object": "乙"}]}"#
        let graph = try RelationGraph(JSONAnswer(reply: json))
        #expect(graph.triples.count == 2)
        #expect(graph.dot.contains(#"  "A \"x\" \\N" -> "乙" [label="knows well"];"#))
        #expect(graph.dot.components(separatedBy: "->").count == 2)
        for broken in [#"{"triples": 1}"#, #"{"triples": [{"subject": "a", "relation": 1, "object": "b"}]}"#, "[]"] {
            #expect(throws: InputError.self) { try RelationGraph(JSONAnswer(reply: broken)) }
        }
    }

    @Test("Without dot the error says what to install; with a dot that fails nothing is left behind")
    func drawing() async throws {
        try await withFolder { folder in
            do {
                try await Self.graph().drawSVG(to: folder + "/g.svg", searchPath: folder)
                Issue.record("drawn without dot")
            } catch let fault as InputError {
                #expect(fault.description.contains("apt-get install graphviz"))
            }
            try Self.fakeDot("echo half >\"$3\"\nexit 1", in: folder)
            await #expect(throws: InputError.self) {
                try await Self.graph().drawSVG(to: folder + "/g.svg", searchPath: folder)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["dot"])
            try Self.fakeDot("[ \"$1\" = -Tsvg ] && cp \"$4\" \"$3\"", in: folder)
            try await Self.graph().drawSVG(to: folder + "/g.svg", searchPath: folder)
            #expect(try String(contentsOfFile: folder + "/g.svg", encoding: .utf8) == Self.graph().dot)
        }
    }

    @Test("A dot that takes too long, or that nobody waits for any more, has ended and leaves nothing half written")
    func drawingEnded() async throws {
        try await withFolder { folder in
            // Deaf to a request to end.
            let script = "trap '' TERM\necho half >\"$3\"\necho $$ >\"$0.pid\"\nexec sleep 600"
            try Self.fakeDot(script, in: folder)
            let start = ContinuousClock.now
            await #expect(throws: InputError.self) {
                try await Self.graph().drawSVG(
                    to: folder + "/g.svg",
                    searchPath: folder,
                    within: .milliseconds(500)
                )
            }
            try Self.expectEnd(in: folder)
            let drawing = Task { try await Self.graph().drawSVG(to: folder + "/g.svg", searchPath: folder) }
            let number = folder + "/dot.pid"
            while !FileManager.default.fileExists(atPath: number), ContinuousClock.now - start < .seconds(60) {
                try await Task.sleep(for: .milliseconds(10))
            }
            drawing.cancel()
            await #expect(throws: CancellationError.self) { try await drawing.value }
            try Self.expectEnd(in: folder)
            #expect(ContinuousClock.now - start < .seconds(300))
        }
    }

    /// Checks that the dot that told its number has ended, and forgets it.
    private static func expectEnd(in folder: String) throws {
        if let text = try? String(contentsOfFile: folder + "/dot.pid", encoding: .utf8), let pid = Int32(text.trimmed) {
            #expect(kill(pid, 0) != 0)
            try FileManager.default.removeItem(atPath: folder + "/dot.pid")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["dot"])
    }

    private static func graph() throws -> RelationGraph {
        try RelationGraph(JSONAnswer(reply: #"{"triples": [{"subject": "a", "relation": "b", "object": "c"}]}"#))
    }

    private static func fakeDot(_ script: String, in folder: String) throws {
        let path = folder + "/dot"
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "glyph-svg-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }
}
