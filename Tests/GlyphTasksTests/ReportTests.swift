// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphTasks

@Suite("Result files")
struct RunLogTests {
    static func item(
        _ index: Int,
        task: String = "niah_single_1",
        config: String = "small",
        outcome: RunItem.Outcome = .answered(text: "It is \"42\".\n", score: 1)
    ) -> RunItem {
        RunItem(
            key: RunItem.Key(reader: "nano", strategy: "whole", config: config, example: "\(task)-\(index)"),
            task: task,
            outcome: outcome,
            contextTokens: 3000,
            spentTokens: 1000,
            seconds: 0.25
        )
    }

    @Test("Items come back as they were written, failures and errors included")
    func roundTrip() throws {
        let file = try ScratchFile("", name: "results.jsonl")
        var transcribed = Self.item(2, outcome: .answered(text: "\u{1}\u{2028}é", score: 0.123456789))
        transcribed.errors = ErrorCount(edits: 3, length: 100)
        transcribed.wordErrors = ErrorCount(edits: 2, length: 20)
        let items = [Self.item(1), transcribed, Self.item(10, outcome: .failed(reason: "timed out"))]
        let log = try RunLog(resuming: file.path)
        for item in items.reversed() { try log.append(item) }
        #expect(try RunLog.items(at: file.path) == items)
        #expect(log.isDone(items[0].key))
        #expect(!log.isDone(Self.item(3).key))
    }

    @Test("Cut off at any byte, a file loses at most its last item, and going on gives the whole again")
    func truncation() throws {
        let items = (1...2).map { Self.item($0) }
        let whole = try ScratchFile("", name: "results.jsonl")
        let log = try RunLog(resuming: whole.path)
        for item in items { try log.append(item) }
        let bytes = try Data(contentsOf: URL(fileURLWithPath: whole.path))
        for cut in 0...bytes.count {
            let file = try ScratchFile(String(decoding: bytes.prefix(cut), as: UTF8.self), name: "cut.jsonl")
            let wholeLines = bytes.prefix(cut).count { $0 == 0x0A }
            #expect(try RunLog.items(at: file.path) == Array(items.prefix(wholeLines)))
            let resumed = try RunLog(resuming: file.path)
            for item in items where !resumed.isDone(item.key) { try resumed.append(item) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: file.path)) == bytes)
        }
    }

    @Test("A blank line is no loss, and a broken line before others is an error with its number")
    func damage() throws {
        let line = Self.item(1).jsonLine + "\n"
        let blank = try ScratchFile(line + "\n  \n" + Self.item(2).jsonLine + "\n", name: "blank.jsonl")
        try RunLog(resuming: blank.path).append(Self.item(3))
        #expect(try RunLog.items(at: blank.path).count == 3)
        let broken = try ScratchFile(line + "{\"id\": 3\n" + line, name: "broken.jsonl")
        let error = #expect(throws: InputError.self) { try RunLog(resuming: broken.path) }
        #expect(error?.location.contains("line 2") == true)
        let both = try ScratchFile(
            line.replacing("\"score\"", with: "\"failure\":\"x\",\"score\"") + line,
            name: "both.jsonl"
        )
        #expect(throws: InputError.self) { try RunLog.items(at: both.path) }
        // A run's own file is no data that somebody has to bring.
        let gone = #expect(throws: InputError.self) { try RunLog.items(at: "/nowhere/items.jsonl") }
        #expect(gone?.remedy?.contains("benchmarks.md") == false)
    }

    @Test("Failures are done again on request, and the later line counts")
    func redoing() throws {
        let file = try ScratchFile("", name: "results.jsonl")
        try RunLog(resuming: file.path).append(Self.item(1, outcome: .failed(reason: "refused")))
        let isDone = try RunLog(resuming: file.path).isDone(Self.item(1).key)
        #expect(isDone)
        let log = try RunLog(resuming: file.path, redoingFailures: true)
        #expect(!log.isDone(Self.item(1).key))
        try log.append(Self.item(1))
        #expect(try RunLog.items(at: file.path) == [Self.item(1)])
    }

    @Test("A second run on one file is refused while the first goes on, and takes nothing from it")
    func secondRun() throws {
        let file = try ScratchFile("", name: "results.jsonl")
        do {
            let log = try RunLog(resuming: file.path)
            #expect(log.isNew)
            let error = #expect(throws: InputError.self) { try RunLog(resuming: file.path) }
            #expect(error?.problem == "another run is using this folder")
            try log.append(Self.item(1))
        }
        #expect(try RunLog.items(at: file.path) == [Self.item(1)])
        let again = try RunLog(resuming: file.path)
        #expect(!again.isNew)
        withExtendedLifetime(again) {}
    }

    @Test("A folder in place of the file is an error that says so")
    func folder() {
        let error = #expect(throws: InputError.self) { try RunLog(resuming: NSTemporaryDirectory()) }
        #expect(error?.problem.contains("cannot be opened for writing") == true)
        #expect(throws: InputError.self) { try RunLog.items(at: NSTemporaryDirectory()) }
    }

    @Test("Many threads may write to one file")
    func parallel() async throws {
        let file = try ScratchFile("", name: "results.jsonl")
        let log = try RunLog(resuming: file.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 { group.addTask { try log.append(Self.item(index)) } }
            try await group.waitForAll()
        }
        #expect(try RunLog.items(at: file.path) == (0..<200).map { Self.item($0) })
    }
}

