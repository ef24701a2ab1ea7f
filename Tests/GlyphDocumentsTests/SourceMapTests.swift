// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphDocuments

@Suite("Places in files")
struct SourceMapTests {
    @Test("A byte is found as file, line and byte of the file; what joins files is in none")
    func places() throws {
        let joined = try Document(
            joining: [
                Document(name: "a", text: SourceText("x\né中z\r\nend")),
                Document(name: "b", text: SourceText("q\rr")),
            ])
        let wanted = [
            ("x", "a", 1, 0..<1), ("中", "a", 2, 4..<7), ("z", "a", 2, 7..<8), ("end", "a", 3, 10..<13),
            ("q", "b", 1, 0..<1), ("r", "b", 2, 2..<3),
        ]
        for (piece, file, line, bytes) in wanted {
            let source = SourceRange(bytes.lowerBound, bytes.upperBound)
            let place = Provenance(file: file, lines: line...line, bytes: source)
            #expect(joined.provenance(of: piece) == place, "\(piece)")
        }
        #expect(joined.provenance(of: "==> b") == nil)
    }

    @Test("A range over two files is in both, an empty one at its first byte, and one outside of the text nowhere")
    func ranges() throws {
        let joined = try Document(
            joining: [
                Document(name: "a", text: SourceText("x\ny")), Document(name: "b", text: SourceText("q\rr")),
            ])
        let (map, end) = (SourceMap(joined), joined.text.utf8.count)
        func places(_ low: Int, _ high: Int) -> [String] {
            map.provenance(of: SourceRange(low, high)).map(\.description)
        }
        #expect(places(0, end) == ["a:1-2", "b:1-2"])
        #expect(places(end - 1, end - 1) == ["b:2"])
        for outside in [-1, end, end + 1] { #expect(places(outside, outside).isEmpty, "\(outside)") }
    }

    @Test("Bytes of long texts are found where counting from the start finds them", arguments: ["\n", "\r\n"])
    func longText(lineEnd: String) throws {
        let file = (1...20_000).map { "line number \($0)\(lineEnd)" }.joined()
        let document = try DocumentReader().read([(name: "long", bytes: Array(file.utf8))])
        let map = SourceMap(document)
        var line = 1
        for (offset, byte) in document.text.utf8.enumerated() {
            if offset % 997 == 0 || offset % (1 << 14) < 2 {
                // Every line before has lost a `\r`.
                let start = offset + (line - 1) * (lineEnd.utf8.count - 1)
                let place = Provenance(file: "long", lines: line...line, bytes: SourceRange(start, start + 1))
                #expect(map.provenance(of: SourceRange(offset, offset + 1)) == [place])
            }
            if byte == 0x0A { line += 1 }
        }
    }

    @Test("An empty document has no place")
    func empty() {
        #expect(SourceMap(Document(name: "e", text: SourceText(""))).provenance(of: SourceRange(0, 0)).isEmpty)
    }
}
