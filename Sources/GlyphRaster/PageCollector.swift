// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage
public import GlyphTypeset
import Synchronization

/// Keeps pages that several threads draw, in the order of their numbers.
package final class PageCollector: Sendable {
    private let drawn = Mutex<[EncodedPage]>([])

    package init() {}

    package func take(_ page: EncodedPage) { drawn.withLock { $0.append(page) } }

    package var pages: [EncodedPage] { drawn.withLock { $0.sorted { $0.number < $1.number } } }
}

extension RenderPipeline {
    /// Renders every page of a document and keeps them in memory.
    ///
    /// - Parameters:
    ///   - layouter: the source of pages.
    ///   - format: the pixel format of the PNG files.
    ///   - compression: what the size of the files may cost.
    ///   - workers: how many pages are finished at the same time.
    ///   - report: called once for each page, in order, with what the page shows and where.
    /// - Returns: The pages, in order.
    /// - Throws: As `run`.
    public static func pages(
        _ layouter: inout any PageLayouter,
        format: RenderConfig.ImageFormat,
        compression: PageRasterizer.Compression = .small,
        workers: Int,
        report: (FinishedPage) throws -> Void = { _ in }
    ) async throws -> [EncodedPage] {
        let collector = PageCollector()
        try await run(
            &layouter,
            format: format,
            compression: compression,
            workers: workers,
            deliver: { collector.take($0) },
            report: report
        )
        return collector.pages
    }
}
