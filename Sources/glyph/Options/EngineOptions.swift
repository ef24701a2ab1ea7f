// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser

/// How a model that runs here computes; `glyph-engine serve` has the same options.
struct EngineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The type to compute in: auto, f32, bf16, or int8, which takes a byte a weight.",
            valueName: "type"
        )
    )
    var dtype: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Threads to compute with.", valueName: "number"))
    var threads: Int?

    @Option(help: ArgumentHelp("cpu or cuda.", valueName: "device"))
    var device: String?

    private static let types = ["auto", "f32", "bf16", "int8"]
    private static let devices = ["cpu", "cuda"]

    func validate() throws {
        if let dtype, !Self.types.contains(dtype) {
            throw ValidationError("--dtype is \(dtype); it must be auto, f32, bf16 or int8.")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads); it must be from 1 to 1024.")
        }
        if let device, !Self.devices.contains(device) {
            throw ValidationError("--device is \(device); it must be cpu or cuda.")
        }
    }

    /// What was given, as arguments of `glyph-engine serve`.
    var arguments: [String] {
        [("--dtype", dtype), ("--threads", threads.map(String.init)), ("--device", device)]
            .flatMap { name, value in value.map { [name, $0] } ?? [] }
    }
}
