// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import Testing

@testable import GlyphTasks

@Suite("Error rates")
struct ErrorRateTests {
    /// The textbook dynamic programme, which the fast one must equal.
    private static func plain(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let best = min(diagonal + (x == y ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                diagonal = row[j + 1]
                row[j + 1] = best
            }
        }
        return row[b.count]
    }

    @Test("The bit-parallel distance equals the plain one on unrelated texts of all lengths around a word's 64")
    func unrelated() {
        var generator = SplitMix64(state: 1)
        for round in 0..<600 {
            let letters = UInt8([1, 2, 4, 60][round % 4])
            let texts = (0..<2).map { _ in
                (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                    UInt8.random(in: 0...letters, using: &generator)
                }
            }
            #expect(EditDistance.between(texts[0], texts[1]) == Self.plain(texts[0], texts[1]))
        }
    }

    @Test("It equals the plain one on long texts that differ a little, where only a band is computed")
    func similar() {
        var generator = SplitMix64(state: 2)
        for edits in [1, 3, 10, 40, 90, 150] {
            let text = (0..<500).map { _ in UInt8.random(in: 97...122, using: &generator) }
            var other = text
            for _ in 0..<edits {
                let at = Int.random(in: 0..<other.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: other.remove(at: at)
                case 1: other.insert(UInt8.random(in: 97...122, using: &generator), at: at)
                case 2: other[at] = UInt8.random(in: 97...122, using: &generator)
                // A block that moves leaves the diagonal.
                default: other = Array(other[(edits % 40)...] + other[..<(edits % 40)])
                }
            }
            let distance = Self.plain(text, other)
            #expect(EditDistance.between(text, other) == distance)
            #expect(EditDistance.between(other, text) == distance)
        }
    }

    @Test("Scalars count, so that canonically equivalent spellings differ")
    func scalars() {
        #expect(ErrorCount.characters(read: "é", written: "e\u{301}").edits == 2)
        #expect(ErrorCount.words(read: "cafe\u{301} noir", written: "café noir") == ErrorCount(edits: 1, length: 2))
    }

    @Test("Collapsed white space forgives line breaks and nothing else")
    func whiteSpace() {
        let written = "Reader, I married him.\nA quiet wedding  we had."
        let read = " Reader, I married\nhim. A quiet wedding we had"
        #expect(ErrorCount.characters(read: read, written: written) == ErrorCount(edits: 1, length: 46))
        #expect(ErrorCount.words(read: read, written: written) == ErrorCount(edits: 1, length: 9))
    }

    @Test("The rate of a sum weighs pages by their length, and an empty reference counts what was invented")
    func sums() {
        let sum = ErrorCount(edits: 1, length: 10) + ErrorCount(edits: 0, length: 90)
        #expect(sum.rate == 0.01)
        #expect(ErrorCount.characters(read: "abc", written: "").rate == 3)
        #expect(ErrorCount.characters(read: "", written: "").rate == 0)
    }
}

@Suite("Intervals")
struct IntervalTests {
    /// The normal interval of a mean, ±1.96 standard errors.
    private static func normal(_ values: [Double]) -> Interval {
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        let half = Interval.z * (variance / n).squareRoot()
        return Interval(mean - half, mean + half)
    }

    @Test("Wilson's interval has the published values")
    func wilson() {
        // Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        let published = [
            (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
        ]
        for (hits, count, lower, upper) in published {
            let interval = Interval.share(hits, of: count)
            #expect(abs(interval.lower - lower) < 5e-5)
            #expect(abs(interval.upper - upper) < 5e-5)
        }
        #expect(Interval.share(20, of: 20).upper == 1)
        #expect(Interval.share(0, of: 0) == Interval(0, 1))
    }

    @Test("The bootstrap agrees with the normal interval on many values, and repeats with its seed")
    func bootstrap() {
        var generator = SplitMix64(state: 3)
        let values = (0..<400).map { _ in Double.random(in: 0...1, using: &generator) }
        let normal = Self.normal(values)
        let drawn = Interval.bootstrappedMean(values, seed: 7)
        #expect(abs(drawn.lower - normal.lower) < 0.005)
        #expect(abs(drawn.upper - normal.upper) < 0.005)
        #expect(drawn == Interval.bootstrappedMean(values, seed: 7))
        #expect(drawn != Interval.bootstrappedMean(values, seed: 8))
        let pages = values.map { ErrorCount(edits: Int($0 * 10), length: 100) }
        let rate = pages.reduce(ErrorCount(edits: 0, length: 0), +).rate
        let interval = Interval.bootstrappedRate(pages, seed: 1)
        #expect(interval.lower < rate && rate < interval.upper)
    }

    @Test("Scores that are all equal have an interval of the width of zeros and ones of their mean")
    func equalScores() throws {
        let quarter = try #require(Interval.estimate(Array(repeating: 0.25, count: 24)))
        #expect(quarter.value == 0.25 && quarter.interval == .share(6, of: 24))
        // One that differs tells something of the spread, which is then what counts.
        let spread = try #require(Interval.estimate(Array(repeating: 0.25, count: 23) + [0.5]))
        #expect(spread.interval.upper < quarter.interval.upper && spread.interval.upper > spread.value)
    }

    @Test("Pages without an error leave open how many a longer text would have had")
    func rates() throws {
        let perfect = Array(repeating: ErrorCount(edits: 0, length: 500), count: 4)
        let interval = try #require(Interval.rate(of: perfect))
        #expect(interval == .share(0, of: 2000))
        #expect(interval.lower == 0 && interval.upper > 0.0015)
        let mixed = perfect + [ErrorCount(edits: 9, length: 500)]
        #expect(Interval.rate(of: mixed) == .bootstrappedRate(mixed, seed: 1))
        #expect(Interval.rate(of: [perfect[0]]) == nil)
    }

    @Test("The interval of a mean of estimates narrows with their number and stays open at 0 and 1")
    func meanOfEstimates() {
        let perfect = (value: 1.0, interval: Interval.share(50, of: 50))
        let one = Interval.mean(of: [perfect])
        #expect(abs(one.lower - perfect.interval.lower) < 1e-12 && one.upper == 1)
        let four = Interval.mean(of: Array(repeating: perfect, count: 4))
        #expect(abs((1 - four.lower) - (1 - one.lower) / 2) < 1e-12)
        #expect(four.upper == 1)
        // Of normal intervals it is the usual one: sqrt(3² + 4²) / 2.
        let normal = Interval.mean(of: [(10, Interval(7, 13)), (20, Interval(16, 24))])
        #expect(normal == Interval(12.5, 17.5))
    }
}
