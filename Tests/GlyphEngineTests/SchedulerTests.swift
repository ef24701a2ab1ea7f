// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphEngine
import Testing

@Suite struct SchedulerTests {
    private typealias Job = Scheduler.Job
    private typealias ID = Scheduler.JobID

    /// A scheduler behind a reference: expectations may then drive it.
    private final class Driver {
        var scheduler: Scheduler

        init(_ limits: Scheduler.Limits) { scheduler = Scheduler(limits) }

        func submit(_ job: Job) -> Bool { scheduler.submit(job) }

        func admitAll() {
            while scheduler.nextToAdmit != nil { scheduler.admit(known: 0) }
        }

        /// Carries out a step as if the model had done it.
        func perform() -> Scheduler.Step? {
            let step = scheduler.next()
            switch step {
            case .look(let id, let image): scheduler.looked(id, image: image)
            case .read(let id, let range): scheduler.read(id, upTo: range.upperBound)
            case .write, nil: break
            }
            return step
        }
    }

    private func driver(running: Int = 4, waiting: Int = 4) -> Driver {
        var limits = Scheduler.Limits()
        limits.maximumRunning = running
        limits.maximumWaiting = waiting
        limits.chunk = 100
        limits.chunkWhileDecoding = 10
        return Driver(limits)
    }

    @Test("a prompt is read in chunks and then written")
    func chunks() {
        let driver = driver()
        #expect(driver.submit(Job(id: ID(1), promptLength: 230)))
        driver.admitAll()
        let steps = (0..<5).compactMap { _ in driver.perform() }
        #expect(
            steps == [
                .read(ID(1), 0..<100), .read(ID(1), 100..<200), .read(ID(1), 200..<230), .write([ID(1)]),
                .write([ID(1)]),
            ]
        )
    }

    @Test("reading starts where the prefix cache ends, and with images that are not known yet")
    func known() {
        let driver = driver()
        _ = driver.submit(Job(id: ID(1), promptLength: 90, images: [0..<30, 30..<60, 62..<70, 75..<80]))
        driver.scheduler.admit(known: 40)
        for image in 1...3 { #expect(driver.perform() == .look(ID(1), image: image)) }
        #expect(driver.perform() == .read(ID(1), 40..<90))
    }

    @Test("while others write, chunks are short and take turns with writing")
    func interleaving() {
        let driver = driver()
        _ = driver.submit(Job(id: ID(1), promptLength: 5))
        driver.admitAll()
        _ = driver.perform()
        _ = driver.submit(Job(id: ID(2), promptLength: 25))
        driver.admitAll()
        let steps = (0..<7).compactMap { _ in driver.perform() }
        #expect(
            steps == [
                .write([ID(1)]), .read(ID(2), 0..<10), .write([ID(1)]), .read(ID(2), 10..<20), .write([ID(1)]),
                .read(ID(2), 20..<25), .write([ID(1), ID(2)]),
            ]
        )
    }

    @Test("a short prompt does not wait for the end of a long one")
    func fairness() {
        let driver = driver()
        _ = driver.submit(Job(id: ID(1), promptLength: 1000))
        _ = driver.submit(Job(id: ID(2), promptLength: 50))
        driver.admitAll()
        #expect(driver.perform() == .read(ID(1), 0..<100))
        #expect(driver.perform() == .read(ID(2), 0..<50))
        #expect(driver.perform() == .write([ID(2)]))
    }

    @Test("places are limited, the queue is bounded, and nobody overtakes")
    func admission() {
        let driver = driver(running: 1, waiting: 2)
        #expect(driver.submit(Job(id: ID(1), promptLength: 5)))
        driver.scheduler.admit(known: 0)
        #expect(driver.scheduler.nextToAdmit == nil)
        #expect(driver.submit(Job(id: ID(2), promptLength: 5)))
        #expect(driver.submit(Job(id: ID(3), promptLength: 5)))
        #expect(!driver.submit(Job(id: ID(4), promptLength: 5)))
        driver.scheduler.remove(ID(1))
        #expect(driver.scheduler.nextToAdmit?.id == ID(2))
        #expect(driver.scheduler.waitingCount == 2)
    }

    @Test("a conversation can be taken out while it waits, reads or writes")
    func removal() {
        let driver = driver()
        for number in 1...3 { _ = driver.submit(Job(id: ID(UInt64(number)), promptLength: 5)) }
        driver.scheduler.admit(known: 0)
        driver.scheduler.admit(known: 0)
        _ = driver.perform()  // 1 writes, 2 reads, 3 waits
        for number in 1...3 { driver.scheduler.remove(ID(UInt64(number))) }
        #expect(driver.scheduler.waitingCount + driver.scheduler.runningCount == 0)
        #expect(driver.perform() == nil)
    }

    @Test("with nothing to do there is no step")
    func idle() {
        #expect(driver().perform() == nil)
    }
}
