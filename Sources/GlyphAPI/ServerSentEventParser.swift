// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension ServerSentEvents {
    /// Turns bytes into events, wherever the network happened to cut them.
    ///
    /// A pure state machine: no sockets, no time. Lines are collected as bytes and decoded whole, so a cut inside a
    /// UTF-8 sequence or between `\r` and `\n` changes nothing.
    public struct Parser: Sendable {
        /// The most bytes that one unfinished event may hold.
        public let maximumEventBytes: Int

        private var line: [UInt8] = []
        private var data: [String] = []
        private var dataBytes = 0
        private var name: String?
        private var id: String?
        private var skipsLineFeed = false
        private var isFirstLine = true

        /// - Parameter maximumEventBytes: A server that never ends an event must not fill the memory; the default, 1 MiB,
        ///   is a thousand times what a token needs.
        public init(maximumEventBytes: Int = 1 << 20) {
            self.maximumEventBytes = maximumEventBytes
        }

        /// Takes the next bytes and returns the events they complete.
        ///
        /// - Throws: `InputError` when an event grows beyond `maximumEventBytes`; the stream cannot be resumed after it.
        public mutating func push(_ bytes: some Sequence<UInt8>) throws -> [Event] {
            var events: [Event] = []
            for byte in bytes {
                if skipsLineFeed {
                    skipsLineFeed = false
                    if byte == UInt8(ascii: "\n") { continue }
                }
                switch byte {
                case UInt8(ascii: "\r"):
                    skipsLineFeed = true
                    endLine(&events)
                case UInt8(ascii: "\n"):
                    endLine(&events)
                default:
                    line.append(byte)
                    guard line.count + dataBytes <= maximumEventBytes else {
                        throw InputError(
                            at: "event stream",
                            "one event is longer than \(maximumEventBytes) bytes",
                            remedy: "The server does not speak server-sent events as OpenAI does."
                        )
                    }
                }
            }
            return events
        }

        /// Returns the event that only lacks its closing blank line, if there is one.
        ///
        /// The standard drops it. Servers that close right after `data: [DONE]\n` are common enough to accept it; a
        /// line cut before its end is still dropped, since nobody can tell what is missing.
        public mutating func finish() -> Event? {
            line = []
            return takeEvent()
        }

        private mutating func endLine(_ events: inout [Event]) {
            if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }  // byte order mark
            isFirstLine = false
            if line.isEmpty {
                if let event = takeEvent() { events.append(event) }
            } else {
                takeField()
            }
            line.removeAll(keepingCapacity: true)
        }

        private mutating func takeField() {
            let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
            var value = line[colon...].dropFirst()
            if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
            switch String(decoding: line[..<colon], as: UTF8.self) {
            case "data":
                data.append(String(decoding: value, as: UTF8.self))
                dataBytes += value.count + 1
            case "event":
                name = String(decoding: value, as: UTF8.self)
            case "id" where !value.contains(0):
                id = String(decoding: value, as: UTF8.self)
            default:
                break  // comments (empty name), `retry` and unknown fields are skipped, as the standard says
            }
        }

        private mutating func takeEvent() -> Event? {
            defer {
                data = []
                dataBytes = 0
                name = nil
            }
            guard !data.isEmpty else { return nil }
            return Event(name: name, data: data.joined(separator: "\n"), id: id)
        }
    }
}