@Suite("Reports")
struct BenchmarkReportTests {
    private static func items() -> [RunItem] {
        var items = (0..<10).map { index in
            RunLogTests.item(index, outcome: .answered(text: "", score: index < 9 ? 1 : 0))
        }
        items.append(RunLogTests.item(10, outcome: .failed(reason: "<timed out>")))
        items += (0..<4).map { RunLogTests.item($0, task: "qa|1", outcome: .answered(text: "", score: Double($0) / 4)) }
        items += (0..<2).map { index in
            var item = RunLogTests.item(
                index,
                task: "transcribe",
                config: "<dense>",
                outcome: .answered(text: "", score: 0.5)
            )
            item.errors = ErrorCount(edits: 1, length: 10 + index * 80)
            item.wordErrors = ErrorCount(edits: 1, length: 2 + index * 16)
            item.spentTokens = 500
            return item
        }
        return items
    }

    @Test("Means are over answers only, with Wilson's interval for shares, and failures are counted")
    func summaries() throws {
        let summaries = RunSummary.summaries(of: Self.items())
        let needle = summaries[0]
        #expect((needle.count, needle.failures) == (10, 1))
        #expect(needle.score == 0.9)
        #expect(needle.interval == .share(9, of: 10))
        #expect(needle.compression == 3)
        #expect(summaries[1].score == 0.375)
        let interval = try #require(summaries[1].interval)
        #expect(interval.lower < 0.375 && interval.upper > 0.375)
        #expect(summaries[2].errorRate == 0.02)
        #expect(summaries[2].wordErrorRate == 0.1)
        #expect(summaries[2].compression == 6)
        let means = summaries.filter { $0.task == RunSummary.allTasks }
        #expect(means.map(\.config) == ["small", "<dense>"])
        #expect((means[0].count, means[0].failures) == (14, 1))
    }

    @Test("A mean of tasks says of how many it is, and is none where a task is missing that others have")
    func means() {
        let tasks = { (config: String, names: [String]) in
            names.enumerated().map { index, task in
                let outcome = RunItem.Outcome.answered(text: "", score: Double(index) / 2)
                var item = RunLogTests.item(1, task: task, config: config, outcome: outcome)
                item.errors = ErrorCount(edits: index, length: 10)
                item.wordErrors = ErrorCount(edits: index, length: 4)
                return item
            }
        }
        let report = BenchmarkReport(title: "t", items: tasks("all", ["a", "b"]) + tasks("some", ["a"]))
        let means = report.summaries.filter { $0.task == RunSummary.allTasks }
        #expect(means.map(\.score) == [0.25, nil])
        #expect(means.map(\.errorRate) == [0.05, nil])
        #expect(means.map(\.wordErrorRate) == [0.125, nil])
        #expect(means.map(\.compression) == [3, nil])
        #expect(report.markdown.contains("| mean of tasks (2) | nano | whole | all |"))
        let missing = "| mean of tasks (1 of 2) | nano | whole | some | 1 | 0 | – | – | – | – | – |"
        #expect(report.markdown.contains(missing))
    }

