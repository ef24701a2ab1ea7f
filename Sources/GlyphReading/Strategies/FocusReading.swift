// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
public import GlyphPage

/// Reads a document twice: all of it coarse, then closely the few pages that the question needs.
///
/// In the first pass the pages are small, and the reader says which of them it needs. A reader that was trained to
/// extract (one with a reading card) answers every window instead, and the windows of whose answers it was most sure
/// are taken. The second pass shows only those pages at the normal resolution, or their exact text. A first pass that
/// names nothing usable is followed by a reading of all pages, and says why.
public struct FocusReading: Sendable {
    /// The pages of a document in one look, and what each shows; pages that are pictures come last and show no text.
    public struct Pages: Sendable {
        public var pages: [EncodedPage]
        public var spans: [PageSpan]

        public init(_ pages: [EncodedPage], _ spans: [PageSpan]) { (self.pages, self.spans) = (pages, spans) }
    }

    /// How much is read at a time.
    public struct Limits: Sendable, Equatable {
        /// The most pages that are read closely.
        public var pages: Int
        /// The most pages of one prompt of the first pass; nil puts all into one, or as many as the card says.
        public var window: Int?
        /// Windows that are read at the same time.
        public var parallel: Int

        public init(pages: Int = 8, window: Int? = nil, parallel: Int = 4) {
            (self.pages, self.window, self.parallel) = (pages, window, parallel)
        }
    }

    /// What the first pass came to.
    public struct Choice: Sendable, Equatable {
        /// How the pages were chosen.
        public enum Way: Sendable, Equatable {
            /// The reader named them.
            case named
            /// The reader was most sure of its answers there.
            case scored
            /// All pages are read.
            case everything(because: String)

            /// As programs read it: `named`, `scored` or `all`.
            public var word: String {
                switch self {
                case .named: "named"
                case .scored: "scored"
                case .everything: "all"
                }
            }
        }

        /// The pages to read closely, by their numbers at the normal resolution, in order.
        public var pages: [Int]
        public var way: Way
        /// What the first pass cost.
        public var requests = 0
        /// As the server counts, if it tells.
        public var promptTokens: Int?
        public var completionTokens: Int?
        public var total = Duration.zero

        /// Whether there was a choice; otherwise all pages are read.
        public var isFocused: Bool { way == .named || way == .scored }
    }

    /// Told when a request has to be sent again.
    public var retrying: RetryNotice = { _, _ in }
    let reader: any Reader
    let coarse: Pages
    let fine: Pages
    let card: ReadingCard?
    let limits: Limits
    let facts: FactBook?
    let isChinese: Bool

    /// Prepares a reading.
    ///
    /// - Parameters:
    ///   - reader: who reads.
    ///   - coarse: all pages as the first pass sees them.
    ///   - fine: all pages as the second pass sees them; page breaks may differ.
    ///   - card: what the model's folder says about reading with it.
    ///   - limits: how much is read at a time.
    ///   - facts: exact strings, by the numbers of the fine pages; they ride beside both passes.
    ///   - isChinese: whether the reader is spoken to in Chinese.
    public init(
        _ reader: any Reader,
        coarse: Pages,
        fine: Pages,
        card: ReadingCard? = nil,
        limits: Limits = Limits(),
        facts: FactBook? = nil,
        isChinese: Bool = false
    ) {
        var card = card
        if let window = limits.window { card?.window = window }
        (self.reader, self.coarse, self.fine, self.card) = (reader, coarse, fine, card)
        (self.limits, self.facts, self.isChinese) = (limits, facts, isChinese)
    }

    /// The first pass: reads all pages coarse and chooses those that are read closely.
    ///
    /// - Parameters:
    ///   - question: what will be asked.
    ///   - sampling: how answers are written.
    ///   - progress: told how many windows of how many are done.
    /// - Returns: the pages, and what it cost to choose them.
    /// - Throws: the first failure of a reader, `InputError` for pages with a gap, `CancellationError`.
    public func choose(
        _ question: String,
        sampling: Sampling,
        progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) async throws -> Choice {
        let all = fine.pages.map(\.number)
        guard all.count > limits.pages else {
            return Choice(pages: all, way: .everything(because: "there are no more than \(limits.pages)"))
        }
        let count = coarse.pages.count
        let window = card?.window ?? min(max(1, limits.window ?? count), count)
        let naming = ReadingCard(preset: "", window: window, absent: PageList.none)
        var reading = WindowedReading(
            reader,
            card ?? naming,
            parallel: limits.parallel,
            facts: coarse.spans == fine.spans ? facts : nil
        ) { card == nil ? request(for: $0) : "" }
        reading.wantsLogprobs = card != nil
        // A pass that names nothing, for whatever reason, is followed by a reading of all pages.
        reading.mustTell = false
        reading.retrying = retrying
        let result = try await reading.read(coarse.pages, question: question, sampling: sampling, progress: progress)
        let (pages, way) = card == nil ? named(result.findings) : scored(result.findings)
        var choice = Choice(
            pages: all,
            way: way,
            requests: result.findings.count,
            promptTokens: result.promptTokens,
            completionTokens: result.completionTokens,
            total: result.total
        )
        if choice.isFocused { choice.pages = Array(finePages(of: pages).prefix(limits.pages)).sorted() }
        return choice
    }

