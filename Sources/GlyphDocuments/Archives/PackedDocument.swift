// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

/// The entries of a document that is stored as a zip file, such as DOCX and EPUB.
struct PackedDocument {
    /// The contents by name, with `/` between folders and none in front.
    private let entries: [String: [UInt8]]
    let name: String

    /// Unpacks what `isNeeded` chooses.
    init(_ bytes: [UInt8], name: String, limits: DocumentLimits, isNeeded: (String) -> Bool) throws {
        let archive = try ArchiveReader(bytes, name: name, limits: limits)
        var entries: [String: [UInt8]] = [:]
        var total = 0
        var count = 0
        while let entry = try archive.next() {
            count += 1
            guard count <= limits.files else {
                throw InputError(at: name, "has more than \(limits.files) entries")
            }
            guard entry.kind == .file, let path = EntryName.safe(entry.name), isNeeded(path) else { continue }
            guard !entry.isEncrypted else {
                throw InputError(
                    at: name,
                    "is encrypted",
                    expected: "a document without a password",
                    remedy: "Save it without its password"
                )
            }
            // The first of two entries with one name is the one that was there when the file was checked.
            let content = try archive.read(as: "\(name): \(path)", atMost: limits.bytes - total)
            total += content.count
            if entries[path] == nil { entries[path] = content }
        }
        (self.entries, self.name) = (entries, name)
    }

    subscript(_ path: String) -> [UInt8]? { entries[path] }

    /// An entry that the format demands.
    func required(_ path: String) throws -> [UInt8] {
        guard let content = entries[path] else {
            throw InputError(
                at: name,
                "lacks its entry \(path)",
                expected: "a whole document",
                remedy: "Save it again with the program it comes from"
            )
        }
        return content
    }

    /// The path of a reference in an entry, which may climb with `..` and be percent-encoded.
    static func resolve(_ reference: String, from folder: String) -> String {
        let target = reference.split(separator: "#", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        let decoded = target.removingPercentEncoding ?? target
        var parts = decoded.hasPrefix("/") ? [] : folder.split(separator: "/").map(String.init)
        for part in decoded.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }

    /// The folder of an entry.
    static func folder(of path: String) -> String {
        path.split(separator: "/").dropLast().joined(separator: "/")
    }
}
