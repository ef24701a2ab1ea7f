// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Decides what the engine does next: continuous batching as a pure state machine.
///
/// Conversations wait in order, are admitted when their memory is free, read their prompts in chunks that take turns
/// with each other and with decoding, and then decode together, one token each at a time. Nothing here knows a model,
/// a clock or a thread.
package struct Scheduler: Sendable {
    /// A conversation's name inside the engine.
    package struct JobID: Hashable, Sendable, Comparable {
        package var number: UInt64

        package init(_ number: UInt64) { self.number = number }
        package static func < (a: Self, b: Self) -> Bool { a.number < b.number }
    }

    /// How work is cut.
    package struct Limits: Sendable, Equatable {
        /// Conversations that read or write at the same time.
        package var maximumRunning = 16
        /// Conversations that wait; one more is refused.
        package var maximumWaiting = 64
        /// Prompt tokens read in one step while nobody waits for a token.
        package var chunk = 1024
        /// The same while others decode, so that their text keeps flowing.
        package var chunkWhileDecoding = 256

        package init() {}
    }

    /// What a conversation brings along.
    package struct Job: Sendable, Equatable {
        package var id: JobID
        package var promptLength: Int
        /// Where its images' placeholders are, in order.
        package var images: [Range<Int>]

        package init(id: JobID, promptLength: Int, images: [Range<Int>] = []) {
            self.id = id
            self.promptLength = promptLength
            self.images = images
        }
    }

    /// One step of work.
    package enum Step: Sendable, Equatable {
        /// Look at an image of a conversation, given as an index.
        case look(JobID, image: Int)
        /// Read a part of a prompt; the first token follows when the part ends the prompt.
        case read(JobID, Range<Int>)
        /// Write one token into each conversation.
        case write([JobID])
    }

    /// A conversation that reads.
    private struct Reader {
        var job: Job
        /// Prompt tokens that are in the cache.
        var position: Int
        /// Images whose vectors are at hand.
        var seen: Set<Int>
    }

    package let limits: Limits
    private var waiting: [Job] = []
    /// Those that read, the next to read first.
    private var readers: [Reader] = []
    /// Those that write, in the order in which they began.
    private var writers: [JobID] = []
    private var wroteLast = false

    package init(_ limits: Limits) {
        self.limits = limits
    }

    package var waitingCount: Int { waiting.count }
    package var runningCount: Int { readers.count + writers.count }

    /// Lets a conversation wait for its turn; false if too many wait already.
    package mutating func submit(_ job: Job) -> Bool {
        guard waiting.count < limits.maximumWaiting else { return false }
        waiting.append(job)
        return true
    }

    /// The conversation that is next to begin, if a place is free.
    ///
    /// Strictly in order: a large one that waits for memory is not overtaken, or it might wait forever.
    package var nextToAdmit: Job? {
        runningCount < limits.maximumRunning ? waiting.first : nil
    }

    /// Begins the conversation that `nextToAdmit` named.
    ///
    /// - Parameter known: Prompt tokens that the prefix cache supplied.
    package mutating func admit(known: Int) {
        let job = waiting.removeFirst()
        readers.append(Reader(job: job, position: known, seen: []))
    }

    /// What to do now; nil if nothing can be done.
    package mutating func next() -> Step? {
        if !writers.isEmpty, readers.isEmpty || !wroteLast {
            wroteLast = true
            return .write(writers)
        }
        wroteLast = false
        guard let reader = readers.first else { return nil }
        let length = writers.isEmpty ? limits.chunk : limits.chunkWhileDecoding
        let range = reader.position..<min(reader.position + length, reader.job.promptLength)
        let missing = reader.job.images.indices.first {
            !reader.seen.contains($0) && reader.job.images[$0].overlaps(range)
        }
        if let missing { return .look(reader.job.id, image: missing) }
        return .read(reader.job.id, range)
    }

    /// Says that an image was looked at.
    package mutating func looked(_ id: JobID, image: Int) {
        rotate(id) { $0.seen.insert(image) }
    }

    /// Says that a part of a prompt was read; after the last part the conversation writes.
    package mutating func read(_ id: JobID, upTo position: Int) {
        rotate(id) { $0.position = position }
        guard let index = readers.firstIndex(where: { $0.job.id == id }),
            position == readers[index].job.promptLength
        else { return }
        readers.remove(at: index)
        writers.append(id)
    }

    /// Takes a conversation out, wherever it is: finished, failed or cancelled.
    package mutating func remove(_ id: JobID) {
        waiting.removeAll { $0.id == id }
        readers.removeAll { $0.job.id == id }
        writers.removeAll { $0 == id }
    }

    /// Changes a reader and puts it behind the others, so that short prompts do not wait for long ones.
    private mutating func rotate(_ id: JobID, _ change: (inout Reader) -> Void) {
        guard let index = readers.firstIndex(where: { $0.job.id == id }) else { return }
        var reader = readers.remove(at: index)
        change(&reader)
        readers.append(reader)
    }
}