    @Test("More lines than colours are told apart by dashes")
    func strokes() {
        let strokes = (0..<24).map { ReportPlot.Stroke($0) }
        #expect(Set(strokes.map { [$0.colour, $0.dashes] }).count == 24)
        #expect(Set(strokes.map { $0.line(along: "M0 3H48") }).count == 24)
    }

    @Test("A task with failures only has no score, and takes the mean of tasks with it")
    func onlyFailures() {
        let items = [RunLogTests.item(1), RunLogTests.item(2, task: "vt", outcome: .failed(reason: "x"))]
        let summaries = RunSummary.summaries(of: items)
        #expect(summaries[1].score == nil)
        #expect(summaries[1].interval == nil)
        #expect(summaries[1].failures == 1)
        #expect(summaries[2].score == nil)
        #expect(
            BenchmarkReport(title: "t", items: items).markdown.contains("| vt | nano | whole | small | 0 | 1 | – | – |")
        )
    }

    @Test("The Markdown table has one line a summary and escapes what would break it")
    func markdown() {
        let report = BenchmarkReport(title: "Needles", notes: ["seed 1"], items: Self.items())
        let lines = report.markdown.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("| ") } == 2 + report.summaries.count)
        #expect(
            report.markdown.contains(
                "| niah_single_1 | nano | whole | small | 10 | 1 | 90.0 | 59.6–98.2 | – | – | 3.00× | 0.25 |"
            )
        )
        #expect(report.markdown.contains("| qa\\|1 |"))
        #expect(report.markdown == BenchmarkReport(title: "Needles", notes: ["seed 1"], items: Self.items()).markdown)
    }

    @Test("The page is well-formed, shows every point once in each plot and escapes names")
    func html() throws {
        let report = BenchmarkReport(title: "A & B", items: Self.items())
        let html = report.html
        #expect(html.contains("<h1>A &amp; B</h1>"))
        #expect(!html.contains("<dense>") && html.contains("&lt;dense&gt;"))
        #expect(html.components(separatedBy: "role=\"img\"").count - 1 == report.plots.count)
        // Plots have as many lines as their legends, drawn alike.
        for (index, line) in report.plots.flatMap({ $0.lines.enumerated() }) {
            let sample = ReportPlot.Stroke(index).line(along: "M0 3H48")
            #expect(html.contains("\(sample)</svg>\(line.name.escaped)"))
        }
        // The two configurations have different tasks, so there is no mean to show.
        #expect(
            report.plots.map(\.title) == ["niah_single_1", "qa|1", "transcribe", "transcribe: error rate"]
        )
        for plot in report.plots {
            let points = plot.lines.flatMap(\.points)
            #expect(plot.svg.components(separatedBy: "<circle").count - 1 == points.count)
            let parser = XMLCheck(plot.svg)
            #expect(parser.isBalanced)
            #expect(!plot.svg.contains(/["ML ]-?(nan|inf)["ML ]/))
        }
    }

    @Test("Axes end at round numbers and decimals are fixed")
    func numbers() {
        #expect([0.7, 1, 1.2, 3.3, 11, 0.021, 100].map(ReportPlot.niceCeiling) == [0.8, 1, 1.5, 4, 15, 0.025, 100])
        #expect(ReportPlot.niceCeiling(0) == 1)
        #expect(BenchmarkReport.decimal(3.14159, 2) == "3.14")
        #expect(BenchmarkReport.decimal(-0.05, 1) == "-0.1")
        #expect(BenchmarkReport.decimal(-0.001, 1) == "0.0")
        #expect(BenchmarkReport.decimal(2, 0) == "2")
        #expect(BenchmarkReport.decimal(1.05, 3) == "1.050")
    }
}

/// Whether the tags of a text close in the order in which they open.
private struct XMLCheck {
    let isBalanced: Bool

    init(_ text: String) {
        var open: [Substring] = []
        var isBalanced = true
        for match in text.matches(of: /<(\/?)([a-z]+)([^<>]*?)(\/?)>/) {
            if match.1 == "/" {
                if open.popLast() != match.2 { isBalanced = false }
            } else if match.4 != "/" {
                open.append(match.2)
            }
        }
        self.isBalanced = isBalanced && open.isEmpty
    }
}
