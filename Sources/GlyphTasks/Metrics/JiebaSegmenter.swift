// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Chinese word segmentation as `jieba.cut(text)` of the package jieba 0.42.1 does it.
///
/// The tables are jieba's (MIT licence, 12 MB) and not part of this package; `Tools/reference/jieba_tables.py` writes them
/// as one text file. Known words are chosen by the best product of frequencies, and what is left as single characters is
/// cut by a hidden Markov model of four states.
package final class JiebaSegmenter: Sendable {
    /// Logarithm of the frequency of words; 0 frequency, for what only begins a word, is minus infinity.
    private let words: [PythonText.Word: Double]
    private let logTotal: Double
    private let states: JiebaStates

    /// Reads the tables.
    ///
    /// - Throws: `InputError` if the bytes are not what `jieba_tables.py` writes.
    package init(tables: [UInt8], source: String) throws {
        let file = try JiebaTables(tables, source: source)
        words = file.words
        logTotal = file.logTotal
        states = file.states
    }

    func cut(_ text: PythonText.Word) -> [PythonText.Word] {
        var result: [PythonText.Word] = []
        var index = 0
        while index < text.count {
            let isBlock = Self.isInBlock(text[index])
            let run = Array(text[index...].prefix { Self.isInBlock($0) == isBlock })
            index += run.count
            if isBlock { cutBlock(run, into: &result) } else { Self.cutOther(run, into: &result) }
        }
        return result
    }

    /// What jieba's pattern for words matches: CJK up to U+9FD5, ASCII letters, digits and `+#&._%-`.
    private static func isInBlock(_ value: UInt32) -> Bool {
        switch value {
        case 0x4E00...0x9FD5, 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x23, 0x26, 0x2E, 0x5F, 0x25, 0x2D: true
        default: false
        }
    }

    /// Anything else is cut into code points, but that a Windows line end stays whole.
    private static func cutOther(_ run: PythonText.Word, into result: inout [PythonText.Word]) {
        var index = 0
        while index < run.count {
            let isLineEnd = run[index] == 0x0D && index + 1 < run.count && run[index + 1] == 0x0A
            result.append(Array(run[index..<index + (isLineEnd ? 2 : 1)]))
            index += isLineEnd ? 2 : 1
        }
    }

    private func cutBlock(_ block: PythonText.Word, into result: inout [PythonText.Word]) {
        let ends = route(block)
        var buffer: PythonText.Word = []
        func flush() {
            if buffer.count > 1, (words[buffer] ?? -.infinity) == -.infinity {
                result += states.cut(buffer)
            } else {
                result += buffer.map { [$0] }
            }
            buffer = []
        }
        var index = 0
        while index < block.count {
            if ends[index] - index == 1 {
                buffer.append(block[index])
            } else {
                flush()
                result.append(Array(block[index..<ends[index]]))
            }
            index = ends[index]
        }
        flush()
    }

    /// Where the word that starts at each place ends, on the way of highest probability.
    private func route(_ block: PythonText.Word) -> [Int] {
        var best = [Double](repeating: 0, count: block.count + 1)
        var ends = [Int](repeating: 0, count: block.count)
        for start in block.indices.reversed() {
            var choice = (value: -Double.infinity, end: start + 1)
            var end = start + 1
            var isAny = false
            while end <= block.count, let frequency = words[Array(block[start..<end])] {
                if frequency > -.infinity {
                    let value = frequency - logTotal + best[end]
                    // Of equal ones the longest, as Python's `max` of pairs.
                    if !isAny || value >= choice.value { choice = (value, end) }
                    isAny = true
                }
                end += 1
            }
            // An unknown character counts as if it had been seen once.
            if !isAny { choice = (0 - logTotal + best[start + 1], start + 1) }
            best[start] = choice.value
            ends[start] = choice.end
        }
        return ends
    }
}

/// The hidden Markov model: a character begins a word, is in its middle, ends it, or is one by itself.
struct JiebaStates: Sendable {
    /// In the order B, E, M, S, in which Python compares the letters.
    enum State: Int, CaseIterable { case begin, end, middle, single }

    static let never = -3.14e100
    var start: [Double]
    /// `transitions[from][to]`.
    var transitions: [[Double]]
    var emissions: [[UInt32: Double]]

    /// Cuts what holds no known word: Chinese by the model, ASCII words and numbers whole.
    func cut(_ text: PythonText.Word) -> [PythonText.Word] {
        func isChinese(_ value: UInt32) -> Bool { (0x4E00...0x9FD5).contains(value) }
        var result: [PythonText.Word] = []
        var index = 0
        while index < text.count {
            let chinese = isChinese(text[index])
            let run = Array(text[index...].prefix { isChinese($0) == chinese })
            index += run.count
            result += chinese ? cutChinese(run) : Self.cutOther(run)
        }
        return result
    }

    private func cutChinese(_ text: PythonText.Word) -> [PythonText.Word] {
        var result: [PythonText.Word] = []
        var begin = 0
        for (index, state) in path(text).enumerated() {
            switch state {
            case .begin: begin = index
            case .end: result.append(Array(text[begin...index]))
            case .single: result.append([text[index]])
            case .middle: break
            }
        }
        return result
    }

    /// Viterbi; of equal ways the one over the state with the later letter.
    private func path(_ text: PythonText.Word) -> [State] {
        let before: [[State]] = [[.end, .single], [.begin, .middle], [.begin, .middle], [.end, .single]]
        var values = State.allCases.map { start[$0.rawValue] + emission($0, text[0]) }
        var steps: [[State]] = []
        for value in text.dropFirst() {
            var next: [Double] = []
            var step: [State] = []
            for state in State.allCases {
                var best: (value: Double, from: State) = (-.infinity, before[state.rawValue][0])
                for from in before[state.rawValue] {
                    let total =
                        values[from.rawValue] + transitions[from.rawValue][state.rawValue] + emission(state, value)
                    if total >= best.value { best = (total, from) }
                }
                next.append(best.value)
                step.append(best.from)
            }
            values = next
            steps.append(step)
        }
        var state: State = values[State.single.rawValue] >= values[State.end.rawValue] ? .single : .end
        var states = [state]
        for step in steps.reversed() {
            state = step[state.rawValue]
            states.append(state)
        }
        return states.reversed()
    }

    private func emission(_ state: State, _ value: UInt32) -> Double { emissions[state.rawValue][value] ?? Self.never }

    /// Pieces of `[a-zA-Z0-9]+(\.\d+)?%?`, and what stands between them.
    private static func cutOther(_ run: PythonText.Word) -> [PythonText.Word] {
        func isDigit(_ value: UInt32) -> Bool { (0x30...0x39).contains(value) }
        func isAlphanumeric(_ value: UInt32) -> Bool {
            isDigit(value) || (0x41...0x5A).contains(value) || (0x61...0x7A).contains(value)
        }
        var result: [PythonText.Word] = []
        var index = 0
        while index < run.count {
            let start = index
            guard isAlphanumeric(run[index]) else {
                index += run[index...].prefix { !isAlphanumeric($0) }.count
                result.append(Array(run[start..<index]))
                continue
            }
            index += run[index...].prefix(while: isAlphanumeric).count
            if index < run.count, run[index] == 0x2E {
                let digits = run[(index + 1)...].prefix(while: isDigit).count
                if digits > 0 { index += digits + 1 }
            }
            if index < run.count, run[index] == 0x25 { index += 1 }
            result.append(Array(run[start..<index]))
        }
        return result
    }
}
