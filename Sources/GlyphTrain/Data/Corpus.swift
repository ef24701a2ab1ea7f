// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import Glibc
import GlyphPage

/// The text that a model is trained or tested on: every file of a folder, cleaned.
///
/// Characters without a class of ``GlyphClasses`` are left out.
package struct Corpus: Sendable {
    /// A file and what it contributed, for the run's manifest.
    package struct Source: Sendable, Equatable {
        package let path: String
        package let digest: String
        /// Characters after cleaning.
        package let count: Int
    }

    package let sources: [Source]
    /// Files of the folder that hold no text, as pictures do, and links to folders, in the order of their paths.
    package let skipped: [String]
    /// Cleaned text, files one after another.
    package let scalars: [Unicode.Scalar]
    /// The different words of the text, in order of first appearance, at most `mostWords`.
    package let words: [[Unicode.Scalar]]

    static let mostWords = 50_000

    /// Characters that a corpus must have for samples of any page to be drawn from it.
    static let leastCharacters = 10_000

    /// Reads every file below a folder, or a link to one, that is UTF-8 text; others are `skipped`.
    ///
    /// Links to folders below it are skipped, too: what is behind one may be there already, or be the folder itself.
    ///
    /// - Throws: `InputError` for a folder or a file that cannot be read, for text that is not UTF-8, and for too little
    ///   text.
    package init(folder: String) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue,
            Self.isReadable(folder),
            // It follows no link, not even the one that was given.
            let names = FileManager.default.enumerator(
                atPath: URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
            )
        else { throw Self.unreadable(folder) }
        var texts: [(source: Source, scalars: [Unicode.Scalar])] = []
        var skipped: [String] = []
        for name in names.compactMap({ $0 as? String }).sorted() {
            switch try Self.content("\(folder)/\(name)") {
            case .nothing: continue
            case .noText: skipped.append(name)
            case .text(let text, let digest):
                let scalars = Self.clean(text)
                texts.append((Source(path: name, digest: digest, count: scalars.count), scalars))
            }
        }
        try self.init(texts, skipped: skipped, at: folder)
    }

    private enum Content {
        case text(SourceText, digest: String)
        /// A binary file, a link to a folder, or none of the regular files.
        case noText
        /// A folder or an empty file.
        case nothing
    }

    private static func content(_ path: String) throws -> Content {
        var facts = stat()
        if lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR {
            // The enumeration leaves out in silence what it cannot read.
            guard isReadable(path) else { throw unreadable(path, remedy: "Move it out of the folder") }
            return .nothing
        }
        let isThere = stat(path, &facts) == 0
        // Whoever opens a pipe waits for somebody to write into it.
        if isThere, facts.st_mode & S_IFMT != S_IFREG { return .noText }
        guard let bytes = ResourceFile.read(path) else {
            throw InputError(at: path, "cannot be read", expected: "a text file", remedy: "Move it out of the folder")
        }
        // No text in an encoding of one byte has a zero. One with a damaged byte must not be left out in silence.
        if bytes.contains(0), UTF8Validation.firstInvalidOffset(in: bytes) != nil { return .noText }
        let text = try SourceText(validating: bytes, from: path)
        return bytes.isEmpty ? .nothing : .text(text, digest: Digest.sha256(bytes))
    }

    /// Whether what is in a folder can be listed and opened.
    private static func isReadable(_ folder: String) -> Bool { access(folder, R_OK | X_OK) == 0 }

    private static func unreadable(_ folder: String, remedy: String? = nil) -> InputError {
        InputError(at: folder, "cannot be read", expected: "a folder with text files", remedy: remedy)
    }

    private init(
        _ texts: [(source: Source, scalars: [Unicode.Scalar])],
        skipped: [String],
        at location: String
    ) throws {
        sources = texts.map(\.source)
        self.skipped = skipped
        scalars = Array(texts.map(\.scalars).joined(separator: ["\n", "\n"]))
        guard scalars.count >= Self.leastCharacters else {
            throw InputError(
                at: location,
                "holds \(scalars.count) usable characters",
                expected: "at least \(Self.leastCharacters) characters of UTF-8 text"
            )
        }
        var seen: Set<[Unicode.Scalar]> = []
        var words: [[Unicode.Scalar]] = []
        for word in scalars.split(whereSeparator: { $0 == " " || $0 == "\n" }) where word.count < 14 {
            let word = Array(word)
            if seen.insert(word).inserted { words.append(word) }
            if words.count == Self.mostWords { break }
        }
        self.words = words
    }

    /// A passage of `count` characters at most, from anywhere.
    func prose(_ count: Int, _ random: inout SplitMix64) -> [Unicode.Scalar] {
        let count = min(count, scalars.count)
        var start = Int.random(in: 0...scalars.count - count, using: &random)
        // To the beginning of a word, if one is near: pages seldom begin inside of one.
        if let space = scalars[start..<min(start + 16, scalars.count)].firstIndex(where: \.isSpace) {
            start = min(space + 1, scalars.count - count)
        }
        return Array(scalars[start..<start + count]).trimmed
    }

    /// The longest run of spaces that is kept: columns of a table teach nothing about reading.
    private static let mostSpaces = 4

    /// Leaves out what has no class, makes tabs four spaces, and keeps one empty line and four spaces in a row at most.
    static func clean(_ text: SourceText) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.utf8.count)
        var (newlines, spaces) = (0, 0)
        for scalar in String(decoding: text.utf8, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\n":
                (newlines, spaces) = (newlines + 1, 0)
                if newlines <= 2 { result.append(scalar) }
            case " ", "\t", "\u{A0}":
                let room = min(scalar == "\t" ? mostSpaces : 1, mostSpaces - spaces)
                result.append(contentsOf: repeatElement(" ", count: room))
                spaces += room
            default:
                guard GlyphClasses.index(of: scalar) != nil else { continue }
                (newlines, spaces) = (0, 0)
                result.append(scalar)
            }
        }
        return result
    }
}
