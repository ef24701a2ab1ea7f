// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser
import Foundation
import GlyphAPI
import GlyphPage
import GlyphReading

struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk about documents: their pages are sent first and stay, so a server can keep them in its cache.",
        discussion: """
            Examples:
              glyph chat book.txt --endpoint http://localhost:8000
              printf 'Who tells the story?\\nTo whom?\\n' | glyph chat book.txt --endpoint http://localhost:8000

            A line is a question. /quit, Ctrl-D or the end of the input ends the conversation.
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
        let job = try await Job(
            inputs: inputs,
            render: render,
            sizing: sizing,
            fallback: opened.preset,
            reading: input.reading()
        )
        let drawn = try await DrawnDocument(job, facts: facts, strict: false, showsProgress: true)
        if let card = opened.card, drawn.pages.count > card.window {
            throw InputError(
                at: "pages",
                "there are \(drawn.pages.count), and this model reads \(card.window) at a time",
                expected: "a document that it can see as a whole",
                remedy: "Use glyph ask, which reads windows, or another reader with --endpoint"
            )
        }
        Terminal.say(drawn.summary.text + "\n")
        var conversation = PageConversation(
            opened.reader,
            pages: drawn.pages,
            sampling: source.sampling,
            facts: facts.facts.rides(beside: opened.card) ? drawn.facts : nil
        )
        if let sheet = conversation.sheet, let riding = DrawnDocument.riding(sheet.listed, leftOut: sheet.leftOut) {
            Terminal.say(riding + "\n")
        }
        let isTerminal = isatty(STDIN_FILENO) == 1
        while let question = nextLine(isTerminal), question != "/quit" {
            guard !question.isEmpty else { continue }
            do {
                try await ask(question, &conversation)
            } catch let fault as ReadingError {
                try Terminal.write("\n")
                // A person can ask again; a script must learn that an answer is missing.
                guard isTerminal else { throw source.reader.withRemedy(fault) }
                Terminal.say("Error: \(source.reader.withRemedy(fault))\n")
            }
        }
    }

    private func nextLine(_ isTerminal: Bool) -> String? {
        if isTerminal { Terminal.say("\n> ") }
        return readLine()?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func ask(_ question: String, _ conversation: inout PageConversation) async throws {
        let reading = try await conversation.ask(question) { event in
            switch event {
            case .text(let piece): try Terminal.write(Terminal.harmless(piece, for: STDOUT_FILENO))
            case .reasoning(let piece):
                if reasoning { Terminal.say(Terminal.harmless(piece, for: STDERR_FILENO)) }
            case .retrying(let pause, let cause):
                Terminal.say("\(cause)\nTrying again in \(Summary.time(pause.milliseconds)) …\n")
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
        if reading.finishReason == .length {
            Terminal.say("The answer was cut at \(source.maxTokens) tokens; raise --max-tokens for more.\n")
        }
    }
}
