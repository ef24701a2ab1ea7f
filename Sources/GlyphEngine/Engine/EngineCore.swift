// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTokens

/// Where one request's events go; called on the engine's thread, so it must not block.
struct EngineSink: Sendable {
    var event: @Sendable (EngineEvent) -> Void
    /// Nothing follows; with an error if the answer is not complete.
    var end: @Sendable ((any Error)?) -> Void
}

/// The engine without threads and tasks: requests go in, `step()` does the next piece of work.
///
/// It joins the scheduler's decisions, the memory's ledger and the model. Tests drive it step by step.
final class EngineCore<Model: EngineModel> {
    typealias JobID = Scheduler.JobID

    /// A request on its way through the engine.
    struct Conversation {
        let request: EngineRequest
        /// The names of the prompt's full blocks.
        let keys: [String]
        let blocks: Int
        let sink: EngineSink
        var times: Times
        var sampler: Sampler
        var writer: AnswerWriter
        /// From here on set while it runs.
        var holding: BlockMemory<Model.Block>.Holding?
        var cache: Model.Cache?
        /// Vectors of images that are still to be read, by index.
        var vectors: [Int: Model.ImageVectors] = [:]
        var known = 0
        var position = 0
        /// The token chosen last, not yet in the cache.
        var lastToken: Int32?
    }

    struct Times {
        var submitted: ContinuousClock.Instant
        var admitted: ContinuousClock.Instant?
        var firstToken: ContinuousClock.Instant?
        var reported: ContinuousClock.Instant
    }

