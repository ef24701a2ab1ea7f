// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A conversation of two friends over many days, with facts among small talk.
///
/// Each of a set of events is told once, by one of the two, on a day of its own; questions are about what happened, or
/// about when.
struct Conversation {
    /// A kind of event, in the first person and as a question about the speaker.
    private struct Event {
        /// `{thing}` is replaced.
        var telling: String
        /// `{name}` is replaced.
        var question: String
        /// `{name}` and `{thing}` are replaced.
        var dateQuestion: String
        var things: [String]
    }

    let seed: UInt64

    private static let events = [
        Event(
            telling: "I finally started to learn the {thing}, my neighbours already hate me.",
            question: "Which instrument did {name} start to learn?",
            dateQuestion: "On which day did {name} tell of learning the {thing}?",
            things: ["violin", "trumpet", "accordion", "harp", "banjo", "oboe"]
        ),
        Event(
            telling: "We brought home a {thing} from the shelter, the children are over the moon.",
            question: "Which animal did {name} take in from the shelter?",
            dateQuestion: "On which day did {name} tell of taking in a {thing}?",
            things: ["greyhound", "tortoise", "parrot", "rabbit", "hedgehog", "donkey"]
        ),
        Event(
            telling: "The tickets are booked, in spring we are off to {thing} for two weeks.",
            question: "Where is {name} going to travel in spring?",
            dateQuestion: "On which day did {name} tell of the booked trip to {thing}?",
            things: ["Iceland", "Peru", "Morocco", "Vietnam", "Scotland", "Georgia"]
        ),
        Event(
            telling: "At the market I sold my old {thing}, it broke my heart a little.",
            question: "What did {name} sell at the market?",
            dateQuestion: "On which day did {name} tell of selling the old {thing}?",
            things: ["typewriter", "camera", "bicycle", "gramophone", "rowing boat", "telescope"]
        ),
        Event(
            telling: "They gave me the job at the {thing}, I begin on the first.",
            question: "Where did {name} get a job?",
            dateQuestion: "On which day did {name} tell of the job at the {thing}?",
            things: ["planetarium", "dairy", "shipyard", "tax office", "zoo", "observatory"]
        ),
    ]
    private static let smallTalk = [
        "It has been raining here since Tuesday.", "Did you sleep well?", "The bus was late again, as always.",
        "I made soup from whatever was left.", "You would not believe the queue at the bakery.", "How is your mother?",
        "I forgot my umbrella, of course.", "The stairs need painting.", "My back is better, thank you.",
        "Somebody left the gate open all night.", "The film was far too long.", "I am still reading the same book.",
        "Let us have coffee soon.", "The tomatoes are not ripe yet.", "Our lift is out of order.",
        "I could not find my glasses, they were on my nose.", "What a week.", "The train was full of football fans.",
        "I should call the plumber.", "There is fog over the river this morning.", "Say hello to everyone.",
        "I have got the hiccups.", "We ran out of flour.", "The clocks go back on Sunday.",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// Days of a year of twelve months of 28 days: every one exists, whatever the year.
    private static func date(_ day: Int) -> String { "\(day % 28 + 1) \(months[day / 28 % 12]) \(2021 + day / 336)" }

    func example(_ budget: TextBudget) throws -> TaskExample {
        var generator = SplitMix64(state: seed)
        let names = Array(PeopleNames.all.shuffled(using: &generator).prefix(2))
        // Each of the two tells of each kind of event, with different things.
        let tellings = Self.events.flatMap { event -> [(speaker: Int, event: Event, thing: String)] in
            let things = event.things.shuffled(using: &generator)
            return [(0, event, things[0]), (1, event, things[1])]
        }.shuffled(using: &generator)
        let asked = Int.random(in: 0..<tellings.count, using: &generator)
        let asksForDate = Bool.random(using: &generator)
        let start = Int.random(in: 0..<300, using: &generator)
        let talk = generator.next()
        func context(_ count: Int) -> (text: String, evidence: [SourceRange], day: Int) {
            var generator = SplitMix64(state: talk)
            var text = ""
            var result = (SourceRange(0, 0), 0)
            var day = start
            for (index, telling) in tellings.enumerated() {
                text += (text.isEmpty ? "" : "\n\n") + "\(Self.date(day))\n"
                // Small talk is spread evenly over the days, before and after what is told.
                let lines = count * (index + 1) / tellings.count - count * index / tellings.count
                let before = lines == 0 ? 0 : Int.random(in: 0...lines, using: &generator)
                for line in 0...lines {
                    if line == before {
                        let at = text.utf8.count
                        text +=
                            "\(names[telling.speaker]): "
                            + telling.event.telling.replacing("{thing}", with: telling.thing)
                        if index == asked { result = (SourceRange(at, text.utf8.count), day) }
                        if line < lines { text += "\n" }
                    }
                    guard line < lines else { break }
                    let words = Self.smallTalk[Int.random(in: 0..<Self.smallTalk.count, using: &generator)]
                    text += "\(names[Int.random(in: 0..<2, using: &generator)]): \(words)"
                    if line + 1 < lines || before == lines { text += "\n" }
                }
                day += Int.random(in: 1...9, using: &generator)
            }
            return (text, [result.0], result.1)
        }
        guard let fit = budget.fill(unit: 45, { context($0).text }) else {
            throw InputError(at: "memory", "\(budget.limit) \(budget.unit) do not hold ten days of conversation")
        }
        let told = context(fit.count)
        let telling = tellings[asked]
        let question = (asksForDate ? telling.event.dateQuestion : telling.event.question)
            .replacing("{name}", with: names[telling.speaker]).replacing("{thing}", with: telling.thing)
        return TaskExample(
            id: "memory-\(budget.limit)-\(seed)",
            task: "memory",
            instruction: "The following is a conversation between \(names[0]) and \(names[1]) over many days.",
            context: fit.text,
            question: question + " Answer in a few words.",
            expected: [asksForDate ? Self.date(told.day) : telling.thing],
            metric: .rougeL,
            evidence: told.evidence
        )
    }
}
