// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTokens

/// The engine without threads and tasks: requests go in, `step()` does the next piece of work.
///
/// It joins the scheduler's decisions, the memory's ledger and the model. Tests drive it step by step.
final class EngineCore<Model: EngineModel> {
    typealias JobID = Scheduler.JobID

    let model: Model
    let facts: ModelFacts
    let tokenizer: Tokenizer
    let style: AnswerStyle
    let configuration: EngineConfiguration
    let metrics: MetricsBox
    var scheduler: Scheduler
    var memory: BlockMemory<Model.Block>
    var imageCache: RecentCache<Model.ImageVectors>
    var conversations: [JobID: Conversation] = [:]
    private var lastNumber: UInt64 = 0
    let clock = ContinuousClock()

    init(
        _ model: Model,
        tokenizer: Tokenizer,
        style: AnswerStyle,
        configuration: EngineConfiguration,
        metrics: MetricsBox = MetricsBox()
    ) {
        self.model = model
        facts = model.facts
        self.tokenizer = tokenizer
        self.style = style
        self.configuration = configuration
        self.metrics = metrics
        scheduler = Scheduler(configuration.limits)
        let capacity = configuration.keyValueBytes / max(1, facts.bytesPerPosition * facts.blockLength)
        memory = BlockMemory(capacity: capacity)
        imageCache = RecentCache(budget: configuration.imageBytes)
        publish()
    }

    // MARK: - Requests

    /// Takes a request; its events begin with the next steps.
    ///
    /// - Throws: `EngineRefusal` for what could never be answered, or not now.
    func submit(_ request: EngineRequest, _ sink: EngineSink) throws(EngineRefusal) -> JobID {
        let (prompt, answer) = (request.prompt.tokens.count, request.stop.maximumTokens)
        let blocks = (prompt + answer + facts.blockLength - 1) / facts.blockLength
        lastNumber += 1
        let id = JobID(lastNumber)
        let job = Scheduler.Job(id: id, promptLength: prompt, images: request.prompt.images.map(\.range))
        do throws(EngineRefusal) {
            guard prompt + answer <= facts.contextLength else {
                throw .contextExceeded(promptTokens: prompt, answerTokens: answer, limit: facts.contextLength)
            }
            guard blocks <= memory.capacity else {
                let unit = facts.blockLength * facts.bytesPerPosition
                throw .memoryExceeded(neededBytes: blocks * unit, budgetBytes: memory.capacity * unit)
            }
            guard scheduler.submit(job) else { throw .busy(waiting: scheduler.waitingCount) }
        } catch {
            metrics.update { $0.refused += 1 }
            throw error
        }
        conversations[id] = Conversation(
            request,
            keys: BlockKeys.make(request.prompt, blockLength: facts.blockLength, root: facts.digest),
            blocks: blocks,
            sink: sink,
            writer: AnswerWriter(tokenizer, style: style, conditions: request.stop),
            now: clock.now
        )
        publish()
        return id
    }

    /// Ends a request whose client has left; its memory is free before the next step.
    func cancel(_ id: JobID) {
        guard conversations[id] != nil else { return }
        metrics.update { $0.cancelled += 1 }
        end(id, CancellationError())
    }

    /// Ends all requests.
    func cancelAll(_ error: any Error) {
        for id in conversations.keys.sorted() { end(id, error) }
    }

    // MARK: - Steps

    /// Does the next piece of work: looks at an image, reads a part of a prompt, or writes a token into each answer.
    ///
    /// - Returns: False if there was nothing to do.
    @discardableResult
    func step() -> Bool {
        admit()
        guard let step = scheduler.next() else { return false }
        switch step {
        case .look(let id, let image): look(id, image)
        case .read(let id, let range): read(id, range)
        case .write(let ids): write(ids)
        }
        reportProgress()
        publish()
        return true
    }

    /// Begins conversations as long as there are places and memory.
    private func admit() {
        while let job = scheduler.nextToAdmit, let conversation = conversations[job.id] {
            // While it waits for memory, nothing is read from the store for it.
            guard memory.hasRoom(for: conversation.blocks) else { return }
            // At least the last token must be read, or there would be no logits.
            let usable = Array(conversation.keys.prefix((job.promptLength - 1) / facts.blockLength))
            let known = Array(usable.prefix(findKept(usable)))
            guard let blocks = memory.reserve(conversation.blocks, reusing: known) else { return }
            conversation.reserved = conversation.blocks
            conversation.known = blocks.count * facts.blockLength
            conversation.position = conversation.known
            conversation.times.admitted = clock.now
            metrics.update {
                $0.queue.observe(clock.now - conversation.times.submitted)
                $0.promptTokens += job.promptLength
                $0.cachedPromptTokens += conversation.known
            }
            scheduler.admit(known: conversation.known)
            attempt(job.id, "beginning a conversation") {
                let capacity = conversation.blocks * facts.blockLength
                let cache = try model.begin(conversation.request.prompt, reusing: blocks, capacity: capacity)
                conversation.cache = cache
            }
        }
    }

    /// How many of the keys' blocks are at hand, after the store has been asked for those that memory lacks.
    private func findKept(_ keys: [String]) -> Int {
        var count = memory.match(keys)
        guard let store = configuration.blockStore, count < keys.count else { return count }
        while count < keys.count, let bytes = store.read(keys[count]), let block = try? model.block(from: bytes),
            memory.keepStored(block, as: keys[count], after: keys[..<count])
        {
            count += 1
        }
        return count
    }

    // MARK: - Ends

    /// Runs work for one conversation; if it fails, that conversation fails and nothing else does.
    func attempt(_ id: JobID, _ activity: String, _ work: () throws -> Void) {
        do { try work() } catch { fail(id, activity, error) }
    }

    func fail(_ id: JobID, _ activity: String, _ error: any Error) {
        guard conversations[id] != nil else { return }
        metrics.update { $0.failed += 1 }
        end(id, error is InputError ? error : EngineFailure(activity: activity, reason: "\(error)"))
    }

    func end(_ id: JobID, _ error: (any Error)?) {
        scheduler.remove(id)
        guard let conversation = conversations.removeValue(forKey: id) else { return }
        memory.release(conversation.reserved)
        publish()
        conversation.sink.end(error)
    }

    /// Tells clients that wait for their first token how far they are.
    private func reportProgress() {
        let now = clock.now
        for conversation in conversations.values
        where conversation.times.firstToken == nil
            && now - conversation.times.reported >= configuration.progressInterval
        {
            conversation.times.reported = now
            let total = conversation.request.prompt.tokens.count
            conversation.sink.event(
                .progress(EngineProgress(readTokens: conversation.position, promptTokens: total))
            )
        }
    }

    private func publish() {
        metrics.update {
            $0.waiting = scheduler.waitingCount
            $0.running = scheduler.runningCount
            $0.blockCapacity = memory.capacity
            $0.blocksReserved = memory.reserved
            $0.blocksKept = memory.kept
            $0.imageBytes = imageCache.bytes
        }
    }
}
