// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Sentences about people who can only be told apart by what everybody knows.
///
/// "Marta lives across from the Colosseum" answers who lives in Rome. The other people's sentences have the same form, so
/// form alone does not find the right one.
struct Association {
    /// A theme: what is said, what is asked, and pairs of a cue in the text and its meaning in the question.
    private struct Theme {
        /// `{name}` and `{cue}` are replaced.
        var sentence: String
        /// `{meaning}` is replaced.
        var question: String
        var pairs: [(cue: String, meaning: String)]
    }

    let seed: UInt64

    private static let themes = [
        Theme(
            sentence: "{name} has a flat across from {cue}.",
            question: "Which person in the text lives in {meaning}?",
            pairs: [
                ("the Colosseum", "Rome"), ("Big Ben", "London"), ("the Eiffel Tower", "Paris"),
                ("the Brandenburg Gate", "Berlin"), ("the Sagrada Familia", "Barcelona"),
                ("the Acropolis", "Athens"), ("the Statue of Liberty", "New York"), ("the Kremlin", "Moscow"),
                ("the Forbidden City", "Beijing"), ("the Golden Gate Bridge", "San Francisco"),
                ("the Opera House with the white sails", "Sydney"), ("the Little Mermaid", "Copenhagen"),
                ("the Hagia Sophia", "Istanbul"), ("the Charles Bridge", "Prague"),
            ]
        ),
        Theme(
            sentence: "Every morning {name} puts on a uniform and goes to {cue}.",
            question: "Which person in the text works as {meaning}?",
            pairs: [
                ("the cockpit", "a pilot"), ("the fire engine", "a firefighter"),
                ("the operating theatre", "a surgeon"),
                ("the prison gates", "a warder"), ("the bridge of the ferry", "a ship's captain"),
                ("the hotel kitchen", "a cook"), ("the mail van", "a postman"), ("the barracks", "a soldier"),
            ]
        ),
        Theme(
            sentence: "{name} was brought up to dream and swear in {cue}.",
            question: "Whose family in the text most likely comes from {meaning}?",
            pairs: [
                ("Portuguese", "Brazil"), ("Hungarian", "Budapest"), ("Japanese", "Osaka"), ("Finnish", "Helsinki"),
                ("Greek", "Crete"), ("Polish", "Krakow"), ("Korean", "Seoul"), ("Icelandic", "Reykjavik"),
                ("Turkish", "Ankara"), ("Catalan", "Barcelona"),
            ]
        ),
        Theme(
            sentence: "At dinner {name} must always leave out {cue}.",
            question: "Which person in the text {meaning}?",
            pairs: [
                ("everything that had a mother and a face", "is a vegetarian"),
                ("bread, pasta and beer", "cannot eat gluten"),
                ("cheese, cream and ice cream", "cannot digest lactose"),
                ("anything with walnuts", "is allergic to nuts"),
                ("cake, honey and sweet wine", "has diabetes"), ("shrimps and crabs", "is allergic to shellfish"),
            ]
        ),
    ]

    /// The example: five people, one of whom is asked for.
    func example(_ budget: TextBudget, _ prose: Prose) throws -> TaskExample {
        var generator = SplitMix64(state: seed)
        let theme = Self.themes[Int.random(in: 0..<Self.themes.count, using: &generator)]
        let names = PeopleNames.all.shuffled(using: &generator)
        let pairs = theme.pairs.shuffled(using: &generator).prefix(5)
        let people = zip(names, pairs).map { name, pair in
            theme.sentence.replacing("{name}", with: name).replacing("{cue}", with: pair.cue)
        }
        let first = Int.random(in: 0..<prose.sentences.count, using: &generator)
        let shares = people.map { _ in Double.random(in: 0..<1, using: &generator) }
        let order = shares.indices.sorted { shares[$0] < shares[$1] }
        func context(_ count: Int) -> (text: String, evidence: [SourceRange]) {
            var pieces = (0..<count).map { prose.sentences[(first + $0) % prose.sentences.count] }
            // From the last on, so that earlier places stay where they are.
            for index in order.reversed() { pieces.insert(people[index], at: Int(shares[index] * Double(count + 1))) }
            let text = pieces.joined(separator: " ")
            let before = pieces.prefix { $0 != people[0] }.reduce(0) { $0 + $1.utf8.count + 1 }
            return (text, [SourceRange(before, before + people[0].utf8.count)])
        }
        let typical = max(prose.text.utf8.count / prose.sentences.count, 1)
        guard let fit = budget.fill(unit: typical, { context($0).text }) else {
            throw InputError(at: "association", "\(budget.limit) \(budget.unit) do not hold five sentences")
        }
        return TaskExample(
            id: "association-\(budget.limit)-\(seed)",
            task: "association",
            context: fit.text,
            question: theme.question.replacing("{meaning}", with: pairs[0].meaning)
                + " The text does not say so in these words. Answer with the name only.",
            expected: [names[0]],
            metric: .matchesAll,
            evidence: context(fit.count).evidence
        )
    }
}

/// First names from many places, none of them part of another.
enum PeopleNames {
    static let all = [
        "Marta", "Tomasz", "Ingrid", "Kwame", "Yuki", "Farid", "Olena", "Pablo", "Ingmar", "Leila", "Dmitri", "Chiara",
        "Haruto", "Nadia", "Bjorn", "Amara", "Rashid", "Sofia", "Viktor", "Meiling", "Tunde", "Elif", "Gustav",
        "Paloma",
        "Arjun", "Birgit", "Cedric", "Zainab", "Henrik", "Lucia",
    ]
}