    let model: Model
    let facts: ModelFacts
    let tokenizer: Tokenizer
    let style: AnswerStyle
    let configuration: EngineConfiguration
    let metrics: MetricsBox
    private var scheduler: Scheduler
    private var memory: BlockMemory<Model.Block>
    private var imageCache: RecentCache<Model.ImageVectors>
    private var conversations: [JobID: Conversation] = [:]
    private var lastNumber: UInt64 = 0
    private let clock = ContinuousClock()

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
        var limits = configuration.limits
        limits.imagesPerStep = max(1, facts.imagesPerStep)
        scheduler = Scheduler(limits)
        let capacity = configuration.keyValueBytes / max(1, facts.bytesPerPosition * facts.blockLength)
        memory = BlockMemory(capacity: capacity, sharesBlocks: facts.sharesBlocks)
        imageCache = RecentCache(budget: configuration.imageBytes)
        publish()
    }

    /// Nothing waits and nothing runs.
    var isIdle: Bool { scheduler.isIdle }

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
            request: request,
            keys: BlockKeys.make(request.prompt, blockLength: facts.blockLength, root: facts.digest),
            blocks: blocks,
            sink: sink,
            times: Times(submitted: clock.now, reported: clock.now),
            sampler: Sampler(request.sampling, prompt: request.prompt.tokens),
            writer: AnswerWriter(
                tokenizer,
                style: style,
                conditions: request.stop,
                startsInReasoning: request.prompt.startsInReasoning
            )
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

    /// Does the next piece of work: looks at images, reads a part of a prompt, or writes a token into each answer.
    ///
    /// - Returns: False if there was nothing to do.
    @discardableResult
    func step() -> Bool {
        admit()
        guard let step = scheduler.next() else { return false }
        switch step {
        case .look(let id, let images): look(id, images)
        case .read(let id, let range): read(id, range)
        case .write(let ids): write(ids)
        }
        reportProgress()
        publish()
        return true
    }

    /// Begins conversations as long as there are places and memory.
    private func admit() {
        while let job = scheduler.nextToAdmit, var conversation = conversations[job.id] {
            // At least the last token must be read, or there would be no logits.
            let usable = Array(conversation.keys.prefix((job.promptLength - 1) / facts.blockLength))
            let known = Array(usable.prefix(findKept(usable)))
            guard let (holding, blocks) = memory.reserve(conversation.blocks, reusing: known) else { return }
            conversation.holding = holding
            conversation.known = blocks.count * facts.blockLength
            conversation.position = conversation.known
            conversation.times.admitted = clock.now
            metrics.update {
                $0.queue.observe(clock.now - conversation.times.submitted)
                $0.promptTokens += job.promptLength
                $0.cachedPromptTokens += conversation.known
            }
            scheduler.admit(known: conversation.known)
            conversations[job.id] = conversation
            attempt(job.id, "beginning a conversation") {
                let capacity = conversation.blocks * facts.blockLength
                let cache = try model.begin(conversation.request.prompt, reusing: blocks, capacity: capacity)
                conversations[job.id]?.cache = cache
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

    private func look(_ id: JobID, _ images: [Int]) {
        guard let placed = conversations[id]?.request.prompt.images else { return }
        attempt(id, "looking at an image") {
            var unknown: [Int] = []
            for index in images {
                if let vectors = imageCache.value(placed[index].file.digest) {
                    conversations[id]?.vectors[index] = vectors
                    metrics.update { $0.imagesReused += 1 }
                } else {
                    unknown.append(index)
                }
            }
            if !unknown.isEmpty {
                let pixels = try unknown.map { try placed[$0].file.decode(at: "image \($0 + 1)") }
                let vectors = try model.encode(pixels)
                for (index, value) in zip(unknown, vectors) {
                    conversations[id]?.vectors[index] = value
                    let bytes = placed[index].range.count * facts.bytesPerImageToken
                    imageCache.insert(value, bytes: bytes, for: placed[index].file.digest)
                }
                metrics.update { $0.imagesEncoded += unknown.count }
            }
            metrics.update { $0.lookSteps += 1 }
            scheduler.looked(id, images: images)
        }
    }

    private func read(_ id: JobID, _ range: Range<Int>) {
        guard let conversation = conversations[id], let cache = conversation.cache else { return }
        let prompt = conversation.request.prompt
        attempt(id, "reading the prompt") {
            let touched = prompt.images(in: range)
            let vectors = conversation.vectors.filter { touched.contains($0.key) }
            var logits = try model.prefill(prompt, range, images: vectors, into: cache)
            conversations[id]?.position = range.upperBound
            for index in touched where prompt.images[index].range.upperBound <= range.upperBound {
                conversations[id]?.vectors[index] = nil
            }
            metrics.update { $0.readSteps += 1 }
            try keepBlocks(of: id, filling: range)
            scheduler.read(id, upTo: range.upperBound)
            if range.upperBound == prompt.tokens.count {
                try choose(id, &logits)
            }
        }
    }

    /// Keeps the prompt's blocks that a chunk has completed.
    private func keepBlocks(of id: JobID, filling range: Range<Int>) throws {
        guard let conversation = conversations[id], let cache = conversation.cache,
            var holding = conversation.holding
        else { return }
        let length = facts.blockLength
        for index in (range.lowerBound / length)..<(range.upperBound / length) {
            let key = conversation.keys[index]
            guard memory.canKeep(key, after: conversation.keys[..<index]) else { continue }
            let block = try model.block(index, of: cache)
            memory.keep(block, as: key, for: &holding)
            if let store = configuration.blockStore, let bytes = try model.bytes(of: block) {
                store.write(bytes, as: key)
            }
        }
        conversations[id]?.holding = holding
    }

    private func write(_ ids: [JobID]) {
        var (tokens, caches): ([Int32], [Model.Cache]) = ([], [])
        for id in ids {
            guard let conversation = conversations[id], let cache = conversation.cache,
                let token = conversation.lastToken
            else { continue }
            tokens.append(token)
            caches.append(cache)
        }
        do {
            let rows = try model.decode(tokens, caches)
            metrics.update { $0.writeSteps += 1 }
            for (id, row) in zip(ids, rows) {
                var row = row
                attempt(id, "writing") { try choose(id, &row) }
            }
        } catch {
            // Nobody can tell whose caches grew before the failure, so none of them can go on.
            for id in ids { fail(id, "writing", error) }
        }
    }

    /// Chooses a conversation's next token and tells its client.
    private func choose(_ id: JobID, _ logits: inout [Float]) throws {
        guard var conversation = conversations[id] else { return }
        let choice = try conversation.sampler.next(&logits)
        if conversation.times.firstToken == nil {
            conversation.times.firstToken = clock.now
            let admitted = conversation.times.admitted ?? conversation.times.submitted
            metrics.update { $0.prefill.observe(clock.now - admitted) }
        }
        conversation.lastToken = choice.token
        let pieces = conversation.writer.take(choice.token)
        conversations[id] = conversation
        metrics.update { $0.completionTokens += 1 }
        conversation.sink.event(
            .text(EngineText(pieces: pieces, token: choice.token, logprobs: choice.logprobs))
        )
        guard let ending = conversation.writer.ending else { return }
        conversation.sink.event(
            .finished(
                EngineSummary(
                    ending: ending,
                    promptTokens: conversation.request.prompt.tokens.count,
                    cachedTokens: conversation.known,
                    completionTokens: conversation.writer.tokenCount,
                    reasoningTokens: conversation.writer.reasoningTokenCount
                )
            )
        )
        metrics.update {
            $0.completed += 1
            if let first = conversation.times.firstToken { $0.decode.observe(clock.now - first) }
        }
        end(id, nil)
    }

    // MARK: - Ends

    /// Runs work for one conversation; if it fails, that conversation fails and nothing else does.
    private func attempt(_ id: JobID, _ activity: String, _ work: () throws -> Void) {
        do { try work() } catch { fail(id, activity, error) }
    }

    private func fail(_ id: JobID, _ activity: String, _ error: any Error) {
        guard conversations[id] != nil else { return }
        metrics.update { $0.failed += 1 }
        end(id, error is InputError ? error : EngineFailure(activity: activity, reason: "\(error)"))
    }

    private func end(_ id: JobID, _ error: (any Error)?) {
        scheduler.remove(id)
        guard let conversation = conversations.removeValue(forKey: id) else { return }
        if let holding = conversation.holding { memory.release(holding) }
        publish()
        conversation.sink.end(error)
    }

    /// Tells clients that wait for their first token how far they are.
    private func reportProgress() {
        let now = clock.now
        for (id, conversation) in conversations
        where conversation.times.firstToken == nil
            && now - conversation.times.reported >= configuration.progressInterval
        {
            conversations[id]?.times.reported = now
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
