// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// Draws fields as contracts, invoices and settings have them, a name and a value, and questions for one of them.
///
/// Names are words of the corpus and values are random, so that nothing can be guessed.
struct Fields {
    /// A name with its value.
    struct Field {
        let name: String
        let value: String
    }

    let corpus: Corpus

    /// Different words that names can be made of; with fewer there is soon no name that a page does not have.
    private static let leastWords = 20
    /// Names that are drawn before giving up; seldom more than one is needed.
    private static let attempts = 100

    /// Refuses a corpus that fields cannot be named after; `location` is what messages call it.
    func check(at location: String) throws {
        let count = corpus.words.count(where: Self.isName)
        guard count >= Self.leastWords else {
            throw Self.shortage("\(count) of its words can be in the name of a field", at: location)
        }
    }

    private static func shortage(_ problem: String, at location: String = "corpus") -> InputError {
        InputError(
            at: location,
            problem,
            expected: "at least \(leastWords) different words of 3 to 10 letters a–z for the task \"field\"",
            remedy: "Add running text, or leave the task out"
        )
    }

    /// A field whose name is none of `others`; often it shares a word with one of them, as "payment period" and "notice
    /// period" do.
    func draw(besides others: [Field], _ random: inout SplitMix64) throws -> Field {
        for _ in 0..<Self.attempts {
            let name = name(like: others, &random)
            if !others.contains(where: { $0.name == name }) { return Field(name: name, value: value(&random)) }
        }
        throw Self.shortage("its words make no further name of a field")
    }

    /// A field whose name is none of `others` and does not stand in the text.
    func draw(besides others: [Field], absentFrom text: [Unicode.Scalar], _ random: inout SplitMix64) throws -> Field {
        for _ in 0..<Self.attempts {
            let field = try draw(besides: others, &random)
            if !QuotedAnswer.names(text, field.name) { return field }
        }
        throw Self.shortage("its words make no name of a field that a page does not have")
    }

    private func name(like others: [Field], _ random: inout SplitMix64) -> String {
        var words = (0..<Int.random(in: 1...3, using: &random)).map { _ in word(&random) }
        if let other = others.randomElement(using: &random), Bool.random(using: &random) {
            words = other.name.split(separator: " ").map(String.init)
            // The last word is shared most often: fees, periods and dates of several kinds.
            let changed = Int.random(in: 0...words.count, using: &random)
            if changed < words.count - 1 || changed < words.count && Int.random(in: 0..<4, using: &random) == 0 {
                words[changed] = word(&random)
            } else {
                words.insert(word(&random), at: 0)
            }
        }
        return words.prefix(4).joined(separator: " ")
    }

    /// How a document states a field: a line of its own, or a sentence that may go on after the value.
    func statement(of field: Field, _ random: inout SplitMix64) -> String {
        let (name, value) = (field.name, field.value)
        let sentence = ["is", "shall be", "is", "will be"][Int.random(in: 0..<4, using: &random)]
        return switch Int.random(in: 0..<14, using: &random) {
        case 0, 1: "\(name.capitalized): \(value)\n"
        case 2: "\(name) = \(value)\n"
        case 3, 4, 5: "\(name.prefix(1).uppercased() + name.dropFirst()): \(value)\n"
        case 6: "There is \("aeiou".contains(name.prefix(1)) ? "an" : "a") \(name) of \(value)\(tail(&random))."
        default: "The \(name) \(sentence) \(value)\(tail(&random))."
        }
    }

    /// A sentence that speaks of a field and does not say what it is.
    func mention(of field: Field, _ random: inout SplitMix64) -> String {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: "The \(word(&random)) may \(word(&random)) the \(field.name) once a \(word(&random))."
        case 1: "It ends with the \(field.name), and the \(word(&random)) \(word(&random)) it."
        default: "Of the \(word(&random)) and the \(field.name) nothing \(word(&random))."
        }
    }

    private func tail(_ random: inout SplitMix64) -> String {
        switch Int.random(in: 0..<8, using: &random) {
        case 0: " of the \(word(&random))"
        case 1: " a \(word(&random))"
        case 2: " for each \(word(&random)) of the \(word(&random))"
        case 3: ", \(word(&random)) \(word(&random)) the \(word(&random))"
        default: ""
        }
    }

    /// How a person asks for it.
    func question(for name: String, _ random: inout SplitMix64) -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: "\(name.prefix(1).uppercased() + name.dropFirst())?"
        case 1: "What does the text give as the \(name)?"
        case 2: "What does the text say about the \(name)?"
        case 3: "How long is the \(name)?"
        case 4: "How much is the \(name)?"
        case 5: "When is the \(name)?"
        case 6: "Find the \(name)."
        case 7: "Tell me the \(name)."
        default: "What is the \(name)?"
        }
    }

    /// A word of lower-case letters; common ones come as often as rare ones.
    private func word(_ random: inout SplitMix64) -> String {
        for _ in 0..<200 {
            guard let word = corpus.words.randomElement(using: &random) else { break }
            if Self.isName(word) { return String(String.UnicodeScalarView(word)) }
        }
        return "number"  // a corpus without one such word among two hundred
    }

    /// Whether a word can be a part of a name.
    private static func isName(_ word: [Unicode.Scalar]) -> Bool {
        3...10 ~= word.count && word.allSatisfy { ("a"..."z").contains($0) }
    }

    private func value(_ random: inout SplitMix64) -> String {
        func number(_ range: ClosedRange<Int>) -> String { Self.grouped(Int.random(in: range, using: &random)) }
        return switch Int.random(in: 0..<7, using: &random) {
        case 0: number(2...9_999_999)
        case 1: ["EUR ", "USD ", "$", "CHF ", "£", "€"][Int.random(in: 0..<6, using: &random)] + number(10...999_999)
        case 2:
            "\(Int.random(in: 1...28, using: &random)) "
                + Self.months[Int.random(in: Self.months.indices, using: &random)]
                + " \(Int.random(in: 1850...2060, using: &random))"
        case 3:
            "\(Int.random(in: 2...99, using: &random)) "
                + ["days", "months", "years", "per cent", "hours", "km"][
                    Int.random(in: 0..<6, using: &random)
                ]
        case 4: String(String.UnicodeScalarView(TextSampler.key(&random)))
        case 5:
            String(
                String.UnicodeScalarView(
                    TextSampler.randomString(length: Int.random(in: 4...9, using: &random), &random)
                )
            )
        default:
            (0..<Int.random(in: 1...3, using: &random)).map { _ in word(&random).capitalized }.joined(separator: " ")
        }
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// Digits in groups of three.
    private static func grouped(_ number: Int) -> String {
        number < 1000
            ? String(number) : grouped(number / 1000) + "," + String(String(number % 1000 + 1000).dropFirst())
    }
}
