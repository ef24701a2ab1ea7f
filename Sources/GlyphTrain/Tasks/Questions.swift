// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTasks

/// Questions about a page whose answers are known: the tasks that evaluation asks too, on passages of the corpus.
///
/// Several are asked about the same page, because looking at the page is most of the work. Answers are those of
/// ``QuotedAnswer``, but for lookups, which quote a sentence from its beginning.
struct Questions {
    struct Question: Equatable {
        let question: String
        let answer: [UInt8]
        /// What the answer begins with and the model need not write.
        let given: [UInt8]
        /// Whether the answer ends here, or goes on with what is not asked for.
        var isWhole = true

        init(_ question: String, _ answer: [UInt8], after given: [UInt8] = []) {
            (self.question, self.answer, self.given) = (question, answer, given)
        }

        init(_ question: String, _ answer: String) {
            self.init(question, Array(answer.utf8))
        }
    }

    struct Asked {
        /// What the page shows.
        let text: [Unicode.Scalar]
        /// At least one, in the order in which they are asked.
        let questions: [Question]
    }

    let corpus: Corpus
    /// The share of questions to which the page has no answer.
    let absent: Double
    /// The most questions about a page.
    var most = 1

    /// Passages that are tried before giving up: not every one has sentences to hide something between.
    private static let attempts = 400
    /// Below this a page seldom has a sentence with words of its own.
    private static let shortestProse = 160

    /// Asks for sentences in which a phrase stands.
    func lookup(fitting count: Int, _ random: inout SplitMix64) throws -> Asked {
        let count = max(count, Self.shortestProse)
        let lengths = 20...max(40, min(240, count * 3 / 4))
        return try asked(fitting: count, &random) { passage, random in
            func lookup(_ presence: NeedlePresence, _ prose: Prose, _ budget: Int) throws -> TaskExample {
                try LookupTask(presence: presence, sentenceLengths: lengths)
                    .example(seed: random.next(), budget: .bytes(budget), prose: prose)
            }
            let first = try lookup(presence(&random), passage, count)
            var made = [first]
            // Further phrases of the same page, also of sentences that were asked for; those of another page are almost
            // never on this one.
            for _ in 1..<max(2, most) where most > 1 {
                let presence = presence(&random)
                let other = try Prose(presence == .absent ? passageText(count, &random) : first.context)
                guard var next = try? lookup(.present, other, max(count, first.context.utf8.count)) else { continue }
                if presence == .absent {
                    guard let phrase = Self.phrase(of: next.question), !first.context.contains(phrase) else { continue }
                    next.expected = [LookupTask.absentAnswer]
                }
                made.append(next)
            }
            // The beginning is what has to be found.
            let longest = longestAnswer(&random)
            let questions = made.map { example in
                let answer = example.expected[0].unicodeScalars
                let isWhole = answer.count <= longest || QuotedAnswer.isAbsent(example.expected[0].utf8)
                let words = Self.requoted(unhinted(example.question, &random), &random)
                var question = Question(words, String(isWhole ? answer : .init(answer.prefix(longest))))
                question.isWhole = isWhole
                return question
            }
            return (first.context, questions)
        }
    }

    /// Asks for the values of fields that stand in prose or among other fields.
    func field(fitting count: Int, _ random: inout SplitMix64) throws -> Asked {
        let fields = Fields(corpus: corpus)
        return try asked(fitting: count, &random) { _, random in
            let (drawn, text) = try fieldText(fields, count, &random)
            // What is asked for: the fields that are there, some of them replaced by others.
            let wanted = try drawn.map { field in
                guard presence(&random) == .absent else { return field.name }
                return try fields.draw(besides: drawn, absentFrom: text, &random).name
            }
            let longest = longestAnswer(&random)
            var questions = wanted.compactMap {
                question(fields.question(for: $0, &random), about: $0, in: text, upTo: longest)
            }
            if wanted.count > 1, Int.random(in: 0..<3, using: &random) == 0 {
                let pair = Array(wanted.shuffled(using: &random).prefix(2))
                questions += question("What are the \(pair[0]) and the \(pair[1])?", aboutEach: pair, in: text)
            }
            return (String(String.UnicodeScalarView(text)), questions)
        }
    }

    /// Asks what the text says about words that stand in it, whatever they are.
    func phrase(fitting count: Int, _ sampler: TextSampler, _ random: inout SplitMix64) throws -> Asked {
        try asked(fitting: count, &random) { _, random in
            let (text, longest) = (sampler.text(count, &random), longestAnswer(&random))
            let questions = (0..<most * 2).compactMap { _ -> Question? in
                let isAbsent = presence(&random) == .absent
                let source = isAbsent ? sampler.text(count, &random) : text
                let words = source.split(whereSeparator: \.isSpace)
                let length = min(words.count, Int.random(in: 1...3, using: &random))
                let first = Int.random(in: 0...words.count - length, using: &random)
                let shown = Array(words[first..<first + length].joined(separator: [" "])).withoutMarks
                let key = String(String.UnicodeScalarView(shown))
                guard 4...30 ~= shown.count, !isAbsent || !QuotedAnswer.names(text, key) else { return nil }
                return question(Self.asked(key, &random), about: key, in: text, upTo: longest)
            }
            return (String(String.UnicodeScalarView(text)), questions)
        }
    }

    /// How far answers go: mostly not far, and otherwise to the end of their clause.
    func longestAnswer(_ random: inout SplitMix64) -> Int {
        Int.random(in: 0..<3, using: &random) == 0 ? QuotedAnswer.longest : QuotedAnswer.practised
    }

