// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTypeset

/// The digests of what decided how pages look: the text and the fonts.
///
/// Computed while the last pages are drawn, for which fewer and fewer processors are needed; beside the first pages they
/// would take one away from them.
struct SourceDigests {
    private let source: SourceText
    private var files: [FontFile] = []
    private var textTask: Task<String, any Error>?
    private var fontTasks: [FontTask] = []

    // A type of its own, because an array of tasks is one that the runtime has to make (docs/architecture.md).
    private struct FontTask {
        var digest: Task<String, any Error>
    }

    init(_ source: SourceText) { self.source = source }

    /// Remembers the fonts of a page.
    mutating func add(_ fonts: [FontFile]) {
        for font in fonts where !files.contains(font) { files.append(font) }
    }

    /// Starts with the text and the fonts known so far.
    mutating func start() {
        let source = source
        textTask = ThreadPool.start { Digest.sha256(source.utf8) }
        for file in files {
            fontTasks.append(FontTask(digest: ThreadPool.start { try Digest.sha256(ofFile: file.path) }))
        }
    }

    /// The text's SHA-256.
    var text: String {
        get async throws { try await textTask?.value ?? Digest.sha256(source.utf8) }
    }

    /// The fonts by name as a JSON array, with their SHA-256.
    ///
    /// - Throws: `InputError` when a file cannot be read any more.
    var fonts: String {
        get async throws {
            var entries: [(reference: String, json: String)] = []
            for (index, file) in files.enumerated() {
                let digest =
                    index < fontTasks.count
                    ? try await fontTasks[index].digest.value : try Digest.sha256(ofFile: file.path)
                let (name, sum) = (file.reference.jsonLiteral, digest.jsonLiteral)
                entries.append((file.reference, "{\"font\": \(name), \"sha256\": \(sum)}"))
            }
            return entries.sorted { $0.reference < $1.reference }.map(\.json).jsonArray
        }
    }
}
