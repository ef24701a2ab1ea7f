// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphEngine
import GlyphPage
import GlyphTensor
import GlyphVLM

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure reading a page and writing an answer, against what the machine can do.",
        discussion: """
            Prints one line of JSON. Prefill is the page's way through the vision tower and the prompt's through the \
            decoder; the limits are a large matrix product and a pass over memory, measured in turn with it.
            """
    )

    @Option(help: ArgumentHelp("A Hugging Face checkpoint.", valueName: "folder"))
    var model: String

    @Option(help: ArgumentHelp("A page: a PNG, JPEG or WebP file.", valueName: "file"))
    var image: String

    @Option(help: "The type to compute in.")
    var dtype: Precision = .bf16

    @OptionGroup var device: DeviceOption

    @Option(help: ArgumentHelp("Threads to compute with.", valueName: "number"))
    var threads: Int = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: ArgumentHelp("Tokens to write.", valueName: "number"))
    var tokens: Int = 128

    @Option(help: ArgumentHelp("How often to measure; the best run counts.", valueName: "number"))
    var repeats: Int = 5

    @Option(
        help: ArgumentHelp("When the command began, in seconds as 'date +%s.%N' prints them.", valueName: "seconds")
    )
    var started: Double?

    enum Precision: String, ExpressibleByArgument, CaseIterable {
        case f32, bf16, int8

        var type: DType { self == .f32 ? .f32 : .bf16 }
        var matrices: MatrixForm { self == .int8 ? .int8 : .computeType }
    }

    func validate() throws {
        guard Runtime.threadCounts.contains(threads), tokens > 1, repeats > 0 else {
            throw ValidationError("--threads must be from 1 to 1024, --repeats above 0, --tokens above 1.")
        }
    }

    func run() throws {
        let begun = Date().timeIntervalSince1970
        try Runtime.setThreadCount(threads)
        let folder = try ModelFolder(model)
        let device = try device.chosen()
        let loaded = try GLM4V(folder, computeType: dtype.type, device: device, matrices: dtype.matrices)
        let loadSeconds = Date().timeIntervalSince1970 - begun
        let file = try ImageFile(Array(Data(contentsOf: URL(fileURLWithPath: image))), at: image)
        let run = try BenchRun(loaded, folder, page: try file.decode(at: image))
        _ = try run.read()
        let firstToken = Date().timeIntervalSince1970 - (started ?? begun)

        var seeing = Double.infinity
        var reading = Double.infinity
        var prefill = Double.infinity
        var writing = Double.infinity
        var limits = try MachineLimits(dtype.type, device)
        for _ in 0..<repeats {
            let (vision, prompt, cache) = try run.read()
            seeing = min(seeing, vision)
            reading = min(reading, prompt)
            prefill = min(prefill, vision + prompt)
            writing = min(writing, try run.write(tokens - 1, cache))
            try limits.measure()
        }
        let rate = Double(tokens - 1) / writing
        let fields: [(key: String, json: String)] = [
            ("program", "\"glyph-engine on libtorch \(Runtime.version)\""), ("dtype", "\"\(dtype.rawValue)\""),
            ("device", "\"\(device)\""), ("promptTokens", "\(run.prompt.tokens.count)"),
            ("loadSeconds", text(loadSeconds)), ("firstTokenSeconds", text(firstToken)),
            ("visionSeconds", text(seeing)),
            ("prefillSeconds", text(prefill)), ("decodeTokensPerSecond", text(rate)),
            ("prefillGFLOPS", text(run.prefillOperations / prefill / 1e9)),
            ("visionGFLOPS", text(run.visionOperations / seeing / 1e9)),
            ("decoderPrefillGFLOPS", text(run.decoderOperations / reading / 1e9)),
            ("matmulGFLOPS", text(limits.operations / 1e9)),
            ("decodeGBPerSecond", text(run.bytesPerToken * rate / 1e9)), ("readGBPerSecond", text(limits.bytes / 1e9)),
        ]
        try Output.print(fields.jsonObject)
    }

    private func text(_ value: Double) -> String { String(format: "%.4g", value) }
}
