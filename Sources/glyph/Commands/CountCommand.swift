// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphRaster
import GlyphTokens

struct CountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Count pages and tokens for every reader, without writing pages.",
        discussion: """
            Examples:
              glyph count book.txt --preset dense
              glyph count book.txt --reader qwen3-vl --json

            The table's last column says how a reader's rule is known: from its source, measured, or documented.
            """
    )

    @Argument(
        help: ArgumentHelp("Files of any kind, folders or archives; '-' reads standard input.", valueName: "input")
    )
    var inputs: [String]

    @OptionGroup(title: "How inputs are read") var input: InputOptions
    @OptionGroup(title: "How pages look") var render: RenderOptions
    @OptionGroup(title: "What pages cost") var sizing: SizingOptions

    @Flag(help: "Print one line of JSON instead of the table.")
    var json = false

    func run() async throws {
        let command = self
        let summary = try await Interrupt.guarding { _ in try await command.count() }
        let rows = try ReaderFamily.all.map { family in
            (family, try family.promptTokens(forImages: summary.sizes))
        }
        if json {
            let readers = rows.map { (key: $0.0.name, json: "\($0.1)") }
            try Terminal.print(summary.json([("readers", readers.jsonObject)]))
            return
        }
        var lines = [summary.text, "", "Visual tokens by reader:"]
        for (family, tokens) in rows {
            let ratio = summary.compression(to: tokens).map { Summary.decimal($0, 2) + "×" } ?? "–"
            lines.append(
                "  " + family.name.padding(toLength: 22, withPad: " ", startingAt: 0)
                    + Self.right(Summary.grouped(tokens), 12) + Self.right(ratio, 9)
                    + "   " + family.provenance.rawValue
            )
        }
        try Terminal.print(lines.joined(separator: "\n"))
    }

    private func count() async throws -> Summary {
        let job = try await Job(inputs: inputs, look: render.look, sizing: sizing.sizing, reading: input.reading())
            .settled()
        return try await job.run(showsProgress: !json, deliver: { _ in })
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
