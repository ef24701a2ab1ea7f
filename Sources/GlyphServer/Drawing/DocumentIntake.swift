// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphDocuments
import GlyphPage

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The document of a request: a text, files, or both.
///
/// | field | meaning |
/// |---|---|
/// | `text` | a text |
/// | `files` | a list of `{"name": …, "content": …}` with the content in base64 |
/// | `file_ids` | a list of uploads |
struct DocumentIntake: Sendable {
    var files: [(name: String, bytes: [UInt8])] = []
    /// The field that each file came with.
    private var origins: [String] = []
    /// Uploads that are not among the files yet.
    var fileIDs: [String] = []
    /// Whether the first file is a text that needs no looking at.
    private var beginsWithText = false

    /// Takes the fields out of a request; nothing is read yet.
    init(_ fields: inout JSONFields, limits: ServiceLimits) throws {
        if let text = try fields.text("text", atMost: limits.bodyBytes), !text.isEmpty {
            append("text", Array(text.utf8), from: fields.location("text"))
            beginsWithText = true
        }
        try takeFiles(&fields, limits)
        try takeIDs(&fields, limits)
        guard files.isEmpty, fileIDs.isEmpty else { return }
        throw InputError(at: fields.location("text"), "there is neither a text nor a file", expected: "one of them")
    }

    /// Takes a file in, and the field it came with.
    mutating func append(_ name: String, _ bytes: [UInt8], from field: String) {
        files.append((name, bytes))
        origins.append(field)
    }

    private mutating func takeFiles(_ fields: inout JSONFields, _ limits: ServiceLimits) throws {
        guard let list = fields.value("files") else { return }
        guard case .array(let values) = list, values.count <= limits.files else {
            throw InputError(
                at: fields.location("files"),
                "\(list.kind) is not supported",
                expected: "a list of at most \(limits.files) files"
            )
        }
        for (index, value) in values.enumerated() {
            var file = try JSONFields(value, path: "\(fields.location("files"))[\(index)]")
            let name = try file.text("name", atMost: 1000) ?? "file \(index + 1)"
            guard case .string(let content)? = file.value("content"), let data = Data(base64Encoded: content) else {
                throw InputError(
                    at: file.location("content"),
                    "is missing or no base64",
                    expected: "the file in base64"
                )
            }
            try file.finish("a file", remedy: "Leave it out")
            append(Self.shown(name, index + 1), Array(data), from: "\(fields.location("files"))[\(index)]")
        }
    }

    private mutating func takeIDs(_ fields: inout JSONFields, _ limits: ServiceLimits) throws {
        guard let list = fields.value("file_ids") else { return }
        guard case .array(let values) = list, values.count + files.count <= limits.files else {
            throw InputError(
                at: fields.location("file_ids"),
                "\(list.kind) is not supported",
                expected: "a list of at most \(limits.files) ids"
            )
        }
        for (index, value) in values.enumerated() {
            guard case .string(let id) = value, (1...100).contains(id.utf8.count) else {
                throw InputError(
                    at: "\(fields.location("file_ids"))[\(index)]",
                    "\(value.kind) is not supported",
                    expected: "the id of an upload"
                )
            }
            fileIDs.append(id)
        }
    }

    /// The document, whatever its files are; their content tells.
    ///
    /// - Throws: `InputError` for what cannot be read.
    func document(_ limits: ServiceLimits) throws -> Document {
        if files.count == 1, beginsWithText {
            let text = try SourceText(validating: files[0].bytes, from: "text")
            return Document(name: "text", text: text)
        }
        var options = ReadingOptions()
        options.limits.bytes = limits.documentBytes
        options.limits.files = limits.files
        options.limits.pages = limits.pages
        options.limits.programSeconds = min(options.limits.programSeconds, limits.renderingSeconds)
        do {
            var document = try DocumentReader(options: options).read(files)
            document.notes = document.notes.map(Self.withoutOption)
            return document
        } catch var fault as InputError {
            guard let index = files.firstIndex(where: { fault.location.hasPrefix($0.name) }) else { throw fault }
            // The message names the file, and the location the field.
            fault.problem = "\(fault.location): \(fault.problem)"
            fault.location = origins[index]
            if fault.remedy?.contains(Self.option) == true {
                fault.remedy = "If it is text, convert it to UTF-8 first, for example with iconv"
            }
            throw fault
        }
    }

    /// How the library calls what requests do not have.
    private static let option = "the `encoding` option"

    private static func withoutOption(_ note: String) -> String {
        note.replacing("; \(option) names another", with: "")
    }

    /// A client's name for a file, as it may be shown: the last part of a path, on one line.
    static func shown(_ name: String, _ number: Int) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last ?? ""
        let scalars = last.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            // Without its joiners a word of Persian or Hindi is another one.
            case .format: scalar.value == 0x200C || scalar.value == 0x200D
            case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        let text = String(String.UnicodeScalarView(scalars.suffix(120)))
        return text.contains { !$0.isWhitespace && $0 != "." } ? text : "file \(number)"
    }
}
