// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphPage
import GlyphReading
import GlyphTasks
import GlyphTokens
import GlyphTypeset

/// What all benchmarks have in common: who reads, how pages look, and where results go.
struct BenchmarkOptions: ParsableArguments {
    @OptionGroup var source: ReaderOptions
    @OptionGroup(title: "How pages look") var render: RenderOptions

    @Option(help: ArgumentHelp("Where results and reports go; a run that was stopped goes on.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("Only these tasks.", valueName: "name,…"))
    var tasks: String?

    @Option(
        help: ArgumentHelp(
            "Lengths of contexts in text tokens (default: 4096; of ocr 512, of mrcr at most 131072; longbench takes none).",
            valueName: "tokens,…"
        )
    )
    var lengths: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Items of each task and length; --seed chooses those that are made here.",
            valueName: "number"
        )
    )
    var items = 20

    @Option(parsing: .unconditional, help: ArgumentHelp("Items that are asked at the same time.", valueName: "number"))
    var parallel = 1

    @Option(
        help: ArgumentHelp(
            "auto, whole, windowed, focus, text or several (default: as the model wants).",
            valueName: "name,…"
        )
    )
    var strategy: String?

    @Option(
        help: ArgumentHelp(
            "Exact strings as text beside the pages, as in glyph ask: off, auto, all or several.",
            valueName: "which,…"
        )
    )
    var facts = "off"

    @OptionGroup(title: "How two passes read") var focus: FocusOptions

    @Option(parsing: .unconditional, help: ArgumentHelp("Pages of a window.", valueName: "pages"))
    var window: Int?

    @Option(
        help: ArgumentHelp(
            "Draw pages with each of these values, as in --sweep dpi=72,96. Repeatable; all combinations are measured.",
            valueName: "key=value,…"
        )
    )
    var sweep: [String] = []

    @Option(help: ArgumentHelp("Who counts visual tokens, as 'glyph count' lists.", valueName: "name"))
    var reader = Sizing().reader

    @Flag(help: "Ask the same reader with the full text in the prompt, too.")
    var textBaseline = false

    @Flag(help: "Ask items again that failed.")
    var redoFailures = false

    @Flag(help: "Count an item as failed when its pages miss or clip a character.")
    var strict = false

    func validate() throws {
        for (name, number) in [("--items", items), ("--parallel", parallel), ("--window", window ?? 1)] {
            guard !(1...1_000_000).contains(number) else { continue }
            throw ValidationError("\(name) is \(number); it must be from 1 to 1,000,000.")
        }
    }

    /// Who counts visual tokens.
    func family() throws -> ReaderFamily { try .named(reader, at: "--reader") }

    /// How every example is put before the reader.
    func strategies(_ suite: BenchmarkSuite, _ card: ReadingCard?) throws -> [BenchmarkStrategy] {
        if suite.isTranscription { return [.pages] }
        let names = strategy?.split(separator: ",").map(String.init) ?? [card == nil ? "whole" : "windowed"]
        let known = names.compactMap(BenchmarkStrategy.init).filter { $0 != .pages }
        guard known.count == names.count, !known.isEmpty else {
            throw InputError(at: "--strategy", "is \(strategy ?? "")", expected: "auto, whole, windowed, focus or text")
        }
        return (known + (textBaseline ? [.text] : [])).uniqued
    }

    /// Which exact strings ride beside the pages.
    func factChoices() throws -> [FactBook.Choice] {
        let names = facts.split(separator: ",").map(String.init)
        let choices = names.compactMap(FactBook.Choice.init)
        guard !choices.isEmpty, choices.count == names.count else {
            throw InputError(at: "--facts", "is \(facts)", expected: "off, auto, all or several, as in off,auto")
        }
        return choices.uniqued
    }

    /// What tells readings in two passes with other options than usual apart.
    var focusVariant: String {
        let usual = FocusReading.Limits().pages
        return
            ((focus.focusPages == usual ? [] : ["pages=\(focus.focusPages)"])
            + (focus.focusWith == .text ? ["with=text"] : []) + focus.focusLook).joined(separator: " ")
    }

    /// Every combination of the values to try.
    func looks(_ preset: Preset?, coarse: Bool) throws -> [BenchmarkWay.Look] {
        let axes = try sweep.map { axis in
            let parts = axis.split(separator: "=", maxSplits: 1).map(String.init)
            let values = parts.count == 2 ? parts[1].split(separator: ",").map { "\(parts[0])=\($0)" } : []
            guard !values.isEmpty else {
                throw InputError(at: "--sweep \(axis)", "has no values", expected: "key=value,…, as in font-size=7,9")
            }
            return values.uniqued
        }
        let combinations = axes.reduce([[]]) { all, axis in all.flatMap { one in axis.map { one + [$0] } } }
        let base = try render.look.configuration(trainedOn: preset)
        let fallback = try base.fontFallback ?? FontLibrary.fallbackChain()
        return try combinations.map { assignments in
            var config = base
            if !assignments.isEmpty { try config.set(assignments, at: "--sweep") }
            // The digest tells apart what has one name and looks different.
            let digest = Digest.sha256(Array(config.json.utf8)).prefix(6)
            let name = render.preset ?? (render.config == nil ? (preset ?? .default).rawValue : "config")
            // Looked for once, and not for every example.
            config.fontFallback = config.fontFallback ?? fallback
            return BenchmarkWay.Look(
                name: ([name] + assignments + ["#\(digest)"]).joined(separator: " "),
                config: config,
                coarse: coarse ? try focus.coarse(config) : nil
            )
        }
    }
}
