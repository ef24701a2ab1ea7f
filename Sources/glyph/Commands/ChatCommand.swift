// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphAPI
import GlyphDocuments
import GlyphPage
import GlyphReading
import GlyphTokens

struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk about documents: their pages are sent first and stay, so a server can keep them in its cache.",
        discussion: """
            Examples:
              glyph chat book.txt --endpoint http://localhost:8000
              printf 'Who tells the story?\\nTo whom?\\n' | glyph chat book.txt --endpoint http://localhost:8000

            A line is a question. /quit, Ctrl-D or the end of the input ends the conversation. Where not all pages fit \
            the reader, every question is put to a few pages at a time.
            """
    )

    @Argument(help: ArgumentHelp("Files, folders or archives.", valueName: "input"))
    var inputs: [String]

    @OptionGroup var source: ReaderOptions
    @OptionGroup var facts: FactOptions
    @OptionGroup(title: "How inputs are read") var input: InputOptions
    @OptionGroup(title: "How pages look") var render: RenderOptions
    @OptionGroup(title: "What pages cost") var sizing: SizingOptions

    @Flag(help: "Show what the model thinks before it answers, on standard error.")
    var reasoning = false

    func validate() throws {
        guard !inputs.contains("-") else {
            throw ValidationError("Questions come from standard input, so that the document cannot; name a file.")
        }
    }

    func run() async throws {
        let command = self
        try await Interrupt.guarding { _ in try await command.chat() }
    }

    private func chat() async throws {
        let opened = try source.open()
        if let card = opened.card {
            try render.check(card)
            try sizing.check(card)
        }
        let job = try await Job(
            inputs: inputs,
            look: render.look,
            sizing: sizing.sizing,
            trainedOn: opened.preset,
            reading: input.reading()
        ).settled()
        try job.check(opened.card)
        let drawn = try await DrawnJob(job, facts: facts, strict: false, showsProgress: true)
        Terminal.say(drawn.summary.text + "\n")
        var conversation = try await conversation(opened, drawn, job)
        if let sheet = conversation.whole?.sheet,
            let riding = DrawnJob.riding(sheet.listed, leftOut: sheet.leftOut)
        {
            Terminal.say(riding + "\n")
        }
        let isTerminal = isatty(STDIN_FILENO) == 1
        while let question = nextLine(isTerminal), question != "/quit" {
            guard !question.isEmpty else { continue }
            guard question.wholeMatch(of: /\/[a-z]+/) == nil else {
                let fault = InputError(at: question, "is no command", expected: "/quit, or a question")
                guard isTerminal else { throw fault }
                Terminal.say("Error: \(fault)\n")
                continue
            }
            do {
                try await askFitting(question, &conversation)
            } catch let fault as ReadingError {
                try Terminal.write("\n")
                // A person can ask again; a script must learn that an answer is missing.
                guard isTerminal else { throw source.reader.withRemedy(fault) }
                Terminal.say("Error: \(source.reader.withRemedy(fault))\n")
            } catch let fault as InputError where isTerminal {
                Terminal.say("Error: \(fault)\n")
            }
        }
    }

    private func nextLine(_ isTerminal: Bool) -> String? {
        if isTerminal { Terminal.say("\n> ") }
        return readLine()?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The conversation about all pages at once, or else about a few of them at a time.
    private func conversation(
        _ opened: ReaderSource.Opened,
        _ drawn: DrawnJob,
        _ job: Job
    ) async throws -> Conversation {
        let riding = facts.facts.rides(beside: opened.card) ? drawn.facts : nil
        let tokenizer = try await job.tokenizer()
        let length = opened.card == nil ? await opened.contextLength() : nil
        let room = length.map { ContextRoom(limit: $0, answer: source.maxTokens) }
        let reader = opened.card?.transcribe.map { RememberingReader(opened.reader, remembering: $0) } ?? opened.reader
        var parts = drawn.divided(for: reader, opened.card, facts: riding, room) { tokenizer.count($0) }
        parts.spare = Self.questionTokens
        parts.isChinese = TaskLibrary.Language(question: nil, document: drawn.document.text) == .chinese
        let whole = PageConversation(opened.reader, pages: drawn.pages, sampling: source.sampling, facts: riding)
        var conversation = Conversation(
            whole: opened.card == nil ? whole : nil,
            parts: parts,
            card: opened.card,
            drawn: drawn
        )
        let isDivided = parts.mostPages(of: drawn.pages.count, costing: parts.visualTokens, question: "") != nil
        if let room, isDivided {
            Terminal.say(
                "Note: a few pages are read at a time, since the reader takes \(Summary.grouped(room.limit)) tokens\n"
            )
            conversation.whole = nil
        }
        return conversation
    }

    /// Asks, and once more without the oldest questions where all that was said no longer fits the reader.
    private func askFitting(_ question: String, _ conversation: inout Conversation) async throws {
        try await conversation.askForgetting {
            try await ask(question, &$0)
        } forgot: {
            Terminal.say("Note: the reader's context is full; the oldest questions and answers are left out\n")
        }
    }

    /// Tokens that are kept for questions and what was answered to them.
    private static let questionTokens = 1024

    private func ask(_ question: String, _ conversation: inout Conversation) async throws {
        guard conversation.whole == nil else { return try await askWhole(question, &conversation.whole) }
        var bar = ProgressBar(total: conversation.drawn.pages.count)
        defer { bar.clear() }
        // A model with a card was trained to take one question and nothing else.
        let asked =
            conversation.card == nil
            ? PageConversation.question(question, after: conversation.said, isChinese: conversation.parts.isChinese)
            : question
        let read = try await conversation.parts.read(
            conversation.drawn.pages,
            question: asked,
            sampling: source.sampling
        ) { done, count in
            let pages = conversation.drawn.pages.count * done / max(1, count)
            bar.show(pages, pages: pages)
        } report: { event in
            if case .retrying(let pause, let cause) = event { ReadingNotices.sayRetrying(pause, cause) }
        }
        bar.clear()
        let corrector = conversation.drawn.corrector(conversation.card)
        let answer = corrector.corrected(read)
        try Terminal.print(Terminal.harmless(answer.text, for: STDOUT_FILENO))
        conversation.said += [("User", question), ("Assistant", answer.text)]
        let place =
            read.joined > 0
            ? "joined from \(Summary.counted(read.joined, "window"))"
            : read.windows.best.map { "read on \(Summary.pages($0.pages))" }
                ?? "no page has an answer"
        let tokens = read.promptTokens.map { ", \(Summary.counted($0, "prompt token"))" } ?? ""
        Terminal.say("\(place)\(tokens), total \(Summary.time(read.total.milliseconds))\n")
        ReadingNotices.say(answer.corrections, unfound: answer.unfound)
        ReadingNotices.say(corrector.corrected(read.windows.unanswered), isAll: read.isAbsent)
        let notice = CutNotice(limit: source.maxTokens, quote: conversation.card?.quote)
        if let warning = notice.text(read) { Terminal.say(warning + "\n") }
    }

    private func askWhole(_ question: String, _ whole: inout PageConversation?) async throws {
        guard var conversation = whole else { return }
        defer { whole = conversation }
        let reading = try await conversation.ask(question) { event in
            switch event {
            case .text(let piece): try Terminal.write(Terminal.harmless(piece, for: STDOUT_FILENO))
            case .reasoning(let piece):
                if reasoning { Terminal.say(Terminal.harmless(piece, for: STDERR_FILENO)) }
            case .retrying(let pause, let cause):
                ReadingNotices.sayRetrying(pause, cause)
            case .finished: try Terminal.write("\n")
            }
        }
        var said: [String] = []
        if let usage = reading.usage {
            if let prompt = usage.promptTokens { said.append(Summary.counted(prompt, "prompt token")) }
            if let cached = usage.cachedPromptTokens { said.append("\(Summary.grouped(cached)) of them from a cache") }
            if let written = usage.completionTokens { said.append(Summary.counted(written, "answer token")) }
        }
        said.append("total \(Summary.time(reading.total.milliseconds))")
        Terminal.say(said.joined(separator: ", ") + "\n")
        ReadingNotices.say(conversation.corrections)
        let notice = CutNotice(limit: source.maxTokens, quote: nil)
        let warning = notice.text(reading.finishReason, written: reading.usage?.completionTokens)
        if let warning { Terminal.say(warning + "\n") }
    }
}

/// What a conversation is led with.
private struct Conversation: ForgettingConversation {
    /// All pages in one prompt; nil where they do not fit.
    var whole: PageConversation?
    /// A few pages at a time.
    var parts: DividedReading
    var card: ReadingCard?
    var drawn: DrawnJob
    /// What was said, where pages are read in parts.
    var said: [(speaker: String, text: String)] = []

    /// Of pages that are read in parts nothing is shown before the end.
    var hasSpoken: Bool { whole?.hasSpoken ?? false }

    mutating func forgetOldest() -> Bool {
        if whole != nil { return whole?.forgetOldest() ?? false }
        // A model with a card is not told what was said.
        guard card == nil, !said.isEmpty else { return false }
        // A question goes with its answer.
        said.removeFirst(2 * ((said.count / 2 + 1) / 2))
        return true
    }
}
