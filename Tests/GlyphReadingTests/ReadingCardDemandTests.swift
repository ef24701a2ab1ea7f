// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphReading
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

    @Test("One that answers with words of the text takes no task but writing pages down, and no schema")
    func tasks() {
        for demand in [ReadingCard.Demand.task("graph"), .json] {
            #expect(Self.refusal(demand, quote: 9) != nil)
            #expect(Self.refusal(demand, quote: nil) == nil)
        }
        #expect(Self.refusal(.task("transcribe"), quote: 9) == nil)
    }
}
