// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import ArgumentParser
import Foundation
import GlyphDocuments
import GlyphPage
public import GlyphReading
import GlyphTokens

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask a question about documents; pages go to the reader as images.",
        usage: "glyph ask <input> ... <question> [--endpoint <url> | --model <folder>] [<options>]",
        discussion: """
            Examples:
              glyph ask book.txt "Who is Mr. Rochester?" --endpoint http://localhost:8000
              git diff | glyph ask - "What changed?" --endpoint http://localhost:8000
              glyph ask a.txt b.txt "Compare." --endpoint https://host/v1 --api-key-env KEY
              glyph ask Examples/agreement.txt "What is the notice period?"
              glyph ask book.txt "Who is Mr. Rochester?" --model /data/GLM-4.1V-9B-Thinking
              glyph ask a.pdf "notices" --task contract --cite --endpoint http://host

            Without a server and a model, the one in Models/glyph-nano reads; it quotes what English text says about \
            words of the question, and writes pages down (--task transcribe). The answer is streamed to standard output; everything else is said \
            on standard error.
            """
    )

    // The value's name closes and opens a bracket: one argument takes both, since only the last word is no file.
    @Argument(
        help: ArgumentHelp(
            "Files, folders or archives, '-' for standard input, and the question last, in quotation marks.",
            valueName: "input> ... <question"
        )
    )
    var words: [String] = []

    @OptionGroup var source: ReaderOptions

    @Option(
        help: ArgumentHelp(
            "auto, whole (all pages in one prompt), windowed (a few pages at a time, their answers made one), or "
                + "focus (all pages coarse, then a few closely).",
            valueName: "strategy"
        )
    )
    var strategy: ReadingStrategy = .auto

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Pages that are read at a time when reading is windowed. (default: 8, or what the model's card says)",
            valueName: "pages"
        )
    )
    var window: Int?

    @Option(
        help: ArgumentHelp(
            "What the windows found: best (the most probable), notes (joined in a second reading), all (one after "
                + "another), or auto (by the task and the model).",
            valueName: "how"
        )
    )
    var combine: DividedReading.Combination = .auto

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Windows that are read at the same time. (default: 4, or 16 where a model that runs here writes pages down)",
            valueName: "number"
        )
    )
    var parallel: Int?

    @OptionGroup var focus: FocusOptions
    @OptionGroup var facts: FactOptions
    @OptionGroup(title: "What the answer is like") var answer: AnswerOptions
    @OptionGroup(title: "How inputs are read") var input: InputOptions
    @OptionGroup(title: "How pages look") var render: RenderOptions
    @OptionGroup(title: "What pages cost") var sizing: SizingOptions

    @Flag(help: "Print the tasks that there are, and nothing else.")
    var listTasks = false

    @Flag(help: "Show what the model thinks before it answers, on standard error.")
    var reasoning = false

    @Flag(help: "Fail when a page misses a character, clips a line or drops a code point.")
    var strict = false

    @Flag(help: "Print one line of JSON at the end instead of streaming text.")
    var json = false

    func validate() throws {
        guard !listTasks else { return }
        for (name, number) in [("--window", window), ("--parallel", parallel)] {
            guard let number, !(1...1_000_000).contains(number) else { continue }
            throw ValidationError("\(name) is \(number); it must be from 1 to 1,000,000.")
        }
        guard answer.task == nil else {
            guard words.isEmpty else { return }
            throw ValidationError("Give at least one input: glyph ask FILE --task \(answer.task ?? "")")
        }
        guard words.count >= 2 else {
            throw ValidationError("Give at least one input and then the question: glyph ask FILE \"QUESTION\" …")
        }
        guard let question = words.last, question.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("The question is empty; the last word must be what you want to know.")
        }
        guard !FileManager.default.fileExists(atPath: question) else {
            throw ValidationError("The question is missing: the last word, \"\(question)\", is a file.")
        }
    }

    /// What the person asks.
    ///
    /// With a task the last word may also be an input: it is one if there is such a file.
    var question: String? {
        guard answer.task != nil else { return words.last }
        guard words.count >= 2, let last = words.last, last != "-", !FileManager.default.fileExists(atPath: last) else {
            return nil
        }
        return last
    }

    func run() async throws {
        guard !listTasks else { return try AnswerOptions.listTasks() }
        let command = self
        try await Interrupt.guarding { try await command.ask($0) }
    }

    private func ask(_ interrupt: Interrupt) async throws {
        let opened = try source.open(onlyTranscribes: answer.task == TaskLibrary.transcription)
        try check(opened.card)
        if answer.svg != nil { try RelationGraph.dotProgram() }
        let question = question
        let job = try await Job(
            inputs: question == nil ? words : Array(words.dropLast()),
            look: render.look,
            sizing: sizing.sizing,
            trainedOn: opened.preset,
            reading: input.reading()
        ).settled()
        try job.check(opened.card)
        let language = TaskLibrary.Language(question: question, document: job.document.text)
        let (task, wording) = try answer.prompt(asking: question, in: language)
        let schema = try answer.schema(of: task)
        let isJSON = answer.schema != nil || schema != nil
        if answer.cite, isJSON {
            throw InputError(at: "--cite", "goes with an answer in words; --task \(task?.name ?? "") answers with JSON")
        }
        if strategy == .focus { try focus.check(opened.card) }
        // Beside drawing, since it may take a moment; a model with a card has windows of its own size.
        let needsLength = strategy == .whole || opened.card == nil
        let contextLength = Task { needsLength ? await opened.contextLength() : nil }
        let drawn = try await DrawnJob(job, facts: facts, strict: strict, showsProgress: !json)
        let coarse = strategy == .focus ? try await drawCoarse(job, drawn, opened.card) : nil
        if !json { Terminal.say(drawn.summary.text + "\n" + (coarse.map(Self.describe) ?? "") + "\n") }
        let tokenizer = try await job.tokenizer()
        let asked = Asked(
            reader: opened.reader,
            card: opened.card,
            drawn: drawn,
            coarse: coarse,
            task: task,
            topic: wording ?? question ?? "",
            question: (wording ?? question ?? "")
                + (isJSON ? JSONAnswer.instruction(schema, isChinese: language == .chinese) : ""),
            isChinese: language == .chinese,
            isJSON: isJSON,
            schema: schema,
            ridingFacts: facts.facts.rides(beside: opened.card) ? drawn.facts : nil,
            room: await contextLength.value.map { ContextRoom(limit: $0, answer: source.maxTokens) },
            countTokens: { tokenizer.count($0) }
        )
        do {
            try await conclude(read(asked), asked, interrupt)
        } catch let fault as ReadingError {
            throw source.reader.withRemedy(fault)
        }
    }

    private func read(_ asked: Asked) async throws -> Reply {
        if let card = asked.card, let request = card.transcribe, asked.task?.name == TaskLibrary.transcription {
            return try await transcribe(asked, card, request)
        }
        switch strategy {
        case .whole:
            try asked.requireRoom()
            return try await readWhole(asked)
        case .windowed: return try await readWindows(asked)
        case .focus: return try await readFocus(asked)
        case .auto:
            guard asked.card == nil else { return try await readWindows(asked) }
            if asked.holdsAll { return try await readWhole(asked) }
            Terminal.say("Note: a few pages are read at a time, since \(asked.shortage)\n")
            return try await readWindows(asked)
        }
    }
}

/// How a document is divided for the reader.
enum ReadingStrategy: String, ExpressibleByArgument, CaseIterable {
    /// As the model's folder says; otherwise whole, or windowed where that does not fit.
    case auto
    case whole
    case windowed
    case focus
}

extension DividedReading.Combination: ExpressibleByArgument {}
