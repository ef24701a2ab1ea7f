// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage
public import GlyphTypeset

/// Lays pages out one after another and finishes them in parallel, with memory bounded by the number of workers.
///
/// The result does not depend on the number of workers: pages are independent, and they are reported in order.
public enum RenderPipeline {
    /// What is left of a page once its bytes have been handed over.
    public struct FinishedPage: Sendable {
        public var number: Int
        /// The size of the PNG in pixels.
        public var width: Int
        public var height: Int
        /// The size of the PNG in bytes and its SHA-256.
        public var byteCount: Int
        public var digest: String
        public var source: SourceRange
        public var lines: [LineBox]
        public var losses: Losses
        /// The fonts the page was laid out with.
        public var fonts: [FontFile]
        /// Where a page comes from that was not laid out but is a picture of a file's page.
        public var scan: Scan?

        /// A page of a file, from 1.
        public struct Scan: Sendable, Equatable {
            public var file: String
            public var page: Int

            public init(file: String, page: Int) { (self.file, self.page) = (file, page) }
        }
    }

    /// Renders every page of a document.
    ///
    /// - Parameters:
    ///   - layouter: the source of pages.
    ///   - format: the pixel format of the PNG files.
    ///   - compression: what the size of the files may cost.
    ///   - workers: how many pages are finished at the same time.
    ///   - laidOut: called when all pages are laid out and the last ones are being drawn.
    ///   - deliver: takes a finished page's bytes; called from several tasks, in any order.
    ///   - report: called once for each page, in order, after `deliver`.
    /// - Throws: what the layouter, the rasteriser or a closure throws, and `CancellationError`.
    public static func run(
        _ layouter: inout any PageLayouter,
        format: RenderConfig.ImageFormat,
        compression: PageRasterizer.Compression = .small,
        workers: Int,
        laidOut: () -> Void = {},
        deliver: @escaping @Sendable (EncodedPage) throws -> Void,
        report: (FinishedPage) throws -> Void
    ) async throws {
        let cache = GlyphCache()
        var idle = (0..<max(1, workers)).map { _ in
            Worker(PageRasterizer(format: format, compression: compression, cache))
        }
        // Few at a time, so an array.
        var waiting: [FinishedPage] = []
        var next = 1
        func collect(_ finished: Finished) throws {
            idle.append(finished.worker)
            switch finished.outcome {
            case .page(let page): waiting.append(page)
            case .fault(let fault): throw fault
            }
            while let index = waiting.firstIndex(where: { $0.number == next }) {
                try report(waiting.remove(at: index))
                next += 1
            }
        }
        // Not a throwing group (docs/architecture.md).
        var fault: (any Error)?
        await withTaskGroup(of: Finished.self) { group in
            do {
                while let page = try layouter.nextPage() {
                    try Task.checkCancellation()
                    if idle.isEmpty, let finished = await group.next() { try collect(finished) }
                    let worker = idle.removeLast()
                    group.addTask { Finished(worker: worker, outcome: worker.finish(page, deliver)) }
                }
                laidOut()
                while let finished = await group.next() { try collect(finished) }
            } catch {
                fault = error
                group.cancelAll()
            }
        }
        if let fault { throw fault }
    }

    /// What a task gives back.
    private struct Finished {
        var worker: Worker
        var outcome: Outcome
    }

    private enum Outcome {
        case page(FinishedPage)
        case fault(any Error)
    }

    /// One rasteriser, used by one task at a time: `run` hands it out and gets it back.
    private final class Worker: @unchecked Sendable {
        private let rasterizer: PageRasterizer

        init(_ rasterizer: PageRasterizer) { self.rasterizer = rasterizer }

        func finish(_ page: PageLayout, _ deliver: (EncodedPage) throws -> Void) -> Outcome {
            do {
                return .page(try finished(page, deliver))
            } catch {
                return .fault(error)
            }
        }

        private func finished(_ page: PageLayout, _ deliver: (EncodedPage) throws -> Void) throws -> FinishedPage {
            let encoded = try rasterizer.encode(page)
            let digest = Digest.sha256(encoded.png)
            try deliver(encoded)
            return FinishedPage(
                number: page.number,
                width: encoded.width,
                height: encoded.height,
                byteCount: encoded.png.count,
                digest: digest,
                source: page.source,
                lines: page.lines,
                losses: page.losses,
                fonts: page.fonts.map(\.file)
            )
        }
    }
}

extension RenderPipeline.FinishedPage {
    /// A page that was drawn elsewhere; `offset` is where it belongs in the document's text, of which it holds nothing.
    public init(scan page: EncodedPage, digest: String, offset: Int, of scan: Scan) {
        self.init(
            number: page.number,
            width: page.width,
            height: page.height,
            byteCount: page.png.count,
            digest: digest,
            source: SourceRange(offset, offset),
            lines: [],
            losses: Losses(),
            fonts: [],
            scan: scan
        )
    }
}
