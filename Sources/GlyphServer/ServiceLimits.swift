// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What the service accepts and how much it does at the same time.
///
/// A request beyond a limit is answered with a 4xx that names it; nothing is cut silently.
public struct ServiceLimits: Sendable, Equatable {
    /// Readings at the same time.
    ///
    /// A model on one machine reads slower, not faster, when it is asked more at once.
    public var readings = 2
    /// Readings that may wait for a place; one more gets 429 with Retry-After.
    public var waitingReadings = 16
    /// Documents that are drawn or counted at the same time; each uses every processor.
    public var renderings = 2
    /// Documents that may wait to be drawn.
    public var waitingRenderings = 32
    /// Bytes of a request's body.
    ///
    /// Files travel as base64, which makes them a third longer.
    public var bodyBytes = 64 << 20
    /// Bytes of all files of a request once archives are unpacked.
    public var documentBytes = 64 << 20
    /// Files of a request, and files of all its archives together.
    public var files = 1000
    /// Pages of a request, in whatever number of messages.
    public var pages = 1000
    /// Pixels of one page, 16 million being 4096 × 4096.
    public var pagePixels = 1 << 24
    /// Seconds for reading a document, drawing its pages or counting them.
    public var renderingSeconds = 120
    /// Seconds for a whole answer, from the moment that it has a place.
    public var readingSeconds = 1800
    /// The longest answer that may be asked for, in tokens.
    public var answerTokens = 32_768
    /// Messages of a conversation.
    public var messages = 1024
    /// Bytes of memory that must be left on the machine, or in its container, once a request is accepted.
    ///
    /// A request says what it will take before its body is read and again before its pages are drawn; one that would
    /// leave less gets 503 with Retry-After, and a job waits.
    public var spareMemoryBytes = 256 << 20
    /// Bytes of memory for each byte of a body: the body itself, its texts, and what is in its files.
    public var memoryPerBodyByte = 4
    /// Open connections; more wait until one closes.
    public var connections = 256
    /// Seconds after which a connection without a request is closed.
    public var idleSeconds = 120
    /// Seconds of silence after which an event stream says that it lives; proxies close what is silent for a minute.
    public var keepAliveSeconds = 10.0
    /// Bytes of all uploads and of the requests of jobs together, equal contents counted once.
    public var keptBytes = 4 << 30
    /// Days after which uploads and ended jobs are forgotten.
    public var keptDays = 30
    /// Jobs that are kept, whatever their state.
    public var keptJobs = 1000
    /// Jobs that may wait; they are read one after another, so that a place is left for people who wait.
    public var waitingJobs = 64
    /// Saved templates.
    public var templates = 200
    /// Seconds that answers in progress get to end once the service has been told to stop.
    public var drainSeconds = 30

    public init() {}
}
