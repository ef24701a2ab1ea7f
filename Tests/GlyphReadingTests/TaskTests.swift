// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphReading

@Suite struct TaskTests {
    private func template(_ text: String) throws -> TaskTemplate {
        try TaskTemplate(text, name: "t", path: "t.md") { "schema of \($0)" }
    }

    private func problem(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return (error as? InputError)?.description
        }
    }

    @Test("Every task that ships can be read, in both languages, and its schema is one")
    func shipped() throws {
        let english = try TaskLibrary.all(.english)
        let chinese = try TaskLibrary.all(.chinese)
        let wanted: Set = ["qa", "summary", "code", "contract", "compare", "graph", "transcribe"]
        #expect(wanted.isSubset(of: english.map(\.name)))
        #expect(english.map(\.name) == chinese.map(\.name))
        #expect(english.map(\.question) == chinese.map(\.question))
        for task in english + chinese {
            #expect(!task.title.isEmpty)
            let question = task.question == .none ? nil : "QQ {length}"
            let prompt = try task.prompt(question: question)
            #expect(question == nil || prompt.contains("QQ {length}"))
            #expect(!prompt.contains("{language}"))
            if let schema = task.schema { _ = try JSONSchema(schema, source: task.name) }
        }
        #expect(chinese.allSatisfy { $0.body.unicodeScalars.contains(where: \.isIdeographic) })
    }

    @Test("A line is left out when nothing is given for its placeholder, and a default length holds")
    func placeholders() throws {
        let task = try template(
            "---\ntitle: T\nlength: 9 words\n---\nSay it in {length}.\nOnly {question}!\nIn {language}.\n"
        )
        #expect(try task.prompt() == "Say it in 9 words.")
        #expect(
            try task.prompt(question: "{language}", length: "2 lines", language: "French")
                == "Say it in 2 lines.\nOnly {language}!\nIn French."
        )
    }

    @Test("Mistakes in a task's file and in its use are named")
    func mistakes() throws {
        #expect(
            problem { _ = try template("---\nquestion: maybe\n---\nx") }?.contains("required, optional, none") == true
        )
        #expect(problem { _ = try template("---\ncolour: red\n---\nx") }?.contains("colour") == true)
        #expect(problem { _ = try template("---\ntitle: T\nx") }?.contains("do not end") == true)
        #expect(problem { _ = try template("---\ntitle: T\n---\n \n") }?.contains("no prompt") == true)
        #expect(problem { _ = try template("Say {lenght}.") }?.contains("{lenght} is unknown") == true)
        #expect(problem { _ = try template("A {\"json\": 1} {x y} is no placeholder") } == nil)
        let required = try template("---\nquestion: required\n---\n{question}")
        #expect(problem { _ = try required.prompt() }?.hasPrefix("task t: needs to be told more") == true)
        let none = try template("---\nquestion: none\n---\nCopy.")
        #expect(problem { _ = try none.prompt(question: "q") }?.contains("takes no question") == true)
        #expect(problem { _ = try none.prompt(length: "5 words") }?.contains("no place for the length") == true)
        #expect(problem { _ = try TaskLibrary.task("nonsense", .english) }?.contains("graph, qa, summary") == true)
        #expect(problem { _ = try TaskLibrary.task("none/such.md", .english) }?.contains("cannot be read") == true)
    }

    @Test("A person's own file is a task, with a schema beside it")
    func file() throws {
        let folder = NSTemporaryDirectory() + "glyph-tasks-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "---\nschema: s.json\n---\nList {question}".write(
            toFile: folder + "/mine.md",
            atomically: true,
            encoding: .utf8
        )
        try "true".write(toFile: folder + "/s.json", atomically: true, encoding: .utf8)
        let task = try TaskLibrary.task(folder + "/mine.md", .english)
        #expect((task.name, task.schema) == ("mine", "true"))
        #expect(try task.prompt(question: "names") == "List names")
    }

    @Test("The language of a task is the question's, or the document's where nothing is asked")
    func language() {
        #expect(TaskLibrary.Language(question: "谁是 Rochester 先生？", document: SourceText("English")) == .chinese)
        #expect(TaskLibrary.Language(question: "Who is 王?", document: SourceText("中文")) == .english)
        #expect(TaskLibrary.Language(question: nil, document: SourceText("床前明月光，疑是地上霜。")) == .chinese)
        #expect(TaskLibrary.Language(question: nil, document: SourceText("")) == .english)
    }
}
