// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Metrics in Prometheus's text format, version 0.0.4.
package struct PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package enum Kind: String { case counter, gauge, histogram }

    /// What has been written.
    package private(set) var text = ""
    /// What every name begins with.
    private let prefix: String

    package init(prefix: String) { self.prefix = prefix }

    /// Writes a metric with a value for each set of labels, such as `{state="running"}`; no labels are an empty text.
    package mutating func add(
        _ name: String,
        _ kind: Kind,
        _ help: String,
        values: [(labels: String, value: Int)]
    ) {
        begin(name, kind, help)
        for (labels, value) in values { text += "\(prefix)\(name)\(labels) \(value)\n" }
    }

    /// Writes a metric that has one value.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Int) {
        add(name, kind, help, values: [("", value)])
    }

    /// Writes a histogram.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - help: What is observed, in words.
    ///   - limits: The upper limits of the buckets.
    ///   - counts: Observations in each bucket, the last without a limit; not cumulative.
    ///   - sum: The sum of what was observed.
    package mutating func addHistogram(_ name: String, _ help: String, limits: [Double], counts: [Int], sum: Double) {
        begin(name, .histogram, help)
        var total = 0
        for (limit, count) in zip(limits, counts) {
            total += count
            text += "\(prefix)\(name)_bucket{le=\"\(limit)\"} \(total)\n"
        }
        let all = counts.reduce(0, +)
        text += "\(prefix)\(name)_bucket{le=\"+Inf\"} \(all)\n\(prefix)\(name)_sum \(sum)\n"
        text += "\(prefix)\(name)_count \(all)\n"
    }

    private mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(prefix)\(name) \(help)\n# TYPE \(prefix)\(name) \(kind.rawValue)\n"
    }
}
