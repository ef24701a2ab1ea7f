// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A conversation, as far as the model needs it.
package struct Chat: Sendable, Equatable {
    package enum Role: String, Sendable {
        case system, user, assistant
    }

    /// A piece of a message.
    package enum Part: Sendable, Equatable {
        case text(String)
        /// The next image of the conversation, by the grid that ``ImageProcessor/grid(width:height:)`` gives it.
        case image(ImageGrid)
    }

    package struct Message: Sendable, Equatable {
        package var role: Role
        package var parts: [Part]

        package init(_ role: Role, _ parts: [Part]) {
            self.role = role
            self.parts = parts
        }

        package init(_ role: Role, _ text: String) {
            self.init(role, [.text(text)])
        }
    }

    package var messages: [Message]
    /// Whether the model may think before it answers; without it the prompt says `/nothink` and an empty thought.
    package var allowsThinking: Bool
    /// Whether the prompt ends with the start of the model's turn.
    package var startsAnswer: Bool

    package init(_ messages: [Message], allowsThinking: Bool = true, startsAnswer: Bool = true) {
        self.messages = messages
        self.allowsThinking = allowsThinking
        self.startsAnswer = startsAnswer
    }
}
