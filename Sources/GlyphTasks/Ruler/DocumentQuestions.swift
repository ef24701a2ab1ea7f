// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTokens

/// Documents and questions about them, from a published file of SQuAD or HotpotQA.
package struct DocumentQuestions: Sendable {
    struct Question: Sendable {
        var text: String
        var answers: [String]
        /// The documents that answer it.
        var needed: [Int]
        /// Documents about the same matter, which come before others as distractors.
        var related: [Int]
    }

    let documents: [String]
    let questions: [Question]

    /// How many questions there are.
    package var count: Int { questions.count }

    /// Reads SQuAD 2.0 (`dev-v2.0.json`); questions without an answer are left out, as RULER does.
    ///
    /// - Throws: `InputError` if the file cannot be read or has another form.
    package static func squad(at path: String) throws -> DocumentQuestions {
        var pool = Pool()
        for article in try root(path).rows("data") {
            let paragraphs = try article.rows("paragraphs")
            let numbers = try paragraphs.map { pool.number(of: try $0.string("context")) }
            for (paragraph, number) in zip(paragraphs, numbers) {
                for entry in try paragraph.rows("qas") {
                    if case .bool(true)? = entry.value("is_impossible") { continue }
                    let answers = try entry.rows("answers").map { try answer("text", of: $0) }
                    guard !answers.isEmpty else {
                        throw InputError(
                            at: entry.source,
                            "\"answers\" is empty",
                            expected: "an answer, or \"is_impossible\": true"
                        )
                    }
                    pool.questions.append(
                        Question(
                            text: try entry.string("question"),
                            answers: answers,
                            needed: [number],
                            related: numbers.filter { $0 != number }
                        )
                    )
                }
            }
        }
        return try pool.finished(path)
    }

    /// Reads HotpotQA (`hotpot_dev_distractor_v1.json`); a question needs all ten of its documents, as in RULER.
    ///
    /// - Throws: `InputError` if the file cannot be read or has another form.
    package static func hotpotQA(at path: String) throws -> DocumentQuestions {
        var pool = Pool()
        guard case .array(let entries) = try JSONParser.parse(bytes(path), source: path) else {
            throw InputError(at: path, "this is no array of questions")
        }
        for (index, entry) in entries.enumerated() {
            let entry = try JSONRow(entry, source: "\(path): [\(index)]")
            guard case .array(let context)? = entry.value("context") else { throw entry.error("context", "documents") }
            let numbers = try context.map { document in
                guard case .array(let parts) = document, parts.count == 2, case .string(let title) = parts[0],
                    case .array(let sentences) = parts[1]
                else { throw entry.error("context", "pairs of a title and sentences") }
                let text = try sentences.map { sentence in
                    guard case .string(let text) = sentence else { throw entry.error("context", "sentences") }
                    return text
                }
                return pool.number(of: title + "\n" + text.joined())
            }
            pool.questions.append(
                Question(
                    text: try entry.string("question"),
                    answers: [try answer("answer", of: entry)],
                    needed: numbers,
                    related: []
                )
            )
        }
        return try pool.finished(path)
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        guard let bytes = ResourceFile.read(path) else {
            throw InputError(at: path, "the file cannot be read", remedy: DataFile.remedy)
        }
        let mark = try DataFile.markLength(of: bytes.prefix(3), at: path)
        return mark == 0 ? bytes : Array(bytes.dropFirst(mark))
    }

    /// An answer that can be wrong: every text holds one without a letter.
    private static func answer(_ key: String, of row: JSONRow) throws -> String {
        let answer = try row.string(key)
        guard !answer.allSatisfy(\.isWhitespace) else {
            throw InputError(at: row.source, "\"\(key)\" is blank", expected: "an answer")
        }
        return answer
    }

    private static func root(_ path: String) throws -> JSONRow { try JSONRow(bytes(path), source: path) }

    /// Documents as they are met, each once.
    private struct Pool {
        var documents: [String] = []
        var questions: [Question] = []
        private var numbers: [ExactText: Int] = [:]

        mutating func number(of document: String) -> Int {
            if let number = numbers[ExactText(document[...])] { return number }
            numbers[ExactText(document[...])] = documents.count
            documents.append(document)
            return documents.count - 1
        }

        func finished(_ path: String) throws -> DocumentQuestions {
            guard !questions.isEmpty else { throw InputError(at: path, "there are no questions with an answer in it") }
            return DocumentQuestions(documents: documents, questions: questions)
        }
    }
}

extension RulerFrame {
    /// `qa_1` and `qa_2`: a question, the documents that answer it, and as many others as fit.
    ///
    /// Seed n asks question n, counted on from the first after the last. Related documents are taken before others, and
    /// where all documents are too few they come again, as in the original.
    func question(of pool: DocumentQuestions) throws -> TaskExample {
        var generator = SplitMix64(state: seed)
        let question = pool.questions[Int(seed % UInt64(pool.questions.count))]
        let advice =
            "Answer the question based on the given documents. Only give me the answer and do not output any "
            + "other words."
        var example = example(
            instruction: advice + "\n\nThe following are given documents.",
            question: advice + "\n\nQuestion: " + question.text,
            answerPrefix: "Answer:",
            around: ("\n\n", "\n\n"),
            expected: question.answers,
            metric: .matchesAny
        )
        let own = Set(question.needed + question.related)
        let others =
            question.related.shuffled(using: &generator)
            + pool.documents.indices.filter { !own.contains($0) }.shuffled(using: &generator)
        let order = generator.next()
        func context(_ count: Int) -> (text: String, evidence: [SourceRange]) {
            var generator = SplitMix64(state: order)
            let added = (0..<count).map { others.isEmpty ? question.needed[0] : others[$0 % others.count] }
            let chosen = (question.needed.map { ($0, true) } + added.map { ($0, false) }).shuffled(using: &generator)
            var text = ""
            var evidence: [SourceRange] = []
            for (index, (document, isNeeded)) in chosen.enumerated() {
                if index > 0 { text += "\n\n" }
                text += "Document \(index + 1):\n"
                let start = text.utf8.count
                text += pool.documents[document]
                if isNeeded { evidence.append(SourceRange(start, text.utf8.count)) }
            }
            return (text, evidence)
        }
        let typical = pool.documents.reduce(0) { $0 + $1.utf8.count + 16 } / pool.documents.count
        guard let fit = room(for: example).fill(unit: typical, { context($0).text }) else { throw tooShort() }
        example.context = fit.text
        example.evidence = context(fit.count).evidence
        return example
    }
}
