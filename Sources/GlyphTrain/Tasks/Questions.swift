// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks

/// Questions about a page whose answers are known: the tasks that evaluation asks too, on passages of the corpus.
struct Questions {
    struct Asked {
        /// What the page shows.
        let text: [Unicode.Scalar]
        let question: String
        let answer: String
    }

    let corpus: Corpus
    /// The share of questions to which the page has no answer.
    let absent: Double

    /// Passages that are tried before giving up: not every one has sentences to hide something between.
    private static let attempts = 50

    /// Asks for what a needle says (RULER's words, on a page of its own).
    func needle(fitting count: Int, _ random: inout SplitMix64) throws -> Asked {
        let kinds: [NeedleKind] = [.numbers, .numbers, .words, .uuids]
        return try asked(fitting: count, &random) { passage, random in
            // Drawn anew for each passage, because two UUIDs do not fit a short page.
            let task = NeedleTask(
                "needle",
                haystack: .essay,
                values: kinds[Int.random(in: kinds.indices, using: &random)],
                keyCount: Int.random(in: 1...2, using: &random)
            )
            return try task.with(presence(&random))
                .example(seed: random.next(), budget: .bytes(count), prose: Prose(passage), startsAnywhere: true)
        }
    }

    /// Asks for the sentence in which a phrase stands.
    func lookup(fitting count: Int, _ random: inout SplitMix64) throws -> Asked {
        let presence = presence(&random)
        let longest = max(40, min(240, count / 2))
        return try asked(fitting: count, &random) { passage, random in
            var made = try LookupTask(presence: presence, sentenceLengths: 20...longest)
                .example(seed: random.next(), budget: .bytes(count), prose: Prose(passage))
            made.question = Self.reworded(made.question, &random)
            return made
        }
    }

    /// Asks for the value of a field that stands in prose or among other fields.
    func field(fitting count: Int, _ random: inout SplitMix64) throws -> Asked {
        let fields = Fields(corpus: corpus)
        var drawn: [Fields.Field] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) { drawn.append(fields.draw(besides: drawn, &random)) }
        var (statements, length) = ([String](), 0)
        for field in drawn {
            let statement = fields.statement(of: field, &random)
            guard length + statement.utf8.count + 1 <= count else { break }
            statements.append(statement)
            length += statement.utf8.count + 1
        }
        let asked: Fields.Field
        let answer: String
        if presence(&random) == .present, !statements.isEmpty {
            asked = drawn[Int.random(in: statements.indices, using: &random)]
            answer = asked.value
        } else {
            asked = fields.draw(besides: drawn, &random)
            answer = NeedleTask.absentAnswer
        }
        // Prose takes what room is left, in pieces between the statements: before, among and after them.
        var pieces: [String] = []
        var room = count - length
        for statement in statements {
            let part = Int.random(in: 0...max(0, room), using: &random)
            if part > 20, Bool.random(using: &random) {
                pieces.append(String(String.UnicodeScalarView(corpus.prose(part - 1, &random))))
                room -= part
            }
            pieces.append(statement)
        }
        if room > 20 { pieces.append(String(String.UnicodeScalarView(corpus.prose(room - 1, &random)))) }
        let separator: Unicode.Scalar = Bool.random(using: &random) ? "\n" : " "
        let text = Corpus.clean(SourceText(pieces.joined(separator: String(separator)))).trimmed
        return Asked(text: text, question: fields.question(for: asked, &random), answer: answer)
    }

    /// The benchmark's wording half of the time, and otherwise as people ask.
    private static func reworded(_ question: String, _ random: inout SplitMix64) -> String {
        guard Bool.random(using: &random), let first = question.firstIndex(of: "\""),
            let last = question.lastIndex(of: "\""), first < last
        else { return question }
        let phrase = question[first...last]
        return switch Int.random(in: 0..<4, using: &random) {
        case 0: "Which sentence mentions \(phrase)?"
        case 1: "What does the text say about \(phrase)?"
        case 2: "Find \(phrase)."
        default: "What does it say about \(phrase.dropFirst().dropLast())?"
        }
    }

    private func presence(_ random: inout SplitMix64) -> NeedlePresence {
        Double.random(in: 0..<1, using: &random) < absent ? .absent : .present
    }

    private func asked(
        fitting count: Int,
        _ random: inout SplitMix64,
        _ example: (String, inout SplitMix64) throws -> TaskExample
    ) throws -> Asked {
        var failure = InputError(
            at: "corpus",
            "of \(Self.attempts) passages none left room for a question on a page of \(count) characters",
            expected: "running text, or larger pages"
        )
        for _ in 0..<Self.attempts {
            let passage = String(String.UnicodeScalarView(corpus.prose(count * 3 + 200, &random)))
            do {
                var made = try example(passage, &random)
                // Windows of a long document are asked without the hint that the answer may not be there.
                if Bool.random(using: &random), let hint = made.question.firstRange(of: " If ") {
                    made.question = String(made.question[..<hint.lowerBound])
                }
                let text = Corpus.clean(SourceText(made.context)).trimmed
                guard text.count <= count else { continue }
                return Asked(text: text, question: made.question, answer: made.expected.joined(separator: ", "))
            } catch let error as InputError {
                failure = error
            }
        }
        throw failure
    }
}