    /// A question with its answer; nil where the text has several, or names what is asked for only in part.
    func question(_ question: String, about key: String, in text: [Unicode.Scalar], upTo length: Int) -> Question? {
        guard QuotedAnswer.names(text, key) else { return Question(question, QuotedAnswer.absent(key)) }
        return QuotedAnswer.about(key, in: text, upTo: length).map { quoted in
            var made = Question(question, quoted.answer)
            made.isWhole = quoted.isWhole
            return made
        }
    }

    /// A question about several things, as a list of one or none.
    func question(
        _ question: String,
        aboutEach keys: [String],
        in text: [Unicode.Scalar],
        everyPlace: Bool = false
    ) -> [Question] {
        QuotedAnswer.about(each: keys, in: text, everyPlace: everyPlace).map { [Question(question, $0)] } ?? []
    }

    private func fieldText(
        _ fields: Fields,
        _ count: Int,
        _ random: inout SplitMix64
    ) throws -> (drawn: [Fields.Field], text: [Unicode.Scalar]) {
        var drawn: [Fields.Field] = []
        var (statements, length) = ([String](), 0)
        // A short page has room for a short field only, and not for every draw of one.
        for _ in 0..<Int.random(in: 1...6, using: &random) * (count < 120 ? 8 : 1) {
            let field = try fields.draw(besides: drawn, &random)
            let statement = fields.statement(of: field, &random)
            guard length + statement.utf8.count + 1 <= count else { continue }
            drawn.append(field)
            statements.append(statement)
            length += statement.utf8.count + 1
            // Elsewhere it may be spoken of without being stated.
            let mention = fields.mention(of: field, &random)
            guard Int.random(in: 0..<6, using: &random) == 0, length + mention.utf8.count + 1 <= count else { continue }
            statements.insert(mention, at: Int.random(in: 0...statements.count, using: &random))
            length += mention.utf8.count + 1
        }
        // Prose takes what room is left, in pieces between the statements: before, among and after them.
        let separator = Bool.random(using: &random) ? "\n" : " "
        var text = ""
        var room = count - length
        func fill(_ part: Int, _ random: inout SplitMix64) {
            let prose = corpus.prose(part - 2, &random)
            // A sentence must not run on into a statement.
            text += String(String.UnicodeScalarView(prose)) + (separator == " " ? ". " : separator)
            room -= part
        }
        for statement in statements {
            let part = Int.random(in: 0...max(0, room), using: &random)
            if part > 20, Bool.random(using: &random) { fill(part, &random) }
            text += statement + (statement.hasSuffix("\n") ? "" : separator)
        }
        if room > 20 { fill(room, &random) }
        return (drawn, Corpus.clean(SourceText(text)).trimmed)
    }

    /// How people ask what the text says about some words.
    private static func asked(_ key: String, _ random: inout SplitMix64) -> String {
        switch Int.random(in: 0..<16, using: &random) {
        case 0: "What does the text say about \"\(key)\"?"
        case 1: "What does it say about \(key)?"
        case 2: "Find \"\(key)\"."
        case 3: "Who is \(key)?"
        case 4: "Where is \(key)?"
        case 5: "What is \(key)?"
        case 6: "Tell me about \(key)."
        case 7: "What about \(key)?"
        default: "\(key)?"
        }
    }

    /// The benchmark's wording half of the time, and otherwise as people ask for a sentence.
    private static func requoted(_ question: String, _ random: inout SplitMix64) -> String {
        guard Bool.random(using: &random), let phrase = phrase(of: question) else { return question }
        return switch Int.random(in: 0..<3, using: &random) {
        case 0: "Which sentence mentions \"\(phrase)\"?"
        case 1: "Quote the sentence with \"\(phrase)\"."
        default: "Quote the sentence that mentions \(phrase)."
        }
    }

    /// What stands in a question's quotation marks.
    private static func phrase(of question: String) -> Substring? {
        guard let first = question.firstIndex(of: "\""), let last = question.lastIndex(of: "\""), first < last else {
            return nil
        }
        return question[question.index(after: first)..<last]
    }

    /// Windows of a long document are asked without the hint that the answer may not be there.
    func unhinted(_ question: String, _ random: inout SplitMix64) -> String {
        guard Bool.random(using: &random), let hint = question.firstRange(of: " If ") else { return question }
        return String(question[..<hint.lowerBound])
    }

    func presence(_ random: inout SplitMix64) -> NeedlePresence {
        Double.random(in: 0..<1, using: &random) < absent ? .absent : .present
    }

    private func passageText(_ count: Int, _ random: inout SplitMix64) -> String {
        String(String.UnicodeScalarView(corpus.prose(count * 3 + 200, &random)))
    }

    /// As many of the questions as may be asked, each once, in random order.
    private func chosen(_ questions: [Question], _ random: inout SplitMix64) -> [Question] {
        var kept: [Question] = []
        for question in questions.shuffled(using: &random) where kept.count < most {
            if !kept.contains(where: { $0.question == question.question }) { kept.append(question) }
        }
        return kept
    }

    func asked(
        fitting count: Int,
        _ random: inout SplitMix64,
        _ example: (Prose, inout SplitMix64) throws -> (context: String, questions: [Question])
    ) throws -> Asked {
        var failure = InputError(
            at: "corpus",
            "of \(Self.attempts) passages none left room for a question on a page of \(count) characters",
            expected: "running text, or larger pages"
        )
        for _ in 0..<Self.attempts {
            do {
                let made = try example(Prose(passageText(count, &random)), &random)
                guard !made.questions.isEmpty else { continue }
                let text = Corpus.clean(SourceText(made.context)).trimmed
                guard text.count <= count else { continue }
                return Asked(text: text, questions: chosen(made.questions, &random))
            } catch let error as InputError {
                failure = error
            }
        }
        throw failure
    }
}
