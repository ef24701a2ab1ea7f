// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What a `FaultServer` does with one request.
package struct FaultResponse: Sendable {
    /// One step after the head was sent.
    package enum Step: Sendable {
        /// Sends bytes, as one chunk of the body.
        case send(String)
        /// Does nothing for a while.
        case wait(Duration)
        /// Sends nothing more and keeps the connection open.
        case stall
        /// Closes the connection as if that were the end, without the body's end.
        case close
        /// Closes the connection with a TCP reset.
        case reset
    }

    /// The status line's number; nil sends no head at all.
    package var status: Int?
    package var headers: [(name: String, value: String)]
    package var steps: [Step]
    /// Answers as soon as the request's head is in, and leaves its body unread.
    package var ignoresBody = false

    package init(status: Int?, headers: [(name: String, value: String)] = [], steps: [Step]) {
        self.status = status
        self.headers = headers
        self.steps = steps
    }

    /// A JSON body.
    package static func json(
        _ body: String,
        status: Int = 200,
        headers: [(name: String, value: String)] = []
    ) -> Self {
        Self(status: status, headers: [("Content-Type", "application/json")] + headers, steps: [.send(body)])
    }

    /// A stream of server-sent events; steps that send are sent as they are.
    package static func events(_ steps: [Step]) -> Self {
        Self(status: 200, headers: [("Content-Type", "text/event-stream; charset=utf-8")], steps: steps)
    }

    /// A complete streamed answer, one event per piece, with a finish reason, usage and `[DONE]`.
    package static func answer(_ pieces: String...) -> Self {
        events(
            pieces.map { .send(delta($0)) }
                + [
                    .send(#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n"),
                    .send(#"data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}"# + "\n\n"),
                    .send("data: [DONE]\n\n"),
                ]
        )
    }

    /// One event with a piece of an answer; the text must need no escaping in JSON.
    package static func delta(_ text: String) -> String {
        #"data: {"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# + "\n\n"
    }

    /// Neither head nor body: just the end of the connection.
    package static func hangUp(_ step: Step) -> Self {
        Self(status: nil, steps: [step])
    }
}
