// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphHTTP
import GlyphPage
import Synchronization

/// Turns request bodies into what the engine takes; everything that can be wrong with a request is found here.
final class ChatIntake: Sendable {
    private let encoder: any PromptEncoder
    private let facts: ModelFacts
    private let limits: ServerLimits
    /// Digests of images that have been decoded once without a fault.
    private let soundImages = Mutex<Set<String>>([])

    init(_ encoder: any PromptEncoder, _ facts: ModelFacts, _ limits: ServerLimits) {
        self.encoder = encoder
        self.facts = facts
        self.limits = limits
    }

    /// A chat request and what the engine is to do for it.
    ///
    /// - Throws: `InputError` whose location is the field at fault, `ServerFault`, `EngineRefusal.contextExceeded`.
    func chat(_ body: [UInt8]) async throws -> (wire: ChatRequest, request: EngineRequest) {
        let incoming = try WireJSON.decode(IncomingChat.self, from: body, at: ServerFault.bodyLocation)
        guard !incoming.hasGlyphOptions else {
            throw InputError(
                at: IncomingChat.glyphOptions,
                "the engine draws no pages",
                remedy: "Send it to glyph serve, or leave it out"
            )
        }
        let wire = incoming.request
        try check(model: wire.model)
        let sampling = try sampling(wire)
        let stops = try wire.checkedStops()
        let prompt = try await prompt(wire.messages, addsGenerationPrompt: true)
        let room = facts.contextLength - prompt.tokens.count
        if let wanted = wire.maxCompletionTokens ?? wire.maxTokens, wanted < 1 {
            let field = wire.maxCompletionTokens == nil ? "max_tokens" : "max_completion_tokens"
            throw InputError(at: field, "\(wanted)", expected: "1 or more")
        }
        let answer = wire.maxCompletionTokens ?? wire.maxTokens ?? min(limits.defaultAnswerTokens, room)
        guard answer >= 1, answer <= room else {
            throw EngineRefusal.contextExceeded(
                promptTokens: prompt.tokens.count,
                answerTokens: max(1, answer),
                limit: facts.contextLength
            )
        }
        let stop = StopConditions(
            maximumTokens: answer,
            strings: stops,
            ignoresEndTokens: wire.ignoreEndTokens ?? false
        )
        return (wire, EngineRequest(prompt: prompt, sampling: sampling, stop: stop))
    }

    /// The ids that the model would receive for a conversation.
    func prompt(_ messages: [ChatMessage], addsGenerationPrompt: Bool) async throws -> EnginePrompt {
        guard !messages.isEmpty else { throw InputError(at: "messages", "there are none") }
        guard messages.count <= limits.messages else {
            throw InputError(at: "messages", "\(messages.count) messages", expected: "at most \(limits.messages)")
        }
        try checkImageCount(messages)
        var turns: [EngineTurn] = []
        for (index, message) in messages.enumerated() {
            turns.append(try await turn(message, at: "messages[\(index)]"))
        }
        do {
            return try encoder.prompt(of: turns, addsGenerationPrompt: addsGenerationPrompt)
        } catch let fault as InputError where fault.location == "prompt" {
            // How long it would be is not known: the encoder stops before it expands further images.
            throw ServerFault(
                400,
                "this model's maximum context length is \(facts.contextLength) tokens; the prompt has more. "
                    + "Send fewer or smaller pages",
                param: "messages",
                code: "context_length_exceeded"
            )
        }
    }

    /// - Throws: `ServerFault` with status 404 for a model that is not the one served.
    func check(model: String?) throws {
        guard let model, model != facts.name else { return }
        throw ServerFault(
            404,
            "the model \"\(model.prefix(200))\" is not served here; this server has \"\(facts.name)\"",
            param: "model",
            code: "model_not_found"
        )
    }

    private func sampling(_ wire: ChatRequest) throws -> SamplingParameters {
        var sampling = encoder.defaults
        if let temperature = wire.temperature { sampling.temperature = temperature }
        if let topP = wire.topP { sampling.topP = topP }
        // vLLM's clients write -1 or 0 for "all tokens".
        if let topK = wire.topK { sampling.topK = topK == -1 || topK == 0 ? nil : topK }
        if let penalty = wire.repetitionPenalty { sampling.repetitionPenalty = penalty }
        if let seed = wire.seed { sampling.seed = UInt64(bitPattern: Int64(seed)) }
        if let count = wire.topLogprobs, count > 0, wire.logprobs != true {
            throw InputError(at: "top_logprobs", "\(count) without logprobs", remedy: "Set logprobs to true")
        }
        sampling.topLogprobs = wire.logprobs == true ? wire.topLogprobs ?? 0 : nil
        try sampling.validate()
        return sampling
    }

    /// Counts images before any of them is looked at.
    private func checkImageCount(_ messages: [ChatMessage]) throws {
        let count = messages.reduce(0) { sum, message in
            guard case .parts(let parts) = message.content else { return sum }
            return sum + parts.count { if case .image = $0 { true } else { false } }
        }
        guard count <= limits.images else {
            throw InputError(
                at: "messages",
                "\(count) images",
                expected: "at most \(limits.images)",
                remedy: "Send fewer pages at a time"
            )
        }
    }

    private func turn(_ message: ChatMessage, at location: String) async throws -> EngineTurn {
        let role: EngineTurn.Role
        switch message.role {
        case .system, .developer: role = .system
        case .user: role = .user
        case .assistant: role = .assistant
        case .tool:
            throw InputError(at: "\(location).role", "\"tool\"", expected: "system, user or assistant")
        }
        switch message.content {
        case .text(let text):
            return EngineTurn(role: role, parts: [.text(text)])
        case .parts(let parts):
            var result: [EngineTurn.Part] = []
            for (index, part) in parts.enumerated() {
                switch part {
                case .text(let text): result.append(.text(text))
                case .image(let url):
                    result.append(.image(try await image(url, at: "\(location).content[\(index)].image_url.url")))
                }
            }
            return EngineTurn(role: role, parts: result)
        }
    }

    private func image(_ url: ImageURL, at location: String) async throws -> ImageFile {
        let file: ImageFile
        do {
            file = try ImageFile(try url.bytes(), at: location)
        } catch var fault as InputError {
            fault.location = location
            throw fault
        }
        let side = max(file.width, file.height)
        guard side <= limits.imageSide, file.width * file.height <= limits.imagePixels else {
            throw InputError(
                at: location,
                "the image is \(file.width)×\(file.height) pixels",
                expected: "at most \(limits.imageSide) on a side and \(limits.imagePixels) in all",
                remedy: "Send it smaller, or cut it into several images"
            )
        }
        do {
            _ = try encoder.tokenCount(width: file.width, height: file.height)
        } catch var fault as InputError {
            fault.location = location
            throw fault
        }
        // Decoded once before the answer begins, so that a damaged file is a 400 and not a broken stream.
        if !soundImages.withLock({ $0.contains(file.digest) }) {
            _ = try file.decode(at: location)
            soundImages.withLock { sound in
                if sound.count >= 100_000 { sound.removeAll() }
                sound.insert(file.digest)
            }
            await Task.yield()
        }
        return file
    }
}
