// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphTensor
import GlyphVLM
import Testing

@testable import GlyphTrain

@Suite struct PrefetcherTests {
    struct Refusal: Error, Equatable { var index: Int }

    @Test("Values come in order, and an error where its value would", arguments: [1, 2, 5, 40])
    func order(depth: Int) throws {
        // The later an index in a group of five, the sooner its value is there.
        let prefetcher = Prefetcher<Int>(3..<33, depth: depth) { index in
            Thread.sleep(forTimeInterval: Double(4 - index % 5) * 0.001)
            if index == 11 { throw Refusal(index: index) }
            return index * index
        }
        for index in 3..<33 {
            if index == 11 {
                #expect(throws: Refusal(index: 11)) { _ = try prefetcher.next() }
            } else {
                #expect(try prefetcher.next() == index * index)
            }
        }
        #expect(throws: CancellationError.self) { _ = try prefetcher.next() }
    }

    @Test("As many values are made ahead as was asked for, and no more")
    func ahead() throws {
        let (made, running) = (Counter(), Counter())
        let prefetcher = Prefetcher<Int>(0..<20, depth: 3) { index in
            running.add(1)
            Thread.sleep(forTimeInterval: 0.002)
            running.add(-1)
            made.add(1)
            return index
        }
        _ = try prefetcher.next()
        for _ in 0..<1000 where made.value < 4 { Thread.sleep(forTimeInterval: 0.005) }
        Thread.sleep(forTimeInterval: 0.05)
        #expect(made.value == 4)
        for _ in 1..<20 { _ = try prefetcher.next() }
        #expect(made.value == 20)
        #expect(running.highest <= 3)
    }

    @Test("Nothing is made any more when stopping is over")
    func stopping() throws {
        let (begun, made) = (Counter(), Counter())
        let prefetcher = Prefetcher<Int>(0..<100, depth: 50) { index in
            begun.add(1)
            Thread.sleep(forTimeInterval: 0.01)
            made.add(1)
            return index
        }
        _ = try prefetcher.next()
        prefetcher.stop()
        let count = begun.value
        #expect(made.value == count)
        Thread.sleep(forTimeInterval: 0.05)
        #expect(begun.value == count)
    }

    @Test("Batches made on several threads are those of one thread")
    func batches() throws {
        let (folder, model) = try Fixture.tinyModel()
        let stage = try Fixture.configuration(steps: 1).stages[0]
        let maker = try BatchMaker(model, Fixture.corpus(), seed: 2)
        func batches(depth: Int) throws -> [Batch] {
            let prefetcher = Prefetcher<Batch>(0..<40, depth: depth) { try maker.batch(step: $0, of: stage) }
            return try (0..<40).map { _ in try prefetcher.next() }
        }
        for (one, two) in zip(try batches(depth: 1), try batches(depth: 6)) {
            #expect(one.prompts == two.prompts && one.classes == two.classes && one.targets == two.targets)
            #expect(try one.grids == two.grids && one.pixels.floats() == two.pixels.floats())
        }
        _ = folder
    }

    /// A number that threads count up and down, and the highest that it was.
    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var now = 0
        private var most = 0

        var value: Int { lock.withLock { now } }
        var highest: Int { lock.withLock { most } }

        func add(_ step: Int) {
            lock.withLock {
                now += step
                most = max(most, now)
            }
        }
    }
}
