// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTypeset
import Synchronization
import Testing

@testable import GlyphRaster

@Suite struct RenderPipelineTests {
    private static let text = (1...400).map { "line \($0): rope, salt and quiet jokes" }.joined(separator: "\n")

    private final class Delivered: Sendable {
        let pages = Mutex<[Int: EncodedPage]>([:])

        func add(_ page: EncodedPage) { pages.withLock { $0[page.number] = page } }
    }

    /// Blank pages without end.
    private struct EndlessPages: PageLayouter {
        var number = 0

        mutating func nextPage() -> PageLayout? {
            number += 1
            return PageLayout(
                number: number,
                width: 40,
                height: 40,
                background: .white,
                palette: [],
                fonts: [],
                source: SourceRange(0, 0)
            )
        }
    }

    private struct Stop: Error {}

    private func render(
        workers: Int,
        _ config: RenderConfig
    ) async throws -> (files: [Int: EncodedPage], pages: [RenderPipeline.FinishedPage]) {
        let delivered = Delivered()
        var layouter = try Typesetter.layouter(text: SourceText(Self.text), config: config)
        var pages: [RenderPipeline.FinishedPage] = []
        try await RenderPipeline.run(
            &layouter,
            format: .auto,
            workers: workers,
            deliver: { delivered.add($0) },
            report: { pages.append($0) }
        )
        return (delivered.pages.withLock { $0 }, pages)
    }

    @Test("One worker and several give the same bytes, reported in order", arguments: RenderConfig.Layout.allCases)
    func workersDoNotMatter(layout: RenderConfig.Layout) async throws {
        var config = try smallConfig(layout)
        config.fontColor = Color(red: 10, green: 60, blue: 130)
        let alone = try await render(workers: 1, config)
        #expect(alone.pages.count > 5)
        #expect(alone.pages.map(\.number) == Array(1...alone.pages.count))
        for workers in [2, 4, 0] {
            let together = try await render(workers: workers, config)
            #expect(together.pages.map(\.digest) == alone.pages.map(\.digest))
            #expect(together.pages.map(\.number) == alone.pages.map(\.number))
            #expect(together.files.mapValues(\.png) == alone.files.mapValues(\.png))
        }
        for page in alone.pages {
            let file = try #require(alone.files[page.number])
            #expect(page.digest == Digest.sha256(file.png))
            #expect(page.byteCount == file.png.count)
            #expect((page.width, page.height) == (file.width, file.height))
        }
        var layouter = try Typesetter.layouter(text: SourceText(Self.text), config: config)
        var numbers: [Int] = []
        let kept = try await RenderPipeline.pages(&layouter, format: .auto, workers: 4) { numbers.append($0.number) }
        #expect(kept.map(\.png) == alone.pages.map { alone.files[$0.number]?.png })
        #expect(numbers == alone.pages.map(\.number))
    }

    @Test("Cancelling stops an endless document and leaves no unfinished file", arguments: [1, 4])
    func cancellationStops(workers: Int) async throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try PageFolder(path: path, replacing: false)
        let task = Task {
            var layouter: any PageLayouter = EndlessPages()
            try await RenderPipeline.run(
                &layouter,
                format: .auto,
                workers: workers,
                deliver: { try folder.write($0) },
                report: { page in
                    if page.number == 20 { withUnsafeCurrentTask { $0?.cancel() } }
                }
            )
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let present = try names(in: path)
        #expect(present.count >= 20 && present.count < 60)
        #expect(present.allSatisfy { $0.hasPrefix("page_") && $0.hasSuffix(".png") })
    }

    @Test("An error while a page is handed over ends the run with that error", arguments: [1, 4])
    func errorsAreThrown(workers: Int) async throws {
        var layouter: any PageLayouter = EndlessPages()
        await #expect(throws: Stop.self) {
            try await RenderPipeline.run(
                &layouter,
                format: .auto,
                workers: workers,
                deliver: { if $0.number == 7 { throw Stop() } },
                report: { #expect($0.number < 7) }
            )
        }
    }
}
