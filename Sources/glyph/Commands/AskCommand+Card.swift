// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphDocuments
import GlyphPage
import GlyphReading
import GlyphTypeset

extension AskCommand {
    /// Refuses what a model that was trained for Glyph was not trained for.
    func check(_ card: ReadingCard?) throws {
        guard let card else { return }
        try render.check(card)
        try sizing.check(card)
        if let question { try card.check(.question(question), at: "question", remedy: nil) }
        if strategy == .whole { try card.check(.allPages, at: "--strategy whole", remedy: ReadingCard.otherReader) }
        if let window {
            try card.check(.window(window), at: "--window \(window)", remedy: ReadingCard.otherReader)
        }
        if combine == .notes { try card.check(.notes, at: "--combine notes", remedy: ReadingCard.otherReader) }
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

extension Job {
    /// Refuses pages that a model was not trained on, whichever settings make them; call it when they are settled.
    func check(_ card: ReadingCard?) throws {
        guard let card else { return }
        try card.check(.look(config), at: "page settings", remedy: ReadingCard.otherReader)
        guard !document.scans.isEmpty else { return }
        let count = Summary.counted(document.scans.count, "page")
        guard document.text.utf8.contains(where: { $0 > 0x20 }) else {
            throw InputError(
                at: document.name,
                "\(count) without text: pictures, which this model was not trained to read",
                expected: "a document with text",
                remedy: "Name another reader with --endpoint"
            )
        }
        Terminal.say("Note: \(count) of pictures left out; this model reads pages of text\n")
    }
}

extension SizingOptions {
    /// Refuses pages whose size depends on the document.
    func check(_ card: ReadingCard) throws {
        for (flag, isGiven) in [("--fit", fit != nil), ("--budget", budget != nil)] where isGiven {
            try card.check(.fittedPages, at: flag, remedy: ReadingCard.otherReader)
        }
    }
}

extension ReadingCard {
    fileprivate static let otherReader = "Leave it out, or name another reader with --endpoint"
}
