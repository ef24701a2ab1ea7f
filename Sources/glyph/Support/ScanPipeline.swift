// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphDocuments
import GlyphPage
import GlyphRaster

/// Draws the pages that exist only as pictures, several at a time, and reports them in order.
enum ScanPipeline {
    /// Draws pages.
    ///
    /// - Parameters:
    ///   - scans: the pages.
    ///   - first: the number of the first of them among all pages.
    ///   - workers: how many are drawn at the same time.
    ///   - deliver: takes a page's bytes; called from several tasks, in any order.
    ///   - report: called once for each page, in order, after `deliver`.
    /// - Throws: what drawing or a closure throws, and `CancellationError`.
    static func run(
        _ scans: [ScannedPage],
        first: Int,
        workers: Int,
        deliver: @escaping @Sendable (EncodedPage) throws -> Void,
        report: (RenderPipeline.FinishedPage) throws -> Void
    ) async throws {
        guard !scans.isEmpty else { return }
        var waiting: [Int: RenderPipeline.FinishedPage] = [:]
        var next = first
        try await withThrowingTaskGroup(of: RenderPipeline.FinishedPage.self) { group in
            var running = 0
            func collect() async throws {
                guard let page = try await group.next() else { return }
                running -= 1
                waiting[page.number] = page
                while let page = waiting.removeValue(forKey: next) {
                    try report(page)
                    next += 1
                }
            }
            for (index, scan) in scans.enumerated() {
                try Task.checkCancellation()
                if running >= max(1, workers) { try await collect() }
                running += 1
                group.addTask { try finish(scan, number: first + index, deliver) }
            }
            while running > 0 { try await collect() }
        }
    }

    private static func finish(
        _ scan: ScannedPage,
        number: Int,
        _ deliver: (EncodedPage) throws -> Void
    ) throws -> RenderPipeline.FinishedPage {
        let page = try scan.encoded(number: number)
        let digest = Digest.sha256(page.png)
        try deliver(page)
        return RenderPipeline.FinishedPage(
            scan: page,
            digest: digest,
            offset: scan.offset,
            of: RenderPipeline.FinishedPage.Scan(file: scan.file, page: scan.page)
        )
    }
}
