// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What the service accepts and how much it does at the same time.
///
/// A request beyond a limit is answered with a 4xx that names it; nothing is cut silently.
package struct ServiceLimits: Sendable, Equatable {
    /// Readings at the same time.
    ///
    /// A model on one machine reads slower, not faster, when it is asked more at once.
    package var readings = 2
    /// Readings that may wait for a place; one more gets 429 with Retry-After.
    package var waitingReadings = 16
    /// Documents that are drawn or counted at the same time; each uses every processor.
    package var renderings = 2
    /// Documents that may wait to be drawn.
    package var waitingRenderings = 32
    /// Bytes of a request's body.
    ///
    /// Files travel as base64, which makes them a third longer.
    package var bodyBytes = 64 << 20
    /// Bytes of all files of a request once archives are unpacked.
    package var documentBytes = 64 << 20
    /// Files of a request, and files of all its archives together.
    package var files = 1000
    /// Pages of a request, in whatever number of messages.
    package var pages = 1000
    /// Pixels of one page, 16 million being 4096 × 4096.
    package var pagePixels = 1 << 24
    /// Seconds for reading a document, drawing its pages or counting them.
    package var renderingSeconds = 120
    /// Seconds for a whole answer, from the moment that it has a place.
    package var readingSeconds = 1800
    /// The longest answer that may be asked for, in tokens.
    package var answerTokens = 32_768
    /// Messages of a conversation.
    package var messages = 1024
    /// Bytes of memory that must be left on the machine, or in its container, once a request is accepted.
    ///
    /// A request says what it will take before its body is read and again before its pages are drawn; one that would
    /// leave less gets 503 with Retry-After, and a job waits.
    package var spareMemoryBytes = 256 << 20
    /// Bytes of memory for each byte of a body: the body itself, its texts, and what is in its files.
    package var memoryPerBodyByte = 4
    /// Open connections; more wait until one closes.
    package var connections = 256
    /// Seconds after which a connection without a request is closed.
    package var idleSeconds = 120
    /// Seconds of silence after which an event stream says that it lives; proxies close what is silent for a minute.
    package var keepAliveSeconds = 10.0
    /// Bytes of all uploads and of the requests of jobs together, equal contents counted once.
    package var keptBytes = 4 << 30
    /// Days after which uploads and ended jobs are forgotten.
    package var keptDays = 30
    /// Jobs that are kept, whatever their state.
    package var keptJobs = 1000
    /// Jobs that may wait; they are read one after another, so that a place is left for people who wait.
    package var waitingJobs = 64
    /// Saved templates.
    package var templates = 200
    /// Seconds that answers in progress get to end once the service has been told to stop.
    package var drainSeconds = 30

    package init() {}
}
