// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphReading

/// Lets the words of an answer pass as they come, and keeps the list of quotations behind them.
///
/// What may still turn out to be the list's heading is held back until it is certain, with the line ends before it.
struct QuoteGate {
    private var line = ""
    private var held = ""
    private var isShut = false

    /// What can be shown of the answer now.
    mutating func next(_ piece: String) -> String {
        var shown = ""
        for character in piece where !isShut {
            held.append(character)
            if character.isNewline {
                isShut = CitedAnswer.isHeading(line[...])
                line = ""
            } else {
                line.append(character)
                guard !CitedAnswer.mayBecomeHeading(line[...]) else { continue }
                shown += held
                held = ""
            }
        }
        if isShut { held = "" }
        return shown
    }

    /// What is left of the answer at its end.
    mutating func finish() -> String {
        defer { held = "" }
        return isShut || CitedAnswer.isHeading(line[...]) ? "" : held
    }
}
