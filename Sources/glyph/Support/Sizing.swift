// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphDocuments
import GlyphPage
import GlyphReading
import GlyphTokens
import GlyphTypeset

/// What the pages may cost, and how cost is counted.
struct Sizing: Sendable {
    /// How the page width is chosen: `auto`, or as the configuration says.
    var fit: String?
    /// The most visual tokens for the whole document.
    var budget: Int?
    /// Who reads the pages.
    var reader = "glm-4.1v"
    /// The file of the tokenizer that counts text; the one that ships if there is none.
    var tokenizer: String?

    /// The tokenizer that counts text.
    func textTokenizer() throws -> Tokenizer {
        guard let tokenizer else { return try Tokenizer.standard() }
        do {
            return try Tokenizer(contentsOfFile: tokenizer)
        } catch var fault as InputError {
            fault.remedy = fault.remedy ?? "Give --tokenizer a Hugging Face tokenizer.json, or leave it out"
            throw fault
        }
    }

    /// Refuses keys that are set and that would be chosen otherwise.
    func check(_ look: ConfigSource, _ layout: RenderConfig.Layout) throws {
        let choices: [(flag: String, isGiven: Bool, keys: [ConfigKey])] = [
            ("--fit", fit != nil, [.reflow, .autoCropWidth]),
            ("--budget", budget != nil, [layout == .grid ? .cellSize : .dpi]),
        ]
        for choice in choices where choice.isGiven {
            guard let name = choice.keys.compactMap(look.flag).first else { continue }
            throw InputError(
                at: name,
                "is given together with \(choice.flag), which chooses it",
                expected: "one of the two"
            )
        }
    }

    func family() throws -> ReaderFamily { try .named(reader, at: "--reader") }

    /// Applies `--fit` and `--budget` to a configuration, and says what pictures of pages have to do with them.
    ///
    /// - Parameters:
    ///   - config: how pages of text would look.
    ///   - document: what is drawn.
    ///   - tokenizer: counts text.
    /// - Returns: how they do look.
    /// - Throws: `InputError` for a budget that does not suffice.
    func adjust(_ config: RenderConfig, to document: Document, tokenizer: Tokenizer) throws -> RenderConfig {
        let text = document.text
        var config = config
        if let fit {
            guard fit == "auto" else { throw InputError(at: "--fit", "\"\(fit)\" is unknown", expected: "auto") }
            config = PageFit.fit(config, toTextTokens: tokenizer.count(text.utf8))
            if !document.scans.isEmpty {
                Terminal.say("Note: --fit is about pages of text; --scan-dpi says how large pictures of pages are\n")
            }
        }
        guard let budget else { return config }
        guard budget > 0 else { throw InputError(at: "--budget", "is \(budget)", expected: "a number above 0") }
        let search = TokenBudget(
            limit: budget,
            family: try family(),
            pictures: document.scans.map(\.pixels)
        ) { tokenizer.count($0) }
        let pictureCost = try search.pictureCost
        if pictureCost > 0, pictureCost <= budget {
            let cost = Summary.grouped(pictureCost)
            Terminal.say("Note: pictures of pages take \(cost) of the budget of \(Summary.grouped(budget))\n")
        }
        do {
            let fitted = try search.fit(config, to: text)
            let cells = "cells of \(fitted.cellWidth)×\(fitted.cellHeight) pixels"
            let choice = fitted.layout == .grid ? cells : "\(Summary.decimal(fitted.dpi, 0)) dpi"
            if !text.utf8.isEmpty { Terminal.say("Note: \(choice) for the budget of \(Summary.grouped(budget))\n") }
            return fitted
        } catch var fault as InputError where fault.location == "budget" {
            fault.location = "--budget \(budget)"
            fault.remedy = fault.remedy?.replacing("the preset dense", with: "--preset dense")
            if !document.scans.isEmpty { fault.remedy? += "; --scan-dpi says how large pictures of pages are" }
            throw fault
        }
    }
}
