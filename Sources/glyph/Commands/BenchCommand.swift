// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphDocuments
import GlyphPage
import GlyphRaster
import GlyphTokens
import GlyphTypeset

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast this machine renders and reads.",
        subcommands: [BenchRender.self, BenchEngine.self]
    )
}

struct BenchEngine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine",
        abstract: "Reading a page and writing an answer, against what the machine can do.",
        discussion: """
            Example: glyph bench engine --model /data/GLM-4.1V-9B-Thinking --image page_001.png

            The options are those of: glyph-engine bench --help
            """
    )

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("Options of glyph-engine bench.", valueName: "option")
    )
    var options: [String] = []

    func run() throws {
        try EngineProgram.become(["bench"] + options)
    }
}

struct BenchRender: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Pages per second, milliseconds per page by stage, peak memory.",
        discussion: """
            Example: glyph bench render book.txt

            Stages are measured one after another on one thread, then everything together on all processors. The \
            result is one line of JSON; times are milliseconds, the best of the repetitions.
            """
    )

    @Argument(
        help: ArgumentHelp("Files of any kind, folders or archives; '-' reads standard input.", valueName: "input")
    )
    var inputs: [String]

    @OptionGroup(title: "How inputs are read") var input: InputOptions
    @OptionGroup(title: "How pages look") var render: RenderOptions
    @OptionGroup(title: "What pages cost") var sizing: SizingOptions

    @OptionGroup var files: PageFileOptions

    @Option(parsing: .unconditional, help: ArgumentHelp("Repetitions; the fastest counts.", valueName: "times"))
    var repeats = 3

    func validate() throws {
        guard repeats > 0 else { throw ValidationError("--repeats must be above 0.") }
    }

    func run() async throws {
        let job = try await Job(inputs: inputs, look: render.look, sizing: sizing.sizing, reading: input.reading())
            .settled()
        guard !job.document.text.utf8.isEmpty else {
            throw InputError(at: job.document.name, "has no text to lay out", expected: "a document with text")
        }
        let tokenizer = try await job.tokenizer()
        var best: [String: Double] = [:]
        var facts = (pages: 0, pixels: 0, png: 0)
        for _ in 0..<repeats {
            let stages = try measureStages(job, tokenizer, &facts)
            for (name, milliseconds) in stages { best[name] = min(best[name] ?? .infinity, milliseconds) }
            let start = ContinuousClock.now
            _ = try await job.run(compression: files.png, showsProgress: false, deliver: { _ in })
            let all = (ContinuousClock.now - start).milliseconds
            best["all"] = min(best["all"] ?? .infinity, all)
        }
        try Terminal.print(line(best, facts))
    }

    private func measureStages(
        _ job: Job,
        _ tokenizer: Tokenizer,
        _ facts: inout (pages: Int, pixels: Int, png: Int)
    ) throws
        -> [(String, Double)]
    {
        func time(_ body: () throws -> Void) rethrows -> Double {
            let start = ContinuousClock.now
            try body()
            return (ContinuousClock.now - start).milliseconds
        }
        var pages: [PageLayout] = []
        let layout = try time {
            var layouter = try Typesetter.layouter(text: job.document.text, config: job.config) { tokenizer.count($0) }
            while let page = try layouter.nextPage() { pages.append(page) }
        }
        let rasterizer = PageRasterizer(format: job.config.imageFormat, compression: files.png)
        // Glyphs are drawn once and kept: what is measured is a page of a long document, not the first of all.
        for page in pages { try rasterizer.draw(page) }
        let draw = try time { for page in pages { try rasterizer.draw(page) } }
        var png = 0
        var pixels = 0
        let drawAndEncode = try time {
            for page in pages {
                let encoded = try rasterizer.encode(page)
                png += encoded.png.count
                pixels += encoded.width * encoded.height
            }
        }
        // The floor for the pixels: moving every byte of every page once.
        let bytes = pages.first.map { $0.width * $0.height } ?? 0
        let source = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 64)
        defer {
            source.deallocate()
            target.deallocate()
        }
        let copy = time { for _ in pages { target.copyMemory(from: UnsafeRawBufferPointer(source)) } }
        let tokens = time { _ = tokenizer.count(job.document.text.utf8) }
        facts = (pages.count, pixels, png)
        return [
            ("layout", layout), ("draw", draw), ("drawAndEncode", drawAndEncode), ("copy", copy),
            ("tokens", tokens),
        ]
    }

    private func line(_ best: [String: Double], _ facts: (pages: Int, pixels: Int, png: Int)) -> String {
        let pages = Double(max(1, facts.pages))
        var best = best
        // The best of differences would choose the runs in which drawing alone happened to be slow.
        best["encode"] = max(0, (best["drawAndEncode"] ?? 0) - (best["draw"] ?? 0))
        func perPage(_ stage: String) -> String { Summary.decimal((best[stage] ?? 0) / pages, 4) }
        var usage = rusage()
        getrusage(numericCast(RUSAGE_SELF.rawValue), &usage)
        return "{\"pages\": \(facts.pages), \"pagesPerSecond\": "
            + Summary.decimal(pages / max(1e-6, best["all"] ?? 0) * 1000, 0)
            + ", \"milliseconds\": \(Summary.decimal(best["all"] ?? 0, 2))"
            + ", \"millisecondsPerPage\": {\"layout\": \(perPage("layout")), \"draw\": \(perPage("draw"))"
            + ", \"encode\": \(perPage("encode")), \"copyLimit\": \(perPage("copy"))}"
            + ", \"textTokenMilliseconds\": \(Summary.decimal(best["tokens"] ?? 0, 2))"
            + ", \"megapixels\": \(Summary.decimal(Double(facts.pixels) / 1e6, 2)), \"pngBytes\": \(facts.png)"
            + ", \"peakMegabytes\": \(usage.ru_maxrss / 1024)}"
    }
}
