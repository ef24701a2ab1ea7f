// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
public import GlyphPage
import GlyphTokens

/// The tasks that ship, in a folder beside the program, where a person can add others.
public enum TaskLibrary {
    /// A language that tasks are written in, by the name of its folder.
    public enum Language: String, Sendable, CaseIterable {
        case english = "en"
        case chinese = "zh"

        /// The language to ask in: that of the question, or of the document where there is no question.
        public init(question: String?, document: SourceText) {
            let sample = question ?? String(decoding: document.utf8.prefix(1 << 14), as: UTF8.self)
            let letters = sample.unicodeScalars.filter(\.properties.isAlphabetic)
            // An ideograph says as much as a few letters, and names are often foreign.
            self = letters.count(where: \.isIdeographic) * 4 > letters.count ? .chinese : .english
        }
    }

    /// The task that writes pages down, which needs no reader that answers questions.
    public static let transcription = "transcribe"

    /// The folder with a folder for each language.
    public static var folder: String { ResourceFolder.path(of: "Tasks", inTarget: "GlyphReading") }

    /// All tasks of a language, by name.
    ///
    /// - Throws: `InputError` for a folder that is missing and for a file that is no task.
    public static func all(_ language: Language) throws -> [TaskTemplate] { try all(language, in: folder) }

    static func all(_ language: Language, in folder: String) throws -> [TaskTemplate] {
        let folder = "\(folder)/\(language.rawValue)"
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw InputError(
                at: folder,
                "the folder of tasks is missing",
                expected: "the resource folder beside the program",
                remedy: "Install glyph_GlyphReading.resources next to the executable."
            )
        }
        return try names.filter { $0.hasSuffix(".md") }.sorted().map { try template(file: "\(folder)/\($0)") }
    }

    /// A task by its name or by the path of its file.
    ///
    /// - Throws: `InputError` for a task that does not exist, with the names of those that do.
    public static func task(_ name: String, _ language: Language) throws -> TaskTemplate {
        if name.hasSuffix(".md") || name.contains("/") { return try template(file: name) }
        let path = "\(folder)/\(language.rawValue)/\(name).md"
        guard ResourceFile.exists(path) else {
            throw InputError(
                at: "task",
                "\"\(name)\" is unknown",
                expected: try all(language).map(\.name).joined(separator: ", "),
                remedy: "Or name a Markdown file"
            )
        }
        return try template(file: path)
    }

    private static func template(file path: String) throws -> TaskTemplate {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        let name = path[folder.endIndex...].dropLast(path.hasSuffix(".md") ? 3 : 0)
        return try TaskTemplate(text(of: path), name: String(name), path: path) { try text(of: folder + $0) }
    }

    private static func text(of path: String) throws -> String {
        guard let bytes = ResourceFile.read(path) else {
            throw InputError(at: path, "the file cannot be read")
        }
        return String(decoding: try SourceText(validating: bytes, from: path).utf8, as: UTF8.self)
    }
}
