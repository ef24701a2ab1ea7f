// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphDocuments
import GlyphHTTP
import GlyphPage
import GlyphRaster
import GlyphTokens
import GlyphTypeset
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Turns documents into pages and numbers, off the threads that serve connections.
final class PageMaker: Sendable {
    let limits: ServiceLimits
    private let memory: MemoryGuard
    private let places: PlaceQueue
    private let executor = ComputeExecutor()
    private let tokenizer = Mutex<Tokenizer?>(nil)

    init(_ limits: ServiceLimits, _ memory: MemoryGuard) {
        (self.limits, self.memory) = (limits, memory)
        places = PlaceQueue(places: limits.renderings, waiting: limits.waitingRenderings)
    }

    var load: (running: Int, waiting: Int) { places.load }

    /// The tokenizer that counts text, loaded when it is first needed.
    func textTokenizer() throws -> Tokenizer {
        try tokenizer.withLock { tokenizer in
            if let tokenizer { return tokenizer }
            let new = try Tokenizer.standard()
            tokenizer = new
            return new
        }
    }

    /// Reads a document and makes its pages.
    ///
    /// - Throws: `InputError` for what cannot be read or drawn, `Look.NothingCoarser`, `PlaceQueue.Full`, `ServerFault`
    ///   with status 408 if it takes too long and 503 if there is too little memory, `CancellationError`.
    func make(_ intake: DocumentIntake, _ look: Look, wanting pictures: WantedPictures) async throws -> DrawnDocument {
        try await inPlace { try await self.pages(of: intake.document(self.limits), look, pictures) }
    }

    /// Makes all pages of a document that has been read.
    ///
    /// - Throws: As the other `make`.
    func make(_ document: Document, _ look: Look) async throws -> DrawnDocument {
        try await inPlace { try await self.pages(of: document, look, .all) }
    }

    /// The number of text tokens of a text.
    func tokens(of text: String) async throws -> Int {
        try await inPlace { try self.textTokenizer().count(text) }
    }

