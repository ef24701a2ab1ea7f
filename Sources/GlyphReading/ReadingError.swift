// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphAPI

/// Why a reader could not answer.
///
/// The message names the endpoint, what happened, the server's own words where it said any, and what to do. It never
/// contains the API key.
public struct ReadingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for code that reacts to it.
    public enum Kind: Sendable, Equatable, CaseIterable {
        /// The server refused the request's content (HTTP 400, 422 and other 4xx).
        case badRequest
        /// Pages and answer do not fit into the model's context.
        case contextExceeded
        /// The key is missing or wrong (401).
        case unauthorized
        /// The key may not do this (403).
        case forbidden
        /// No such path or model (404).
        case notFound
        /// The request is larger than the server accepts (413).
        case tooLarge
        /// Too many requests, or no quota left (429).
        case rateLimited
        /// The server, or a proxy before it, failed or is busy (5xx, 408, 409, 425).
        case serverFailure
        /// Nothing listens at the address.
        case refused
        /// The host's name is unknown.
        case unknownHost
        /// No secure connection could be made.
        case tls
        /// The connection broke before any answer came.
        case connectionLost
        /// No connection, or no first token, within the time allowed.
        case timedOut
        /// The answer stopped arriving.
        case stalled
        /// Something other than an API answered, or its JSON cannot be understood.
        case unexpectedContent
        /// The answer broke off: some text may have been delivered.
        case truncated
        /// The stream carried an error after it had begun.
        case failedMidway
        /// The model wrote nothing.
        case emptyAnswer
        /// The model, or a filter before it, declined to answer.
        case declined
        /// No model was named, and the server does not offer exactly one.
        case ambiguousModel
        /// The engine that was started for this could not start, or died.
        case engineFailure
    }

    public var kind: Kind
    /// The URL that was asked.
    public var endpoint: String
    /// What happened, with the server's words.
    public var problem: String
    /// What the person can do about it.
    public var remedy: String?
    /// The HTTP status, if there was one.
    public var status: Int?
    /// What the server itself said, if it said it in a form that is known: shortened, and without the API key.
    public var report: APIError?
    /// The pause that the server asked for.
    public var retryAfter: Duration?
    /// How often the request was sent.
    public var attempts: Int
    /// Why the model stopped and what it took, where it came to an end and wrote no answer.
    public var summary: ReadingSummary?

    public init(
        _ kind: Kind,
        endpoint: String,
        problem: String,
        remedy: String? = nil,
        status: Int? = nil,
        report: APIError? = nil,
        retryAfter: Duration? = nil,
        attempts: Int = 1
    ) {
        self.kind = kind
        self.endpoint = endpoint
        self.problem = problem
        self.remedy = remedy
        self.status = status
        self.report = report
        self.retryAfter = retryAfter
        self.attempts = attempts
    }

    public var description: String {
        var text = "\(endpoint): \(problem)"
        if attempts > 1 { text += " (tried \(attempts) times)" }
        if let remedy { text += ". \(remedy)" }
        return text
    }
}
