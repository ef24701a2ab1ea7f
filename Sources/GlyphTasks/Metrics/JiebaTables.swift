// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The text file of jieba's tables.
///
/// Line by line, fields separated by a tab: `word FREQUENCY LOGARITHM`-like rows `w`, one `total` row, and rows `s`
/// (start), `t` (transition) and `e` (emission) of the hidden Markov model. Logarithms are Python's, written with
/// `repr`, so that no digit depends on another mathematics library.
struct JiebaTables {
    var words: [PythonText.Word: Double] = [:]
    var logTotal = 0.0
    var states = JiebaStates(
        start: Array(repeating: JiebaStates.never, count: 4),
        transitions: Array(repeating: Array(repeating: JiebaStates.never, count: 4), count: 4),
        emissions: Array(repeating: [:], count: 4)
    )

    init(_ bytes: [UInt8], source: String) throws {
        var hasTotal = false
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            let fields = String(decoding: line, as: UTF8.self).split(separator: "\t").map(String.init)
            switch (fields.first, fields.count) {
            case ("w", 3): try add(fields[1], Double(fields[2]), source, number)
            case ("total", 2):
                logTotal = try value(fields[1], source, number)
                hasTotal = true
            case ("s", 3): states.start[try state(fields[1], source, number)] = try value(fields[2], source, number)
            case ("t", 4):
                let (from, to) = (try state(fields[1], source, number), try state(fields[2], source, number))
                states.transitions[from][to] = try value(fields[3], source, number)
            case ("e", 4):
                let code = PythonText.codePoints(fields[2]).first ?? 0
                states.emissions[try state(fields[1], source, number)][code] = try value(fields[3], source, number)
            default: throw Self.error(source, number)
            }
        }
        guard hasTotal, !words.isEmpty else {
            throw InputError(
                at: source,
                "there are no tables of jieba in it",
                remedy: "Write them with Tools/reference/jieba_tables.py."
            )
        }
    }

    /// A word; its beginnings are known too, with frequency 0, unless they are words themselves.
    private mutating func add(_ word: String, _ logarithm: Double?, _ source: String, _ number: Int) throws {
        guard let logarithm else { throw Self.error(source, number) }
        let word = PythonText.codePoints(word)
        words[word] = logarithm
        for length in 1..<max(word.count, 1) {
            let beginning = Array(word.prefix(length))
            if words[beginning] == nil { words[beginning] = -.infinity }
        }
    }

    private func value(_ text: String, _ source: String, _ number: Int) throws -> Double {
        guard let value = Double(text) else { throw Self.error(source, number) }
        return value
    }

    private func state(_ text: String, _ source: String, _ number: Int) throws -> Int {
        guard let index = ["B", "E", "M", "S"].firstIndex(of: text) else { throw Self.error(source, number) }
        return index
    }

    private static func error(_ source: String, _ number: Int) -> InputError {
        InputError(
            at: "\(source): line \(number + 1)",
            "this is no row of jieba's tables",
            remedy: "Write the file with Tools/reference/jieba_tables.py."
        )
    }
}
