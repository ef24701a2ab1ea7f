// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The results of a run as tables and plots: score against compression, with the number of items and 95 % intervals.
///
/// Failures are listed beside the answers and are in no mean: a request that failed is neither right nor wrong.
package struct BenchmarkReport: Sendable {
    package var title: String
    /// What a reader of the report must know: versions, what Chinese was cut with, what was left out.
    package var notes: [String]
    package var summaries: [RunSummary]

    package init(title: String, notes: [String] = [], items: [RunItem]) {
        self.title = title
        self.notes = notes
        summaries = RunSummary.summaries(of: items)
    }

    /// The tasks in the order of the tables.
    var tasks: [String] {
        var tasks: [String] = []
        for summary in summaries where !tasks.contains(summary.task) { tasks.append(summary.task) }
        return tasks
    }

    static let header = [
        "task", "reader", "strategy", "config", "n", "failed", "score %", "95 %", "error rate %", "95 %", "compression",
        "s/item", "word error rate %",
    ]

    /// The columns of a summary, as `header` names them; a dash where there is nothing to say.
    static func row(_ summary: RunSummary) -> [String] {
        [
            task(summary), summary.reader, summary.strategy, summary.config, String(summary.count),
            String(summary.failures), percent(summary.score), percent(summary.interval), percent(summary.errorRate),
            percent(summary.errorInterval), summary.compression.map { decimal($0, 2) + "×" } ?? "–",
            summary.seconds.map { decimal($0, 2) } ?? "–", percent(summary.wordErrorRate),
        ]
    }

    /// What the first column says; a mean also says of how many tasks.
    private static func task(_ summary: RunSummary) -> String {
        guard let coverage = summary.coverage else { return summary.task }
        let (present, all) = (coverage.present, coverage.all)
        return "\(summary.task) (\(present == all ? "\(all)" : "\(present) of \(all)"))"
    }

    /// The report in Markdown.
    package var markdown: String {
        var text = "# \(title)\n\n"
        for note in notes { text += "* \(note)\n" }
        if !notes.isEmpty { text += "\n" }
        text += Self.line(Self.header)
        text += Self.line(Self.header.indices.map { $0 < 4 ? "---" : "--:" })
        for summary in summaries { text += Self.line(Self.row(summary)) }
        return text + "\n" + Self.explanation + "\n"
    }

    /// What both forms say about the numbers.
    static let explanation =
        "Scores are means over the n items with an answer; failed items are in no mean. A mean of tasks is only given "
        + "where none is missing that others have."

    private static func line(_ cells: [String]) -> String {
        let safe = cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }
        return "| " + safe.joined(separator: " | ") + " |\n"
    }

    // MARK: - Numbers

    private static func percent(_ value: Double?) -> String { value.map { decimal($0 * 100, 1) } ?? "–" }

    private static func percent(_ interval: Interval?) -> String {
        guard let interval, interval.lower.isFinite, interval.upper.isFinite else { return "–" }
        return decimal(interval.lower * 100, 1) + "–" + decimal(interval.upper * 100, 1)
    }

    /// A number with a fixed count of decimals, the same in every locale.
    static func decimal(_ value: Double, _ digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
        let scaled = (abs(value) * Double(scale)).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let whole = Int(scaled)
        var text = String(whole / scale)
        if digits > 0 {
            let rest = String(whole % scale)
            text += "." + String(repeating: "0", count: digits - rest.count) + rest
        }
        return (value < 0 && whole > 0 ? "-" : "") + text
    }
}
