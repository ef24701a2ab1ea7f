// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphDocuments

@Suite("Positions in sources")
struct SourceMapTests {
    @Test("An offset is found as part, line and column, columns in code points")
    func positions() throws {
        let joined = try Document(
            joining: [
                Document(name: "a", text: SourceText("x\né中z\r\nend"), kind: .prose),
                Document(name: "b", text: SourceText("q\rr"), kind: .prose),
            ])
        let map = SourceMap(joined)
        let text = joined.string
        func position(_ needle: String) -> String? {
            text.range(of: needle).flatMap {
                map.position(of: text.utf8.distance(from: text.startIndex, to: $0.lowerBound))
            }?
            .description
        }
        #expect(position("x") == "a:1:1")
        #expect(position("z") == "a:2:3")
        #expect(position("end") == "a:3:1")
        #expect(position("==> b") == "a:3:4")
        #expect(position("q") == "b:1:1")
        #expect(map.position(of: text.utf8.count - 1)?.description == "b:2:1")
        #expect(map.position(of: text.utf8.count)?.description == "b:2:2")
        #expect(map.position(of: -1) == nil && map.position(of: text.utf8.count + 1) == nil)
    }

    @Test("Long texts give the same positions as counting from the start")
    func longText() {
        let text = (1...20_000).map { "line number \($0)\n" }.joined()
        let document = Document(name: "long", text: SourceText(text), kind: .prose)
        let map = SourceMap(document)
        var (line, column) = (1, 1)
        for (offset, byte) in text.utf8.enumerated() {
            if offset % 997 == 0 || offset % (1 << 14) < 2 {
                #expect(map.position(of: offset) == SourcePosition(part: "long", line: line, column: column))
            }
            column += 1
            if byte == 0x0A { (line, column) = (line + 1, 1) }
        }
    }

    @Test("An empty document's only position is its start")
    func empty() {
        let map = SourceMap(Document(name: "e", text: SourceText(""), kind: .prose))
        #expect(map.position(of: 0)?.description == "e:1:1")
    }
}
