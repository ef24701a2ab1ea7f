// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
public import GlyphPage

/// Has pages written down, and puts the pieces together as the pages follow each other.
///
/// No letter is put right from the text: what comes back is what was read.
public struct Transcription: Sendable {
    /// Told when a request has to be sent again.
    public var retrying: RetryNotice = { _, _ in }
    private let reader: any Reader
    private let request: String
    private let window: Int
    private let parallel: Int
    private let stop: String?
    private let joints: PageJoints?

    /// Prepares a reading.
    ///
    /// - Parameters:
    ///   - reader: Who reads.
    ///   - request: What it is asked for every window.
    ///   - window: The most pages of a window.
    ///   - parallel: Windows that are read at the same time.
    ///   - stop: Where a page has been written to its end, whatever follows (`stop` of the model's card).
    ///   - joints: The white space of the text between the pages, which none of them shows, and the pictures among
    ///     them, which are left out.
    public init(
        _ reader: any Reader,
        request: String,
        window: Int = 1,
        parallel: Int = 4,
        stop: String? = nil,
        joints: PageJoints?
    ) {
        (self.reader, self.request, self.window) = (reader, request, window)
        (self.parallel, self.stop, self.joints) = (parallel, stop, joints)
    }

    /// Reads all pages.
    ///
    /// - Parameters:
    ///   - pages: All pages, in order.
    ///   - sampling: How they are written down.
    ///   - progress: Told how many windows of how many are done.
    /// - Returns: What was written, empty where nothing was, and what each window came to.
    /// - Throws: The first failure of the reader, `InputError` for pages with a gap, `CancellationError`.
    public func read(
        _ pages: [EncodedPage],
        sampling: Sampling,
        progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) async throws -> (text: String, windows: WindowedReading.Result) {
        // The words of a page cannot mean that there are none.
        let card = ReadingCard(preset: "", window: window, absent: "")
        var reading = WindowedReading(reader, card, parallel: parallel)
        (reading.wantsLogprobs, reading.retrying) = (false, retrying)
        var sampling = sampling
        if let stop { sampling.stop.append(stop) }
        let result = try await reading.read(
            pages,
            windows: WindowedReading.windows(of: pages.count, atMost: window, leavingOut: joints?.pictures ?? []),
            question: request,
            sampling: sampling,
            progress: progress
        )
        let pieces = result.findings.map { finding in
            let first = finding.pages.lowerBound
            return (first > 1 ? joints?.before(page: first) ?? "\n" : "") + finding.answer
        }
        return (pieces.joined(), result)
    }
}