    private func inPlace<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await places.withPlace {
            try await withThrowingTaskGroup(of: Value.self) { group in
                defer { group.cancelAll() }
                group.addTask(executorPreference: executor, operation: work)
                group.addTask { [limits] in
                    try await Task.sleep(for: .seconds(limits.renderingSeconds))
                    throw ServerFault(
                        408,
                        "drawing the pages takes longer than \(limits.renderingSeconds) seconds",
                        code: "rendering_timeout"
                    )
                }
                guard let value = try await group.next() else { throw CancellationError() }
                return value
            }
        }
    }

    private func pages(
        of document: Document,
        _ look: Look,
        _ pictures: WantedPictures
    ) async throws -> DrawnDocument {
        let start = ContinuousClock.now
        let tokenizer = try textTokenizer()
        // Beside the drawing, which seldom has to wait for it.
        async let counted = tokenizer.count(document.text.utf8)
        let isMeasured = look.fits || look.budget != nil
        var config = try look.configuration(
            for: document.text,
            tokens: isMeasured ? await counted : 0,
            pictures: document.scans.map(\.pixels)
        ) { tokenizer.count($0) }
        try Look.check(config, limits)
        if document.gutter > 0 { (config.lineNumbers, config.hangingIndent) = (false, document.gutter) }
        var result = try await memory.with(need(document, config, pictures)) {
            try await self.draw(document, look, config, pictures, tokenizer)
        }
        result.textTokens = await counted
        result.visualTokens = try look.family.promptTokens(forImages: result.facts.map { ($0.width, $0.height) })
        result.milliseconds = (ContinuousClock.now - start).milliseconds
        return result
    }

    /// Bytes that the pages will take, about one for each pixel: a PNG file of a page of text has a sixth of that, and
    /// it is held as it is, in base64, and in what is sent.
    private func need(_ document: Document, _ config: RenderConfig, _ pictures: WantedPictures) -> Int {
        let page = config.pixelWidth * config.pixelHeight
        let em = config.fontSize * config.scale
        let letter =
            config.layout == .grid
            ? Double(config.cellWidth * config.cellHeight)
            : em * config.lineHeight * config.scale / 2
        let text = min(Double(limits.pages * page), (Double(document.text.utf8.count) * letter).rounded(.up))
        let scans = document.scans.reduce(0) { $0 + $1.pixels.width * $1.pixels.height }
        // Letters are kept as bitmaps, four of each, whatever is drawn and however close the lines are. Only of large ones
        // is that much.
        let letters = em > 64 ? Set(String(decoding: document.text.utf8, as: UTF8.self).unicodeScalars).count : 0
        let bitmaps = Int(em * em) * min(document.text.utf8.count, 4 * letters)
        let all = Int(text) + scans
        return bitmaps + (pictures.count < limits.pages ? min(all, pictures.count * page) : all)
    }

    private func draw(
        _ document: Document,
        _ look: Look,
        _ config: RenderConfig,
        _ pictures: WantedPictures,
        _ tokenizer: Tokenizer
    ) async throws -> DrawnDocument {
        var result = DrawnDocument(document, look)
        if !document.text.utf8.isEmpty {
            var layouter = try Typesetter.layouter(text: document.text, config: config) { tokenizer.count($0) }
            if pictures.count == .max {
                try await drawAll(&layouter, config, pictures.compression, into: &result)
            } else {
                try await draw(&layouter, config, pictures, into: &result)
            }
        }
        for var scan in document.scans {
            try Task.checkCancellation()
            scan.dpi = look.scanDPI(scan.dpi)
            let page = try scan.encoded(number: result.facts.count + 1)
            try take(.init(page, source: [scan.offset, scan.offset]), into: &result)
            if pictures.includes(page.number) { result.append(page) }
        }
        return result
    }

    private func drawAll(
        _ layouter: inout any PageLayouter,
        _ config: RenderConfig,
        _ compression: PageRasterizer.Compression,
        into result: inout DrawnDocument
    ) async throws {
        // Those who draw at the same time share the processors: each worker draws every letter once for itself.
        let workers = max(1, ProcessInfo.processInfo.activeProcessorCount / max(1, places.load.running))
        result.pages = try await RenderPipeline.pages(
            &layouter,
            format: config.imageFormat,
            compression: compression,
            workers: workers
        ) { page in
            result.losses += page.losses
            result.digests.append(page.digest)
            result.lines.append(page.lines.map { $0.stretched(config.horizontalScale) })
            try take(
                .init(
                    number: page.number,
                    width: page.width,
                    height: page.height,
                    source: [page.source.lowerBound, page.source.upperBound]
                ),
                into: &result
            )
        }
    }

    private func draw(
        _ layouter: inout any PageLayouter,
        _ config: RenderConfig,
        _ pictures: WantedPictures,
        into result: inout DrawnDocument
    ) async throws {
        let rasterizer = PageRasterizer(format: config.imageFormat, compression: pictures.compression)
        while let page = try layouter.nextPage() {
            try Task.checkCancellation()
            result.losses += page.losses
            let source = [page.source.lowerBound, page.source.upperBound]
            if pictures.includes(page.number) {
                let encoded = try rasterizer.encode(page)
                result.append(encoded)
                try take(.init(encoded, source: source), into: &result)
            } else {
                let (width, height) = try rasterizer.size(of: page)
                try take(.init(number: page.number, width: width, height: height, source: source), into: &result)
            }
        }
    }

    private func take(_ facts: PageFacts, into result: inout DrawnDocument) throws {
        guard facts.number <= limits.pages else {
            throw InputError(
                at: "pages",
                "the document has more than \(limits.pages) pages",
                expected: "at most \(limits.pages)",
                remedy: "Choose a denser preset, or send less text"
            )
        }
        result.facts.append(facts)
    }
}

extension DrawnDocument {
    fileprivate mutating func append(_ page: EncodedPage) {
        pages.append(page)
        digests.append(Digest.sha256(page.png))
    }
}

extension LineBox {
    /// The box on a page that was resampled horizontally.
    fileprivate func stretched(_ scale: Double) -> LineBox {
        guard scale != 1 else { return self }
        var box = self
        box.x = Int32((Double(x) * scale).rounded(.down))
        box.width = Int32((Double(width) * scale).rounded(.up))
        return box
    }
}
