// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphDocuments

/// A folder for one test's files, removed with the value that owns it.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "glyph-documents-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, making the folders that it lies in.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        let parent = URL(fileURLWithPath: file).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }
}

/// Files made by other programs; see `Tools/reference/document_fixtures.py`.
enum Fixture {
    /// The path of a fixture.
    static func path(_ name: String) throws -> String {
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures")
        return folder.appendingPathComponent(name).path
    }

    /// The bytes of a fixture.
    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    /// What reading a fixture gives.
    static func read(_ name: String, _ options: ReadingOptions = ReadingOptions()) throws -> Document {
        try DocumentReader(options: options).read(path(name))
    }

    /// The description of the error that reading a path gives, or an empty text when it gives none.
    static func message(reading path: String, _ options: ReadingOptions = ReadingOptions()) -> String {
        do {
            _ = try DocumentReader(options: options).read(path)
            return ""
        } catch {
            return "\(error)"
        }
    }
}

extension Document {
    /// The text as a string.
    var string: String { String(decoding: text.utf8, as: UTF8.self) }

    /// Where the first occurrence of a piece of text comes from.
    func provenance(of piece: String) -> Provenance? {
        guard let found = string.range(of: piece) else { return nil }
        let start = string.utf8.distance(from: string.startIndex, to: found.lowerBound)
        return SourceMap(self).provenance(of: SourceRange(start, start + piece.utf8.count)).first
    }
}

/// What is read of a page whose body this is.
func html(_ body: String) throws -> String {
    let page = "<!DOCTYPE html><html><body>\(body)</body></html>"
    return String(decoding: try HTMLText.read(Array(page.utf8), name: "a.html").bytes, as: UTF8.self)
}
