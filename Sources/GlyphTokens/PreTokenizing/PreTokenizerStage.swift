// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// One step that cuts text into pieces; a tokenizer runs each step on the pieces of the one before.
enum PreTokenizerStage: Sendable, Equatable {
    /// What happens to the text that a pattern matches.
    enum Behavior: String, Sendable {
        /// Matches and the text between them are all pieces.
        case isolated = "Isolated"
        /// Only the text between matches is kept.
        case removed = "Removed"
    }

    /// A known word pattern; `spelling` is kept for export.
    case words(SplitRule, spelling: String)
    /// Any other regular expression, matched by Swift's engine.
    case pattern(String, Behavior, inverted: Bool)
    /// A fixed string.
    case literal(String, Behavior, inverted: Bool)
    /// Numbers stand apart, as runs or one by one.
    case digits(individual: Bool)
    /// A space is put before a piece that has none.
    case spaceBefore
}
