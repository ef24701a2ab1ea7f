// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import ArgumentParser
import Foundation
import GlyphPage
public import GlyphReading

/// What an answer shall be like.
struct AnswerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A task by its name, as --list-tasks prints them, or a Markdown file with one.",
            valueName: "name"
        )
    )
    var task: String?

    @Option(help: ArgumentHelp("How long the answer of a task shall be, as in \"100 words\".", valueName: "length"))
    var length: String?

    @Option(help: ArgumentHelp("The language of the answer of a task, as in French.", valueName: "language"))
    var language: String?

    @Option(
        help: ArgumentHelp(
            "Answer with JSON that meets the schema in this file; 'any' for JSON of any form.",
            valueName: "file"
        )
    )
    var schema: String?

    @Option(help: ArgumentHelp("Draw the relations of --task graph with Graphviz into this file.", valueName: "file"))
    var svg: String?

    @Flag(help: "Print the source lines that the answer rests on, looked up in the text.")
    var cite = false

    func validate() throws {
        if task == nil, length != nil || language != nil {
            throw ValidationError("--length and --language go with --task.")
        }
        if svg != nil, task == nil { throw ValidationError("--svg goes with --task graph.") }
        if svg != nil, schema != nil { throw ValidationError("--svg needs the task's own schema; leave out --schema.") }
        if cite, schema != nil { throw ValidationError("--cite goes with an answer in words, not with --schema.") }
    }

    /// The task that was named, and what it asks.
    ///
    /// - Throws: `InputError` that names the flag.
    func prompt(
        asking question: String?,
        in language: TaskLibrary.Language
    ) throws -> (task: TaskTemplate?, wording: String?) {
        do {
            let task = try task.map { try TaskLibrary.task($0, language) }
            return (task, try task?.prompt(question: question, length: length, language: self.language))
        } catch var fault as InputError where fault.location == "task" || fault.location.hasPrefix("task ") {
            fault.location = "--" + fault.location
            throw fault
        }
    }

    /// The schema that was asked for, or the task's.
    func schema(of task: TaskTemplate?) throws -> JSONSchema? {
        guard let schema, schema != "any" else {
            guard schema == nil, let text = task?.schema else { return nil }
            return try JSONSchema(text, source: "--task \(task?.name ?? "")")
        }
        guard let bytes = FileManager.default.contents(atPath: schema) else {
            throw InputError(at: "--schema \(schema)", "the file cannot be read", expected: "a JSON schema, or any")
        }
        let text = try SourceText(validating: Array(bytes), from: schema)
        return try JSONSchema(String(decoding: text.utf8, as: UTF8.self), source: schema)
    }

    static func listTasks() throws {
        try Terminal.print("Tasks in \(TaskLibrary.folder), where files can be changed and added:")
        for task in try TaskLibrary.all(.english) {
            let padding = String(repeating: " ", count: max(1, 22 - task.name.count))
            try Terminal.print("  \(task.name)\(padding)\(task.title)" + (task.question == .required ? " *" : ""))
        }
        try Terminal.print(
            "* needs to be told what to look at, as the last word. Each is there in English and Chinese."
        )
    }
}

/// Which exact strings of the document ride beside its pages as text.
struct FactOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Exact strings as text beside the pages: auto (numbers, hashes, addresses and the like), off, or all.",
            valueName: "which"
        )
    )
    var facts: FactBook.Choice = .auto

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most text tokens of exact strings beside one prompt's pages.", valueName: "tokens")
    )
    var factsTokens: Int = FactBook.Limits().tokens

    func validate() throws {
        guard factsTokens >= 1 else { throw ValidationError("--facts-tokens is \(factsTokens); it must be 1 or more.") }
    }
}

extension FactBook.Choice: ExpressibleByArgument {
    /// Whether the strings ride: a model that was trained for pages alone would take a sheet for something to answer.
    func rides(beside card: ReadingCard?) -> Bool { self != .off && (card.map(\.facts) ?? true || self == .all) }
}
