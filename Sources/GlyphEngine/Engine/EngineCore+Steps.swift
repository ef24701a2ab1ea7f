// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The steps themselves: what the scheduler decided is done with the model.
extension EngineCore {
    func look(_ id: JobID, _ images: [Int]) {
        guard let conversation = conversations[id] else { return }
        let placed = conversation.request.prompt.images
        attempt(id, "looking at an image") {
            var unknown: [Int] = []
            for index in images {
                if let vectors = imageCache.value(placed[index].file.digest) {
                    conversation.vectors[index] = vectors
                    metrics.update { $0.imagesReused += 1 }
                } else {
                    unknown.append(index)
                }
            }
            if !unknown.isEmpty {
                let pixels = try unknown.map { try placed[$0].file.decode(at: "image \($0 + 1)") }
                let vectors = try model.encode(pixels)
                for (index, value) in zip(unknown, vectors) {
                    conversation.vectors[index] = value
                    let bytes = placed[index].range.count * facts.bytesPerImageToken
                    imageCache.insert(value, bytes: bytes, for: placed[index].file.digest)
                }
                metrics.update { $0.imagesEncoded += unknown.count }
            }
            metrics.update { $0.lookSteps += 1 }
            scheduler.looked(id, images: images)
        }
    }

    func read(_ id: JobID, _ range: Range<Int>) {
        guard let conversation = conversations[id], let cache = conversation.cache else { return }
        let prompt = conversation.request.prompt
        attempt(id, "reading the prompt") {
            let touched = prompt.images(in: range)
            let vectors = conversation.vectors.filter { touched.contains($0.key) }
            var logits = try model.prefill(prompt, range, images: vectors, into: cache)
            conversation.position = range.upperBound
            for index in touched where prompt.images[index].range.upperBound <= range.upperBound {
                conversation.vectors[index] = nil
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
        // Also when a block cannot be taken: what was kept until then must be given back some day.
        defer { conversation.holding = holding }
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
    }

    func write(_ ids: [JobID]) {
        let batch = ids.compactMap { id -> (id: JobID, token: Int32, cache: Model.Cache)? in
            guard let conversation = conversations[id], let token = conversation.lastToken,
                let cache = conversation.cache
            else { return nil }
            return (id, token, cache)
        }
        do {
            let rows = try model.decode(batch.map(\.token), batch.map(\.cache))
            metrics.update { $0.writeSteps += 1 }
            for (member, row) in zip(batch, rows) {
                var row = row
                attempt(member.id, "writing") { try choose(member.id, &row) }
            }
        } catch {
            // Nobody can tell whose caches grew before the failure, so none of them can go on.
            for id in ids { fail(id, "writing", error) }
        }
    }

    /// Chooses a conversation's next token and tells its client.
    private func choose(_ id: JobID, _ logits: inout [Float]) throws {
        guard let conversation = conversations[id] else { return }
        let choice = try conversation.sampler.next(&logits)
        if conversation.times.firstToken == nil {
            conversation.times.firstToken = clock.now
            let admitted = conversation.times.admitted ?? conversation.times.submitted
            metrics.update { $0.prefill.observe(clock.now - admitted) }
        }
        conversation.lastToken = choice.token
        let pieces = conversation.writer.take(choice.token)
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
}
