// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphAPI
import GlyphHTTP
import GlyphPage
import GlyphTokens
import HTTPTypes
import HummingbirdCore
import NIOCore

/// Answers one HTTP request after the other; the routes are few enough for a `switch`.
final class EngineResponder: Sendable {
    let engine: any AnswerEngine
    private let encoder: any PromptEncoder
    private let limits: ServerLimits
    private let intake: ChatIntake

    init(_ engine: any AnswerEngine, _ encoder: any PromptEncoder, _ limits: ServerLimits) {
        self.engine = engine
        self.encoder = encoder
        self.limits = limits
        intake = ChatIntake(encoder, engine.facts, limits)
    }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - request: The request; its body is read here.
    ///   - writer: Takes the answer.
    ///   - checksHost: Whether the request must have been meant for this machine: a browser that was sent here by a
    ///     foreign name would give away answers to the page behind it.
    /// - Throws: What writing to the connection throws; every other fault is answered.
    func respond(to request: Request, _ writer: consuming ResponseWriter, checksHost: Bool) async throws {
        let exchange = HTTPExchange(writer, isHead: request.method == .head)
        do {
            try RequestBytes.checkSingleHost(request)
            if checksHost { try RequestBytes.checkHost(request) }
            let path = request.head.path.map { String($0.prefix { $0 != "?" }) } ?? "/"
            guard let method = Self.method(of: path) else {
                throw ServerFault(
                    404,
                    "there is no \(path.prefix(200)) here; there are /v1/chat/completions, /v1/models, /tokenize, "
                        + "/detokenize, /health and /metrics"
                )
            }
            try RequestBytes.checkMethod(request, of: path, [method])
            switch path {
            case "/health":
                try await exchange.send(200, Array(#"{"status":"ok"}"#.utf8))
            case "/metrics":
                let text = engine.metrics.prometheusText
                try await exchange.send(200, Array(text.utf8), type: PrometheusText.contentType)
            case Self.models:
                try await exchange.send(json: models)
            case "/tokenize":
                try await exchange.send(200, try await tokenize(try await body(of: request, exchange)))
            case "/detokenize":
                try await exchange.send(200, try detokenize(try await body(of: request, exchange)))
            case "/v1/chat/completions":
                try await chat(request, exchange)
            default:
                // Names of models may have slashes, escaped or not.
                let name = path.dropFirst(Self.models.count + 1)
                let model = try models.model(named: name.removingPercentEncoding ?? String(name))
                try await exchange.send(json: model)
            }
        } catch is CancellationError {
            // The client has left; nobody reads an answer.
            throw CancellationError()
        } catch {
            try await exchange.fail(ServerFault(error, retryAfter: retryAfter()))
        }
    }

    private static let models = "/v1/models"

    /// The method that a path answers; nil for one that leads nowhere.
    private static func method(of path: String) -> HTTPRequest.Method? {
        switch path {
        case "/health", "/metrics", models: .get
        case "/tokenize", "/detokenize", "/v1/chat/completions": .post
        default: path.hasPrefix(models + "/") && path.count > models.count + 1 ? .get : nil
        }
    }

    private var models: ModelList {
        ModelList(data: [.init(id: engine.facts.name, maxModelLength: engine.facts.contextLength)])
    }

    // MARK: - Chat

    private func chat(_ request: Request, _ exchange: HTTPExchange) async throws {
        let bytes = try await body(of: request, exchange)
        // A fault is answered inside, where the client's leaving is still noticed.
        try await RequestBytes.whileSenderWaits(of: request) {
            do {
                try await self.answer(bytes, exchange)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                try await exchange.fail(ServerFault(error, retryAfter: self.retryAfter()))
            }
        }
    }

    private func answer(_ body: [UInt8], _ exchange: HTTPExchange) async throws {
        let (wire, request) = try await intake.chat(body)
        let answer = ChatAnswer(
            id: AnswerID(),
            model: engine.facts.name,
            tokenizer: encoder.tokenizer,
            includesUsage: wire.streamOptions?.includeUsage ?? false
        )
        let events = try await engine.answer(request)
        if wire.stream == true {
            try await stream(events, answer, exchange)
        } else {
            try await whole(events, answer, exchange)
        }
    }

    private func whole(
        _ events: AsyncThrowingStream<EngineEvent, any Error>,
        _ answer: ChatAnswer,
        _ exchange: HTTPExchange
    ) async throws {
        var texts: [EngineText] = []
        for try await event in events {
            switch event {
            case .progress: break
            case .text(let text): texts.append(text)
            case .finished(let summary):
                try await exchange.send(200, try WireJSON.encode(answer.whole(texts, summary)), closes: true)
                return
            }
        }
        throw CancellationError()
    }

    private func stream(
        _ events: AsyncThrowingStream<EngineEvent, any Error>,
        _ answer: ChatAnswer,
        _ exchange: HTTPExchange
    ) async throws {
        try await exchange.beginEvents()
        try await exchange.write(answer.opening())
        for try await event in events {
            switch event {
            case .progress(let progress):
                let comment = "read \(progress.readTokens) of \(progress.promptTokens) prompt tokens"
                try await exchange.write(ServerSentEvents.encodeComment(comment))
            case .text(let text):
                if let chunk = answer.chunk(text) { try await exchange.write(chunk) }
            case .finished(let summary):
                for chunk in answer.closing(summary) { try await exchange.write(chunk) }
                try await exchange.write(ServerSentEvents.encode(.init(data: ServerSentEvents.done)))
                try await exchange.end()
                return
            }
        }
        throw CancellationError()
    }

    /// Seconds after which a place may be free: what an answer took on average so far, 1 to 60.
    private func retryAfter() -> Int {
        let metrics = engine.metrics
        let answers = max(1, metrics.decode.count)
        let seconds = (metrics.prefill.sum + metrics.decode.sum) / Double(answers)
        return min(60, max(1, Int(seconds.rounded(.up))))
    }

    // MARK: - Tokens

    private func tokenize(_ body: [UInt8]) async throws -> [UInt8] {
        let wire = try WireJSON.decode(TokenizeRequest.self, from: body, at: ServerFault.bodyLocation)
        try intake.check(model: wire.model)
        let tokens: [Int32]
        switch (wire.prompt, wire.messages) {
        case (let text?, nil):
            tokens = encoder.tokenizer.encode(text, addingSpecialTokens: wire.addSpecialTokens ?? true)
        case (nil, let messages?):
            let opens = wire.addGenerationPrompt ?? true
            tokens = try await intake.prompt(messages, addsGenerationPrompt: opens).tokens
        default:
            throw InputError(at: "prompt", "neither or both of prompt and messages", expected: "one of them")
        }
        let strings =
            try wire.returnTokenStrings == true
            ? tokens.map { String(decoding: try encoder.tokenizer.decode([$0]), as: UTF8.self) } : nil
        let limit = engine.facts.contextLength
        return try WireJSON.encode(TokenizeResponse(tokens: tokens, maxModelLength: limit, tokenStrings: strings))
    }

    private func detokenize(_ body: [UInt8]) throws -> [UInt8] {
        let wire = try WireJSON.decode(DetokenizeRequest.self, from: body, at: ServerFault.bodyLocation)
        try intake.check(model: wire.model)
        do {
            let text = String(decoding: try encoder.tokenizer.decode(wire.tokens), as: UTF8.self)
            return try WireJSON.encode(DetokenizeResponse(prompt: text))
        } catch var fault as InputError {
            fault.location = "tokens"
            throw fault
        }
    }

    private func body(of request: Request, _ exchange: HTTPExchange) async throws -> [UInt8] {
        try RequestBytes.check(request, limit: limits.bodyBytes)
        try await exchange.continueIfExpected(request)
        return try await RequestBytes.collect(request.body, limit: limits.bodyBytes)
    }
}
