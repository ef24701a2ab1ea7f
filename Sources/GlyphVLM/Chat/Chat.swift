// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A conversation, as far as the model needs it.
public struct Chat: Sendable, Equatable {
    public enum Role: String, Sendable {
        case system, user, assistant
    }

    /// A piece of a message.
    public enum Part: Sendable, Equatable {
        case text(String)
        /// The next image of the conversation, by the grid that ``ImageProcessor/grid(width:height:)`` gives it.
        case image(ImageGrid)
    }

    public struct Message: Sendable, Equatable {
        public var role: Role
        public var parts: [Part]

        public init(_ role: Role, _ parts: [Part]) {
            self.role = role
            self.parts = parts
        }

        public init(_ role: Role, _ text: String) {
            self.init(role, [.text(text)])
        }
    }

    public var messages: [Message]
    /// Whether the model may think before it answers; without it the prompt says `/nothink` and an empty thought.
    public var allowsThinking: Bool
    /// Whether the prompt ends with the start of the model's turn.
    public var startsAnswer: Bool

    public init(_ messages: [Message], allowsThinking: Bool = true, startsAnswer: Bool = true) {
        self.messages = messages
        self.allowsThinking = allowsThinking
        self.startsAnswer = startsAnswer
    }
}
