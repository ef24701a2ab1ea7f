// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Server-sent events, the framing of streamed answers (WHATWG HTML, section 9.2).
public enum ServerSentEvents {
    /// One event.
    public struct Event: Sendable, Equatable {
        /// The event's type; nil is the default, `message`.
        public var name: String?
        /// The payload; lines are joined with `\n`.
        public var data: String
        /// The last `id` seen in the stream.
        public var id: String?

        public init(name: String? = nil, data: String, id: String? = nil) {
            self.name = name
            self.data = data
            self.id = id
        }
    }

    /// The payload that ends an OpenAI stream.
    public static let done = "[DONE]"

    /// Writes one event; each line of its data gets a `data:` field of its own.
    ///
    /// `\r\n` and `\r` inside the data are read back as `\n`: the format cannot carry them. JSON never contains them.
    public static func encode(_ event: Event) -> [UInt8] {
        var text = ""
        if let name = event.name { text += "event: \(name)\n" }
        if let id = event.id { text += "id: \(id)\n" }
        for line in event.data.split(omittingEmptySubsequences: false, whereSeparator: \.isEventLineEnd) {
            text += "data: \(line)\n"
        }
        return Array((text + "\n").utf8)
    }

    /// A comment, which readers skip: keeps an idle connection open through proxies while a long prompt is read.
    public static func encodeComment(_ text: String) -> [UInt8] {
        Array((": " + text.map { $0.isEventLineEnd ? " " : String($0) }.joined() + "\n\n").utf8)
    }
}

extension Character {
    /// Swift sees `\r\n` as one character, as the format does.
    fileprivate var isEventLineEnd: Bool { self == "\n" || self == "\r" || self == "\r\n" }
}
