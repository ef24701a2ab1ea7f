// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphDocuments
import GlyphPage
import Testing

@Suite("Joined documents")
struct JoinedDocumentTests {
    private func document(_ name: String, _ text: String) -> Document {
        Document(name: name, text: SourceText(text))
    }

    @Test("Inputs stand in order under their names, and every part's range is its own text")
    func joining() throws {
        let joined = try Document(joining: [document("a.txt", "one\n"), document("b.md", "two")])
        #expect(joined.string == "==> a.txt <==\none\n\n==> b.md <==\ntwo")
        #expect(joined.name == "a.txt and 1 more")
        let texts = joined.parts.map { part in
            String(decoding: joined.text.utf8[part.source.lowerBound..<part.source.upperBound], as: UTF8.self)
        }
        #expect(texts == ["one\n", "two"])
    }

    @Test("One input is itself, without a name above it")
    func single() throws {
        #expect(try Document(joining: [document("a.txt", "one")]).string == "one")
    }

    @Test("Joined documents can be joined again with their parts intact")
    func nested() throws {
        let inner = try Document(joining: [document("a", "1"), document("b", "2")])
        let outer = try Document(joining: [document("c", "3"), inner])
        #expect(outer.parts.map(\.name) == ["c", "a", "b"])
        let last = try #require(outer.parts.last).source
        #expect(outer.text.utf8[last.lowerBound] == UInt8(ascii: "2"))
    }
}
