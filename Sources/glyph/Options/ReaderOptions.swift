// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphReading

/// Who reads the pages, and how answers are written.
struct ReaderOptions: ParsableArguments {
    @OptionGroup var reader: ReaderSource

    @Option(parsing: .unconditional, help: ArgumentHelp("The longest answer.", valueName: "tokens"))
    var maxTokens: Int = 1024

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("0 always takes the most probable token.", valueName: "0…2")
    )
    var temperature: Double = 0

    @Option(parsing: .unconditional, help: ArgumentHelp("How long to wait for the first token.", valueName: "seconds"))
    var timeout: Int = 600

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often to try again after a failure that may pass.", valueName: "times")
    )
    var retries: Int = 4

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "For sampling, the pauses between retries, and the examples of an evaluation.",
            valueName: "number"
        )
    )
    var seed: Int = 0

    func validate() throws {
        for (name, number, range) in [
            ("--timeout", timeout, 1...1_000_000), ("--max-tokens", maxTokens, 1...100_000_000),
            ("--retries", retries, 0...1_000_000),
        ] where !range.contains(number) {
            throw ValidationError(
                "\(name) is \(number); it must be from \(range.lowerBound) to \(Summary.grouped(range.upperBound))."
            )
        }
        guard (0...2).contains(temperature) else {
            throw ValidationError("--temperature is \(temperature); it must be from 0 to 2.")
        }
    }

    var sampling: Sampling { Sampling(maximumTokens: maxTokens, temperature: temperature, seed: seed) }

    /// The server that was named, or an engine of our own, which loads its model while pages are drawn.
    func open(onlyTranscribes: Bool = false) throws -> ReaderSource.Opened {
        try reader.open(
            timeouts: EndpointReader.Timeouts(firstToken: .seconds(timeout)),
            retries: RetryPolicy(maximumAttempts: retries + 1, seed: UInt64(bitPattern: Int64(seed))),
            onlyTranscribes: onlyTranscribes
        )
    }
}
