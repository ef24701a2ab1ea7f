// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphDocuments
import GlyphPage
import GlyphRaster
import GlyphReading
import GlyphTokens
import GlyphTypeset

/// One document on its way to pages: what `render`, `count`, `ask` and `bench` have in common.
struct Job: Sendable {
    var document: Document
    var config: RenderConfig
    let tokenizerName: String
    let family: ReaderFamily
    let start: ContinuousClock.Instant
    /// Loads beside everything else, because rendering seldom has to wait for it.
    private let tokenizerTask: Task<Tokenizer, any Error>
    private let sizing: Sizing

    /// Reads the configuration and the document; call ``settled()`` before drawing.
    init(
        inputs: [String],
        look: ConfigSource,
        sizing: Sizing,
        trainedOn preset: Preset? = nil,
        reading: ReadingOptions = ReadingOptions()
    ) throws {
        start = ContinuousClock.now
        guard !inputs.contains("") else {
            throw InputError(at: "input", "is an empty name", expected: "a file or folder, or '-' for standard input")
        }
        tokenizerTask = sizing.tokenizer == nil ? Ahead.tokenizer : ThreadPool.start { try sizing.textTokenizer() }
        tokenizerName = sizing.tokenizer ?? "glyph-32k"
        self.sizing = sizing
        config = try look.configuration(trainedOn: preset)
        try sizing.check(look, config.layout)
        family = try sizing.family()
        document = try DocumentReader(options: reading).read(inputs)
        for note in document.notes { Terminal.say("Note: \(note)\n") }
        if config.layout != .grid, config.lineHeight < config.fontSize {
            Terminal.say(
                "Note: lines overlap: line-height \(config.lineHeight) is below font-size \(config.fontSize)\n"
            )
        }
        // A panorama has every file's own numbers in its text.
        if document.gutter > 0 { (config.lineNumbers, config.hangingIndent) = (false, document.gutter) }
    }

    /// The same with what depends on the tokenizer: the size of the pages, where it is asked for by length or budget.
    func settled() async throws -> Job {
        var job = self
        // A tokenizer that the person named is checked before anything is written.
        if sizing.tokenizer != nil { _ = try await tokenizer() }
        if sizing.fit != nil || sizing.budget != nil {
            job.config = try sizing.adjust(config, to: document, tokenizer: try await tokenizer())
        }
        return job
    }

    func tokenizer() async throws -> Tokenizer { try await tokenizerTask.value }

    func layouter() async throws -> any PageLayouter {
        guard config.pageTextTokens != nil else {
            return try Typesetter.layouter(text: document.text, config: config)
        }
        let tokenizer = try await tokenizer()
        return try Typesetter.layouter(text: document.text, config: config) { tokenizer.count($0) }
    }

    /// Renders every page while the text is counted beside it.
    ///
    /// `laidOut` is called when only the last pages of the text are still being drawn.
    /// `deliver` takes the finished files in any order, from several tasks; `report` sees the finished pages in order.
    /// With `strict`, a page that loses characters ends the job.
    func run(
        compression: PageRasterizer.Compression = .quick,
        strict: Bool = false,
        showsProgress: Bool = true,
        laidOut: () -> Void = {},
        deliver: @escaping @Sendable (EncodedPage) throws -> Void,
        report: (RenderPipeline.FinishedPage) throws -> Void = { _ in }
    ) async throws -> Summary {
        let text = document.text
        let textTokens = ThreadPool.start { try await tokenizer().count(text.utf8) }
        var summary = Summary(tokenizer: tokenizerName, reader: family)
        var bar = showsProgress ? ProgressBar(total: text.utf8.count) : nil
        defer { bar?.clear() }
        func finish(_ page: RenderPipeline.FinishedPage) throws {
            summary.add(page)
            if strict { try Self.refuseLosses(of: page) }
            bar?.show(page.source.upperBound, pages: page.number)
            try report(page)
        }
        let workers = ThreadPool.processors
        if !text.utf8.isEmpty {
            var layouter = try await layouter()
            try await RenderPipeline.run(
                &layouter,
                format: config.imageFormat,
                compression: compression,
                workers: workers,
                laidOut: laidOut,
                deliver: deliver,
                report: finish
            )
        }
        try await ScanPipeline.run(
            document.scans,
            first: summary.pages + 1,
            workers: workers,
            deliver: deliver,
            report: finish
        )
        let counted = try await textTokens.value
        try summary.finish(textTokens: counted, milliseconds: (ContinuousClock.now - start).milliseconds)
        return summary
    }

    private static func refuseLosses(of page: RenderPipeline.FinishedPage) throws {
        guard !page.losses.isEmpty else { return }
        throw InputError(
            at: "page \(page.number)",
            Summary.describe(page.losses),
            expected: "every character on the page (--strict)",
            remedy: "Choose a font that has them (font-fallback), or leave out --strict"
        )
    }
}
