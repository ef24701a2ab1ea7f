// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import GlyphPage
import GlyphReading
import GlyphTasks
import GlyphTokens

extension BenchmarkOptions {
    private var itemsFile: String { output + "/items.jsonl" }

    /// Runs a suite and writes its report, also where a fault or an interruption ends it early.
    ///
    /// - Throws: `InputError`, `ReadingError`, and `ExitCode` where no item has an answer.
    func run(_ suite: BenchmarkSuite, _ tokenizer: Tokenizer) async throws {
        try await Interrupt.guarding { try await run(suite, tokenizer, $0) }
    }

    private func run(_ suite: BenchmarkSuite, _ tokenizer: Tokenizer, _ interrupt: Interrupt) async throws {
        do {
            let run = try await prepared(suite, tokenizer)
            // From here on there is something to report.
            interrupt.waitForCleanUp()
            try await measure(run)
        } catch let fault as ReadingError {
            throw source.reader.withRemedy(fault)
        }
    }

    /// A run after all that was given is checked; only then the folder is taken.
    private func prepared(_ suite: BenchmarkSuite, _ tokenizer: Tokenizer) async throws -> BenchmarkRun {
        let family = try family()
        let facts = try factChoices()
        let opened = try source.open()
        let strategies = try strategies(suite, opened.card)
        let isFocused = strategies.contains(.focus)
        if isFocused { try focus.check(opened.card) }
        let looks = try looks(opened.preset, coarse: isFocused)
        try await suite.check()
        let needsLength = opened.card == nil && strategies.contains { [.auto, .focus, .windowed].contains($0) }
        let length = needsLength ? await opened.contextLength() : nil
        let readerName = try await opened.identity()
        return BenchmarkRun(
            suite: suite,
            log: try claimedLog(suite, window ?? opened.card?.window ?? DividedReading.usualWindow),
            readerName: readerName,
            reading: BenchmarkReading(
                reader: opened.reader,
                card: opened.card,
                window: window,
                parallelWindows: parallel > 1 ? 1 : 4,
                sampling: source.sampling,
                focus: focus,
                room: length.map { ContextRoom(limit: $0, answer: source.maxTokens) },
                family: family,
                tokenizer: tokenizer
            ),
            strategies: strategies,
            facts: facts,
            looks: looks,
            focusVariant: focusVariant,
            tokenizer: tokenizer,
            parallel: parallel,
            strict: strict
        )
    }

    /// The result file of a folder whose results, if there are some, were made with the same settings.
    private func claimedLog(_ suite: BenchmarkSuite, _ window: Int) throws -> RunLog {
        try BenchmarkFiles.makeFolder(output)
        let log = try RunLog(resuming: itemsFile, redoingFailures: redoFailures)
        let settings = BenchmarkSettings(
            suite.identity + [
                .init("max-tokens", source.maxTokens), .init("temperature", source.temperature),
                .init("seed", source.seed), .init("window", window), .init("visual tokens of", reader),
                .init("strict", strict),
            ]
        )
        try settings.claim(output + "/settings.txt", isNew: log.isNew)
        return log
    }

    private func measure(_ run: BenchmarkRun) async throws {
        var bar = ProgressBar(total: 1000)
        defer { bar.clear() }
        let asked: (examples: Int, keys: Set<RunItem.Key>)
        do {
            asked = try await run.run { bar.show($0, pages: $1) }
        } catch {
            bar.clear()
            // The fault is what must be heard of; a report that cannot be written either says nothing new.
            if let items = try? RunLog.items(at: itemsFile), !items.isEmpty, (try? report(run.suite, items)) != nil {
                Terminal.say("What was done before is in \(output)/report.md.\n")
            }
            throw error
        }
        bar.clear()
        guard asked.examples > 0 else {
            throw InputError(
                at: run.suite.title,
                "there is no example to ask",
                expected: "data with an example of at most the largest of --lengths"
            )
        }
        let items = try RunLog.items(at: itemsFile)
        try Terminal.write(try report(run.suite, items).markdown)
        // The folder may hold answers to other tasks, and of other readers.
        try checkAnswers(items.filter { asked.keys.contains($0.key) })
    }

    private func report(_ suite: BenchmarkSuite, _ items: [RunItem]) throws -> BenchmarkReport {
        let report = BenchmarkReport(
            title: suite.title,
            notes: suite.notes + ["Visual tokens as \(try family().name) counts them; text tokens of glyph-32k."],
            items: items
        )
        try ResourceFile.write(Array(report.markdown.utf8), to: output + "/report.md")
        try ResourceFile.write(Array(report.html.utf8), to: output + "/report.html")
        return report
    }

    /// Says how many items of a run have no answer; a run in which none has one measured nothing.
    private func checkAnswers(_ items: [RunItem]) throws {
        let reasons = items.compactMap { item -> String? in
            if case .failed(let reason) = item.outcome { reason } else { nil }
        }
        guard let first = reasons.first else { return }
        let reason = Terminal.harmless(String(first.prefix(300)), for: 2)
        Terminal.say(
            "\(reasons.count) of \(items.count) items have no answer (the first: \(reason)). Run the command with "
                + "--redo-failures to ask again.\n"
        )
        if reasons.count == items.count { throw ExitCode(1) }
    }
}
