// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphTokens
import Synchronization

/// How many tokens a reader takes at once.
public struct ContextRoom: Sendable, Equatable {
    /// Tokens of prompt and answer together.
    public var limit: Int
    /// Tokens of these that are kept for the answer.
    public var answer: Int

    /// Tokens of what is added to a question to name pages, or to say that they are a part.
    public static let namingPages = 256

    public init(limit: Int, answer: Int) { (self.limit, self.answer) = (limit, answer) }

    /// Whether a prompt fits.
    public func holds(_ promptTokens: Int) -> Bool { promptTokens <= limit - answer }

    /// The most pages of a prompt, at least 1.
    ///
    /// - Parameters:
    ///   - pages: how many pages there are.
    ///   - tokens: what all of them cost.
    ///   - text: what the question and all else costs.
    /// - Returns: the number of pages.
    public func window(ofPages pages: Int, costing tokens: Int, beside text: Int) -> Int {
        guard pages > 0, tokens > 0 else { return max(1, pages) }
        let free = max(0, limit - answer - text)
        return max(1, min(pages, Int(Double(free) / Double(tokens) * Double(pages))))
    }
}

/// Where the number of tokens that a reader takes is written.
///
/// Nil is an answer here: most hosted services do not tell. What is wrong with a server or a folder shows, with all that
/// is known about it, when it is asked to read.
public enum ContextLength {
    /// What a server says in its list of models (`max_model_len`: vLLM, SGLang, `glyph-engine`).
    ///
    /// Asked once and without patience, since the answer can be done without.
    public static func of(_ configuration: EndpointReader.Configuration) async -> Int? {
        var configuration = configuration
        configuration.retries = RetryPolicy(maximumAttempts: 1, seed: 0)
        configuration.timeouts = EndpointReader.Timeouts(connect: .seconds(5), firstToken: .seconds(5))
        guard let models = try? await EndpointReader(configuration).models() else { return nil }
        guard let name = configuration.model else { return models.count == 1 ? models[0].maxModelLength : nil }
        return models.first { $0.id == name }?.maxModelLength
    }

    /// What a model's folder says (`max_position_embeddings` in `config.json`).
    public static func inModel(_ folder: String) -> Int? {
        let path = "\(folder)/config.json"
        guard let bytes = ResourceFile.read(path), let json = try? JSONParser.parse(bytes, source: path) else {
            return nil
        }
        func member(_ name: String, of value: JSONValue) -> JSONValue? {
            guard case .object(let members) = value else { return nil }
            return members.last { $0.key == name }?.value
        }
        let text = member("text_config", of: json) ?? json
        guard case .number(let length)? = member("max_position_embeddings", of: text), length >= 1, length < 1e12 else {
            return nil
        }
        return Int(length)
    }
}

/// Remembers for a minute how many tokens a reader takes, for programs that ask for every request.
public final class ContextMemory: Sendable {
    private let ask: @Sendable () async -> Int?
    private let known = Mutex<(length: Int?, until: ContinuousClock.Instant)>((nil, .now))

    public init(_ ask: @escaping @Sendable () async -> Int?) { self.ask = ask }

    /// How many tokens the reader takes; nil if it does not tell.
    public func length() async -> Int? {
        let (length, until) = known.withLock { $0 }
        if until > .now { return length }
        let asked = await ask()
        known.withLock { $0 = (asked, .now + .seconds(60)) }
        return asked
    }
}
