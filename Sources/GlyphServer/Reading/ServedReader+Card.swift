// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphReading
import GlyphTypeset

/// What a model that was trained for Glyph can be asked.
extension ServedReader {
    private static let remedy = "Leave it out, or ask a service with another reader"

    /// Refuses an order that the model was not trained for.
    ///
    /// - Throws: `InputError` that names the field.
    func check(_ order: ReadingOrder) throws {
        try check(order.look, order.division)
        if order.task == nil { try card?.check(.question(order.question), at: "question", remedy: nil) }
        if let task = order.task { try card?.check(.task(task), at: "task", remedy: Self.remedy) }
    }

    /// Refuses pages, or a way to read them, that the model was not trained for.
    ///
    /// - Parameters:
    ///   - look: How pages shall look.
    ///   - division: How they are read.
    ///   - parent: What stands before the names of the fields.
    /// - Throws: `InputError` that names the field.
    func check(_ look: Look, _ division: Division, in parent: String = "") throws {
        guard let card else { return }
        if let preset = look.preset { try card.check(.preset(preset), at: parent + "preset", remedy: Self.remedy) }
        try card.check(.look(look.config), at: parent + "render", remedy: Self.remedy)
        for (field, isGiven) in [("fit", look.fits), ("budget", look.budget != nil)] where isGiven {
            try card.check(.fittedPages, at: parent + field, remedy: Self.remedy)
        }
        if let window = division.window { try card.check(.window(window), at: parent + "window", remedy: Self.remedy) }
        if division.combination == .notes { try card.check(.notes, at: parent + "combine", remedy: Self.remedy) }
        if division.strategy == .focus, card.namedPreset != nil {
            try card.check(.look(FocusLook.coarse(look.config)), at: parent + "strategy", remedy: Self.remedy)
        }
        if division.strategy == .whole { try card.check(.allPages, at: parent + "strategy", remedy: Self.remedy) }
    }
}

/// What a reader with a card takes, so that pages of the web offer nothing else.
struct CardOffer: Encodable {
    var preset: String
    var window: Int
    var tasks: [String]
    var strategies: [String]
    /// The keys of a look that may differ from the preset's.
    var render: [String]
}

extension ServedReader {
    /// Nothing for a reader without a card.
    var cardOffer: CardOffer? {
        get throws {
            guard let card else { return nil }
            func takes(_ demand: ReadingCard.Demand) -> Bool { (try? card.check(demand, at: "", remedy: nil)) != nil }
            return CardOffer(
                preset: card.preset,
                window: card.window,
                tasks: try TaskLibrary.all(.english).map(\.name).filter { takes(.task($0)) },
                strategies: [Division.Strategy.auto, .windowed].map(\.rawValue),
                render: ReadingCard.freeKeys.map(\.rawValue)
            )
        }
    }
}
