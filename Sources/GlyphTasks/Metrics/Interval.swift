// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A 95 % confidence interval.
package struct Interval: Sendable, Equatable {
    package var lower: Double
    package var upper: Double

    package init(_ lower: Double, _ upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// The standard normal quantile of 97.5 %.
    static let z = 1.959963984540054

    /// Wilson's interval of a share: right also near 0 and 1 and for few items, where the normal one is not.
    ///
    /// Of no items: 0 to 1, which says that nothing is known. E. B. Wilson, JASA 22 (1927).
    package static func share(_ hits: Int, of count: Int) -> Self {
        guard count > 0 else { return Self(0, 1) }
        return wilson(Double(hits) / Double(count), of: count)
    }

    private static func wilson(_ p: Double, of count: Int) -> Self {
        let n = Double(count)
        let scale = 1 + z * z / n
        let middle = (p + z * z / (2 * n)) / scale
        let half = z / scale * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        // The bound at 0 and at 1 is exact, whatever rounding did.
        return Self(p == 0 ? 0 : max(0, middle - half), p == 1 ? 1 : min(1, middle + half))
    }

    /// The percentile bootstrap of a mean; stays inside the range of the values.
    package static func bootstrappedMean(_ values: [Double], seed: UInt64) -> Self {
        bootstrapped(count: values.count, seed: seed) { sample in
            sample.reduce(0) { $0 + values[$1] } / Double(sample.count)
        }
    }

    /// Mean and interval of scores from 0 to 1: Wilson's where every score is 0 or 1, else a bootstrap with a fixed seed.
    ///
    /// Scores that are all equal say nothing of their spread, and a bootstrap of them would have no width. Theirs is
    /// Wilson's as well: no scores from 0 to 1 of mean p spread more than zeros and ones of that mean, whose variance is
    /// p(1 − p) (R. Bhatia and C. Davis, American Mathematical Monthly 107, 2000).
    ///
    /// - Returns: nothing of no scores.
    package static func estimate(_ scores: [Double]) -> (value: Double, interval: Interval)? {
        guard !scores.isEmpty else { return nil }
        let mean = scores.reduce(0, +) / Double(scores.count)
        if scores.allSatisfy({ $0 == 0 || $0 == 1 }) {
            return (mean, .share(scores.count { $0 == 1 }, of: scores.count))
        }
        if scores.count > 1, scores.allSatisfy({ $0 == scores[0] }) {
            return (scores[0], wilson(scores[0], of: scores.count))
        }
        return (mean, scores.count > 1 ? .bootstrappedMean(scores, seed: 1) : Self(0, 1))
    }

    /// The percentile bootstrap of a rate over pages: the edits of a sample of pages by its length.
    package static func bootstrappedRate(_ counts: [ErrorCount], seed: UInt64) -> Self {
        bootstrapped(count: counts.count, seed: seed) { sample in
            sample.reduce(ErrorCount(edits: 0, length: 0)) { $0 + counts[$1] }.rate
        }
    }

    /// The interval of a rate of errors over pages: a bootstrap with a fixed seed, over pages.
    ///
    /// Pages that all have the same rate, as 0, say nothing of its spread, and a bootstrap of them would have no width.
    /// Theirs is Wilson's, of as many characters or words as were read, each taken for itself.
    ///
    /// - Returns: nothing of fewer than two pages.
    package static func rate(of counts: [ErrorCount]) -> Self? {
        guard counts.count > 1 else { return nil }
        let sum = counts.reduce(ErrorCount(edits: 0, length: 0), +)
        if sum.length > 0, sum.rate <= 1, counts.allSatisfy({ $0.rate == sum.rate }) {
            return wilson(sum.rate, of: sum.length)
        }
        return bootstrappedRate(counts, seed: 1)
    }

    /// The interval of the mean of several estimates, from the interval of each.
    ///
    /// Distances to the bounds add up as standard errors do (Zou and Donner, Statistics in Medicine 27, 2008, "MOVER"), so
    /// that estimates of 0 and 1 keep their uncertainty, which a bootstrap of them has not.
    package static func mean(of estimates: [(value: Double, interval: Interval)]) -> Self {
        guard !estimates.isEmpty else { return Self(-.infinity, .infinity) }
        let count = Double(estimates.count)
        let mean = estimates.reduce(0) { $0 + $1.value } / count
        func root(_ distance: ((value: Double, interval: Interval)) -> Double) -> Double {
            estimates.reduce(0) { $0 + distance($1) * distance($1) }.squareRoot() / count
        }
        return Self(mean - root { $0.value - $0.interval.lower }, mean + root { $0.interval.upper - $0.value })
    }

    /// So many that fifty results lie beyond each bound, and another seed moves it little.
    private static let resamples = 2000

    private static func bootstrapped(count: Int, seed: UInt64, _ statistic: ([Int]) -> Double) -> Self {
        guard count > 1 else { return Self(-.infinity, .infinity) }
        var generator = SplitMix64(state: seed)
        var sample = [Int](repeating: 0, count: count)
        var results: [Double] = []
        for _ in 0..<resamples {
            for index in sample.indices { sample[index] = Int.random(in: 0..<count, using: &generator) }
            results.append(statistic(sample))
        }
        return percentiles(results)
    }

    private static func percentiles(_ results: [Double]) -> Self {
        let sorted = results.sorted()
        let edge = Double(sorted.count - 1)
        return Self(sorted[Int((edge * 0.025).rounded())], sorted[Int((edge * 0.975).rounded())])
    }
}
