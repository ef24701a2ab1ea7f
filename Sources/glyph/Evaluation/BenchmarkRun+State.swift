// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphReading
import GlyphTasks

extension BenchmarkRun {
    /// What is being made and asked, and what came of it.
    struct State {
        let parallel: Int
        private var examples: ExampleQueue
        /// Made, and not yet asked.
        private var ready: [Question] = []
        private var (making, asking) = (0, 0)
        private(set) var made = 0
        private(set) var pageCount = 0
        private(set) var keys: Set<RunItem.Key> = []
        /// The first that stops the run; nothing begins after it.
        private(set) var fault: (any Error)?

        init(_ suite: BenchmarkSuite, parallel: Int) {
            (examples, self.parallel) = (ExampleQueue(suite), parallel)
        }

        var isIdle: Bool { making + asking == 0 }

        /// The share of the suite that is made, in thousandths.
        var share: Int { examples.share(made: made) }

        /// What is to be asked now, if there is room for it.
        mutating func nextQuestion() -> Question? {
            guard fault == nil, asking < parallel, !ready.isEmpty else { return nil }
            asking += 1
            return ready.removeFirst()
        }

        /// What makes the next example, if it is to be made now.
        mutating func nextExample() -> (@Sendable () throws -> TaskExample)? {
            let processors = ThreadPool.processors
            // Requests that wait for examples need all processors; those under way need one for what comes back.
            let makers = asking < parallel ? processors : max(1, processors - 1)
            guard fault == nil, making < makers, ready.count + making < max(parallel, processors) else { return nil }
            do {
                guard let make = try examples.next() else { return nil }
                making += 1
                return make
            } catch {
                fault = error
                return nil
            }
        }

        mutating func take(_ event: Event) {
            switch event {
            case .asked: asking -= 1
            case .made(let questions, let own):
                (making, made) = (making - 1, made + 1)
                keys.formUnion(own)
                ready += questions
                pageCount += Self.pageCount(questions)
            case .failed(let error, let whileMaking):
                if whileMaking { making -= 1 } else { asking -= 1 }
                fault = fault ?? error
            case .late: break
            }
        }

        /// How many pages were drawn for an example, all looks together.
        private static func pageCount(_ questions: [Question]) -> Int {
            Set(questions.compactMap(\.way.look)).reduce(0) { sum, look in
                sum + (questions.first { $0.way.look == look }?.pages?.fine.pages.count ?? 0)
            }
        }
    }
}

/// The examples of a suite in order; a group is opened when its turn comes.
private struct ExampleQueue {
    private let suite: BenchmarkSuite
    private var groupIndex = -1
    private var group: BenchmarkSuite.Group?
    private var index = 0
    /// Examples of the groups before this one.
    private var before = 0

    init(_ suite: BenchmarkSuite) { self.suite = suite }

    /// What makes the next example, or nothing at the end.
    mutating func next() throws -> (@Sendable () throws -> TaskExample)? {
        while group.map({ index >= $0.count }) ?? true {
            guard groupIndex + 1 < suite.groups.count else { return nil }
            before += group?.count ?? 0
            groupIndex += 1
            group = try suite.groups[groupIndex]()
            index = 0
        }
        guard let group else { return nil }
        let number = index
        index += 1
        return { try group.make(number) }
    }

    /// The share of all groups, in thousandths, once so many examples are made.
    func share(made: Int) -> Int {
        let part = group.map { $0.count == 0 ? 1 : Double(max(0, made - before)) / Double($0.count) } ?? 0
        return Int((Double(max(0, groupIndex)) + min(1, part)) / Double(max(1, suite.groups.count)) * 1000)
    }
}
