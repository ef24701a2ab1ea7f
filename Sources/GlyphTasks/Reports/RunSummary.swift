// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The figures of all items of one task, reader, strategy and configuration.
package struct RunSummary: Sendable, Equatable {
    /// Over how many tasks a mean is.
    package struct Coverage: Sendable, Equatable {
        /// Tasks of this reader, strategy and configuration.
        package var present: Int
        /// Tasks of all.
        package var all: Int
    }

    package var task: String
    package var reader: String
    package var strategy: String
    package var config: String
    /// Of a mean of tasks.
    package var coverage: Coverage?
    /// Items with an answer; only these are in the score.
    package var count: Int
    /// Items without one.
    package var failures: Int
    /// The mean score of the answers; nothing if there is none.
    package var score: Double?
    /// Its 95 % interval: Wilson's where every score is 0 or 1, else a seeded bootstrap; for the mean of tasks made of
    /// these.
    package var interval: Interval?
    /// The error rate over all that was transcribed, and its interval.
    package var errorRate: Double?
    package var errorInterval: Interval?
    /// The rate of word errors over all that was transcribed.
    package var wordErrorRate: Double?
    /// Context tokens by tokens spent, over the answered items; nothing if none were spent.
    package var compression: Double?
    /// Seconds of the reader for each answer.
    package var seconds: Double?

    /// The name under which a mean over tasks is listed.
    package static let allTasks = "mean of tasks"

    /// One summary for each task, reader, strategy and configuration, in the order in which they first appear; then,
    /// where several tasks were done, the mean of tasks for each of the rest.
    package static func summaries(of items: [RunItem]) -> [RunSummary] {
        var order: [[String]] = []
        var groups: [[String]: [RunItem]] = [:]
        for item in items {
            let group = [item.task, item.key.reader, item.key.strategy, item.key.config]
            if groups[group] == nil { order.append(group) }
            groups[group, default: []].append(item)
        }
        let single = order.map { RunSummary($0, groups[$0] ?? []) }
        let tasks = Set(single.map(\.task)).count
        guard tasks > 1 else { return single }
        var sets: [[String]] = []
        for group in order where !sets.contains(Array(group.dropFirst())) { sets.append(Array(group.dropFirst())) }
        let means = sets.map { set in
            let members = order.indices.filter { Array(order[$0].dropFirst()) == set }
            let items = members.flatMap { groups[order[$0]] ?? [] }
            return RunSummary(meanOf: members.map { single[$0] }, items, set, allTasks: tasks)
        }
        return single + means
    }

    private init(_ group: [String], _ items: [RunItem]) {
        (task, reader, strategy, config) = (group[0], group[1], group[2], group[3])
        let scores = items.compactMap(\.score)
        count = scores.count
        failures = items.count - scores.count
        if let estimate = Interval.estimate(scores) { (score, interval) = (estimate.value, estimate.interval) }
        let answered = items.filter { $0.score != nil }
        let errors = answered.compactMap(\.errors)
        if !errors.isEmpty {
            errorRate = errors.reduce(ErrorCount(edits: 0, length: 0), +).rate
            errorInterval = Interval.rate(of: errors)
        }
        let words = answered.compactMap(\.wordErrors)
        if !words.isEmpty { wordErrorRate = words.reduce(ErrorCount(edits: 0, length: 0), +).rate }
        setSpending(answered)
    }

    /// The mean over tasks, every task with the same weight.
    ///
    /// Where a task is missing that others have, or has no answer, there is no mean: it would be over other tasks than
    /// theirs, and yet stand beside theirs.
    private init(meanOf single: [RunSummary], _ items: [RunItem], _ set: [String], allTasks total: Int) {
        task = Self.allTasks
        (reader, strategy, config) = (set[0], set[1], set[2])
        coverage = Coverage(present: single.count, all: total)
        count = single.reduce(0) { $0 + $1.count }
        failures = items.count - count
        guard single.count == total else { return }
        if let mean = Self.mean(single, \.score, \.interval) { (score, interval) = (mean.value, mean.interval) }
        if let mean = Self.mean(single, \.errorRate, \.errorInterval) {
            (errorRate, errorInterval) = (mean.value, mean.interval)
        }
        let words = single.compactMap(\.wordErrorRate)
        if words.count == single.count { wordErrorRate = words.reduce(0, +) / Double(words.count) }
        setSpending(items.filter { $0.score != nil })
    }

    /// The mean of a figure that all have, and its interval where all have one.
    private static func mean(
        _ single: [RunSummary],
        _ value: (RunSummary) -> Double?,
        _ interval: (RunSummary) -> Interval?
    ) -> (value: Double, interval: Interval?)? {
        let values = single.compactMap(value)
        guard !values.isEmpty, values.count == single.count else { return nil }
        let intervals = single.compactMap(interval)
        let isKnown = intervals.count == values.count
        return (
            values.reduce(0, +) / Double(values.count),
            isKnown ? Interval.mean(of: zip(values, intervals).map { (value: $0, interval: $1) }) : nil
        )
    }

    private mutating func setSpending(_ answered: [RunItem]) {
        let spent = answered.reduce(0) { $0 + $1.spentTokens }
        if spent > 0 { compression = Double(answered.reduce(0) { $0 + $1.contextTokens }) / Double(spent) }
        if !answered.isEmpty { seconds = answered.reduce(0) { $0 + $1.seconds } / Double(answered.count) }
    }
}

extension RunItem {
    /// The score, if there is an answer.
    package var score: Double? {
        if case .answered(_, let score) = outcome { score } else { nil }
    }
}
