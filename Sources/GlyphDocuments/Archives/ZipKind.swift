// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Whether a zip file is an archive or a document that is stored as one.
enum ZipKind: Equatable {
    case archive
    case document(FileFormat)
    case unsupported(String, remedy: String?)

    /// The most bytes of a document's type.
    private static let longestType = 1 << 10

    /// Tells by the entries, as programs do that open such files; the name says nothing.
    static func of(_ bytes: [UInt8], name: String, limits: DocumentLimits) throws -> ZipKind {
        // Only the end of a directory: libarchive takes such a file for damaged.
        guard !bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]) else {
            throw InputError(at: name, "is an empty archive", expected: "an archive with at least one file")
        }
        let archive = try ArchiveReader(bytes, name: name, limits: limits)
        var isOffice = false
        var folders: Set<Substring> = []
        var count = 0
        while let entry = try archive.next(), count < limits.files {
            count += 1
            if entry.name == "mimetype", entry.kind == .file, !entry.isEncrypted {
                // An archive may hold any file of that name; only a short one names a type.
                let start = try archive.readStart(as: name, count: longestType + 1)
                let type = start.count > longestType ? "" : String(decoding: start, as: UTF8.self).trimmed
                if type == "application/epub+zip" { return .document(.epub) }
                if type.hasPrefix("application/vnd.oasis.opendocument") {
                    return .unsupported(
                        "an OpenDocument file",
                        remedy: "Save it as DOCX or PDF: soffice --convert-to docx FILE"
                    )
                }
            }
            if entry.name == "[Content_Types].xml" { isOffice = true }
            if let slash = entry.name.firstIndex(of: "/") { folders.insert(entry.name[..<slash]) }
        }
        guard isOffice else { return .archive }
        if folders.contains("word") { return .document(.docx) }
        if folders.contains("xl") {
            return .unsupported("an Excel workbook", remedy: "Save its sheets as CSV")
        }
        if folders.contains("ppt") {
            return .unsupported("a PowerPoint presentation", remedy: "Save it as PDF")
        }
        return .archive
    }
}
