// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphReading
import GlyphTypeset

extension AskCommand {
    /// Refuses what a model that was trained for Glyph was not trained for: it would answer all the same, and wrongly.
    func check(_ card: ReadingCard?) throws {
        guard let card else { return }
        try render.check(card)
        if strategy == .whole {
            throw InputError(
                at: "--strategy whole",
                "this model reads \(Summary.counted(card.window, "page")) at a time",
                expected: "windowed or auto",
                remedy: ReadingCard.otherReader
            )
        }
        guard card.quote != nil else { return }
        if let task = answer.task, task != TaskLibrary.transcription {
            throw InputError(
                at: "--task \(task)",
                "this model answers with words of the text, and knows no task but writing pages down",
                expected: "a question, or --task \(TaskLibrary.transcription)",
                remedy: ReadingCard.otherReader
            )
        }
        if let schema = answer.schema {
            throw InputError(
                at: "--schema \(schema)",
                "this model answers with words of the text and not with JSON",
                remedy: ReadingCard.otherReader
            )
        }
    }
}

extension RenderOptions {
    /// Refuses a preset whose pages a model was not trained on; an unknown one is refused elsewhere.
    func check(_ card: ReadingCard) throws {
        guard let preset, preset != card.preset, Preset(rawValue: preset) != nil else { return }
        throw InputError(
            at: "--preset \(preset)",
            "this model was trained on pages of the preset \(card.preset) and no others",
            expected: card.preset,
            remedy: ReadingCard.otherReader
        )
    }
}

extension ReadingCard {
    fileprivate static let otherReader = "Leave it out, or name another reader with --endpoint"
}
