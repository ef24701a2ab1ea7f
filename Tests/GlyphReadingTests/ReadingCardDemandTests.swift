// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphReading
import GlyphTypeset
import Testing

@Suite struct ReadingCardDemandTests {
    private static func refusal(_ demand: ReadingCard.Demand, quote: Int?) -> InputError? {
        var card = ReadingCard(preset: "nano", window: 1, absent: "No.", transcribe: "Write it down.")
        card.quote = quote
        do {
            try card.check(demand, at: "here", remedy: "Leave it out")
            return nil
        } catch {
            return error as? InputError
        }
    }

    @Test("A model with a card is not shown all pages, nor pages of another preset")
    func pages() {
        #expect(Self.refusal(.allPages, quote: nil)?.description.hasPrefix("here: this model reads 1 page at") == true)
        #expect(Self.refusal(.preset("dense"), quote: nil)?.expected == "nano")
        #expect(Self.refusal(.preset("nano"), quote: nil) == nil)
    }

    @Test("Nor more pages at a time than it reads, nor pages that look otherwise, whichever setting makes them")
    func looks() throws {
        #expect(Self.refusal(.window(2), quote: nil)?.expected == "at most 1")
        #expect(Self.refusal(.window(1), quote: nil) == nil)
        #expect(Self.refusal(.fittedPages, quote: nil) != nil)
        #expect(Self.refusal(.question("?"), quote: 9)?.expected == "what you want to know, in words")
        #expect(Self.refusal(.question("x?"), quote: 9) == nil && Self.refusal(.question("?"), quote: nil) == nil)
        var config = try Preset.nano.configuration()
        (config.reflow, config.imageFormat) = (.off, .rgb)
        #expect(Self.refusal(.look(config), quote: 9) == nil)
        config.dpi = 96
        #expect(Self.refusal(.look(config), quote: 9)?.description.contains("dpi is not as in the preset nano") == true)
    }

    @Test("One that answers with words of the text takes no task but writing pages down, and no schema")
    func tasks() {
        for demand in [ReadingCard.Demand.task("graph"), .json, .notes] {
            #expect(Self.refusal(demand, quote: 9) != nil)
            #expect(Self.refusal(demand, quote: nil) == nil)
        }
        #expect(Self.refusal(.task("transcribe"), quote: 9) == nil)
    }
}
