// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The steps themselves: what the scheduler decided is done with the model.
extension EngineCore {
    func look(_ id: JobID, _ index: Int) {
        guard let conversation = conversations[id] else { return }
        let image = conversation.request.prompt.images[index]
        attempt(id, "looking at an image") {
            if let vectors = imageCache.value(image.file.digest) {
                conversation.vectors[index] = vectors
                metrics.update { $0.imagesReused += 1 }
            } else {
                let vectors = try model.encode(image.file.decode(at: "image \(index + 1)"))
                conversation.vectors[index] = vectors
                imageCache.insert(vectors, bytes: image.range.count * facts.bytesPerImageToken, for: image.file.digest)
                metrics.update { $0.imagesEncoded += 1 }
            }
            metrics.update { $0.lookSteps += 1 }
            scheduler.looked(id, image: index)
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
        guard let conversation = conversations[id], let cache = conversation.cache else { return }
        let length = facts.blockLength
        for index in (range.lowerBound / length)..<(range.upperBound / length) {
            let key = conversation.keys[index]
            guard memory.canKeep(key, after: conversation.keys[..<index]) else { continue }
            let block = try model.block(index, of: cache)
            memory.keep(block, as: key)
            if let store = configuration.blockStore { store.write(try model.bytes(of: block), as: key) }
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
