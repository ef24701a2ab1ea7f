// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphReading
import GlyphTypeset

extension AskCommand {
    /// Refuses what a model that was trained for Glyph was not trained for.
    func check(_ card: ReadingCard?) throws {
        guard let card else { return }
        try render.check(card)
        if strategy == .whole { try card.check(.allPages, at: "--strategy whole", remedy: ReadingCard.otherReader) }
        if let task = answer.task { try card.check(.task(task), at: "--task \(task)", remedy: ReadingCard.otherReader) }
        if let schema = answer.schema {
            try card.check(.json, at: "--schema \(schema)", remedy: ReadingCard.otherReader)
        }
    }
}

extension RenderOptions {
    /// Refuses a preset whose pages a model was not trained on; an unknown one is refused elsewhere.
    func check(_ card: ReadingCard) throws {
        guard let preset, Preset(rawValue: preset) != nil else { return }
        try card.check(.preset(preset), at: "--preset \(preset)", remedy: ReadingCard.otherReader)
    }
}

extension ReadingCard {
    fileprivate static let otherReader = "Leave it out, or name another reader with --endpoint"
}