    /// The pages that the reader named, taking turns between windows so that none of them fills the list alone.
    private func named(_ findings: [WindowedReading.Finding]) -> ([Int], Choice.Way) {
        let lists = findings.map { finding in
            finding.answer.isEmpty ? [] : PageList.numbers(in: finding.answer, of: finding.pages)
        }
        let longest = lists.compactMap { $0?.count }.max() ?? 0
        let pages = (0..<longest).flatMap { rank in
            lists.compactMap { list in list.flatMap { $0.indices.contains(rank) ? $0[rank] : nil } }
        }
        if !pages.isEmpty { return (pages, .named) }
        guard let unreadable = zip(findings, lists).first(where: { $0.1 == nil })?.0.answer else {
            return ([], .everything(because: "the first pass named no page"))
        }
        let shown = unreadable.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(80)
        return (
            [], .everything(because: "the first pass answered with something other than page numbers: \"\(shown)\"")
        )
    }

    /// Windows by how sure the reader was: of its answers first, then of those that say that there is none, the least
    /// sure first, since an answer that is too blurred to read is missed with doubt.
    private func scored(_ findings: [WindowedReading.Finding]) -> ([Int], Choice.Way) {
        let answers = findings.filter { !$0.isAbsent }
            .sorted {
                ($0.meanLogprob ?? -.infinity, $1.pages.lowerBound) > (
                    $1.meanLogprob ?? -.infinity, $0.pages.lowerBound
                )
            }
        let doubts = findings.filter { $0.isAbsent && $0.meanLogprob != nil }
            .sorted { ($0.meanLogprob ?? 0, $0.pages.lowerBound) < ($1.meanLogprob ?? 0, $1.pages.lowerBound) }
        let pages = (answers + doubts).flatMap { Array($0.pages) }
        guard !pages.isEmpty else {
            return ([], .everything(because: "the first pass found no answer, and the reader tells no probabilities"))
        }
        return (pages, .scored)
    }

    /// The fine pages that show what coarse pages show, in the order of the coarse ones.
    func finePages(of numbers: [Int]) -> [Int] {
        guard coarse.spans != fine.spans else { return numbers }
        let byNumber = Dictionary(coarse.spans.map { ($0.number, $0.source) }, uniquingKeysWith: { $1 })
        // Pictures are the same in both looks and stand behind the text.
        let shift = fine.pages.count - coarse.pages.count
        var result: [Int] = []
        for number in numbers {
            guard let span = byNumber[number] else { continue }
            let shown =
                span.count == 0
                ? [number + shift]
                : fine.spans.filter {
                    $0.source.lowerBound < span.upperBound && span.lowerBound < $0.source.upperBound
                }.map(\.number)
            result += shown.filter { !result.contains($0) }
        }
        return result
    }

    /// What is added to a question so that a reader names pages instead of answering.
    private func request(for window: ClosedRange<Int>) -> String {
        let (first, last, most) = (window.lowerBound, window.upperBound, limits.pages)
        if isChinese {
            return "\n\n先不要回答这个问题。图像依次是文档的第 \(first) 页到第 \(last) 页，缩小了，供你浏览。"
                + "要回答它，需要仔细阅读其中哪些页？只回答最多 \(most) 个页码，最重要的在前，用逗号分开，不写别的，"
                + "例如：12, 7。如果这些页都与问题无关，只回答：\(PageList.none)"
        }
        return
            "\n\nDo not answer this question yet. The images are pages \(first) to \(last) of a document, in order and "
            + "drawn small, as an overview. Which of them must be read closely to answer it? Answer with the numbers of "
            + "at most \(most) pages, the most important first, separated by commas and with nothing else, as in: "
            + "12, 7. If none of these pages has to do with the question, answer only: \(PageList.none)"
    }
}
