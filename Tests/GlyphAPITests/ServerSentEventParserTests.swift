// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import Testing

@Suite struct ServerSentEventParserTests {
    typealias Event = ServerSentEvents.Event

    /// Everything the format allows at once: mark, comments, all line ends, several lines, names, ids, UTF-8 of 1–4 bytes.
    static let stream = """
        \u{FEFF}: hello\r\n\r\ndata: one\n\ndata:two\r\rdata: a\r\ndata: b\r\n\r\nevent: ping\ndata\n\n\
        id: 7\ndata: é漢🙂\nretry: 10\nunknown: x\n\n:\n\ndata:  kept space\r\n\r\ndata: [DONE]\n\n
        """
    static let events = [
        Event(data: "one"), Event(data: "two"), Event(data: "a\nb"), Event(name: "ping", data: ""),
        Event(data: "é漢🙂", id: "7"), Event(data: " kept space", id: "7"), Event(data: "[DONE]", id: "7"),
    ]

    private func parse(_ pieces: [ArraySlice<UInt8>]) throws -> [Event] {
        var parser = ServerSentEvents.Parser()
        var events: [Event] = []
        for piece in pieces { events += try parser.push(piece) }
        if let last = parser.finish() { events.append(last) }
        return events
    }

    @Test("a stream gives the same events wherever it is cut in two, even inside a character")
    func everyCut() throws {
        let bytes = Array(Self.stream.utf8)
        for cut in 0...bytes.count {
            #expect(try parse([bytes[..<cut], bytes[cut...]]) == Self.events, "cut at byte \(cut)")
        }
    }

    @Test("a stream gives the same events byte by byte and in every chunk size")
    func everyChunkSize() throws {
        let bytes = Array(Self.stream.utf8)
        for size in 1...40 {
            let chunks = stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
            #expect(try parse(chunks) == Self.events, "chunks of \(size)")
        }
    }

    @Test("every line end means the same", arguments: ["\n", "\r", "\r\n"])
    func lineEnds(_ end: String) throws {
        let text = ["data: a", "data: b", "", "data: c", "", ""].joined(separator: end)
        #expect(try parse([Array(text.utf8)[...]]) == [Event(data: "a\nb"), Event(data: "c")])
    }

    @Test("the byte order mark is only skipped at the very start")
    func byteOrderMark() throws {
        let text = "data: a\n\n\u{FEFF}data: b\n\n"
        #expect(try parse([Array(text.utf8)[...]]) == [Event(data: "a")])
    }

    @Test("a last event without its blank line counts, a last line without its end does not")
    func endOfStream() throws {
        #expect(try parse([Array("data: a\n".utf8)[...]]) == [Event(data: "a")])
        #expect(try parse([Array("data: a\n\ndata: {\"cut".utf8)[...]]) == [Event(data: "a")])
    }

    @Test("an event that never ends is an error, in one line or in many")
    func bounded() throws {
        var one = ServerSentEvents.Parser(maximumEventBytes: 100)
        #expect(throws: InputError.self) { _ = try one.push(Array(repeating: UInt8(ascii: "x"), count: 101)) }
        var many = ServerSentEvents.Parser(maximumEventBytes: 100)
        #expect(throws: InputError.self) {
            for _ in 0..<40 { _ = try many.push(Array("data: 12345\n".utf8)) }
        }
        var fine = ServerSentEvents.Parser(maximumEventBytes: 100)
        for _ in 0..<40 { #expect(try fine.push(Array("data: 12345\n\n".utf8)).count == 1) }
    }

    @Test("what the encoder writes, the parser reads back")
    func roundTrip() throws {
        let events = [
            Event(data: ""), Event(data: "a\n\nb\n"), Event(name: "done", data: "{}", id: "3"),
            Event(data: "x", id: "3"),
        ]
        let bytes = events.flatMap(ServerSentEvents.encode)
        #expect(try parse([bytes[...]]) == events)
        #expect(try parse([ServerSentEvents.encodeComment("a\r\nb\n\n")[...]]).isEmpty)
    }
}
