// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// EPUB books as text: the chapters in the order of the spine.
enum BookText {
    /// Reads a book.
    ///
    /// - Parameters:
    ///   - bytes: the book's file.
    ///   - name: the file, for messages.
    ///   - limits: what may be unpacked.
    ///   - encoding: the encoding of chapters that are not UTF-8; nil for the one that they declare.
    /// - Returns: the text, and notes about what is not read.
    /// - Throws: `InputError` for a damaged or encrypted book, or one without chapters.
    static func read(
        _ bytes: [UInt8],
        name: String,
        limits: DocumentLimits,
        encoding: String? = nil
    ) throws -> (text: TextBuilder, notes: [String]) {
        let index = try PackedDocument(bytes, name: name, limits: limits) { path in
            path.hasPrefix("META-INF/") || path.lowercased().hasSuffix(".opf")
        }
        let container = try attributes(
            of: "rootfile",
            ["full-path"],
            in: index.required("META-INF/container.xml"),
            name
        )
        guard let package = container.first?["full-path"] else { throw damaged(name, "names no package document") }
        let content =
            try index[package]
            ?? PackedDocument(bytes, name: name, limits: limits) { $0 == package }.required(package)
        var notes: [String] = []
        let paths = try chapters(in: content, at: package, name, &notes)
        let locked = try encrypted(index)
        if let path = paths.first(where: { locked.contains($0) }) {
            throw InputError(
                at: name,
                "is encrypted (\(path))",
                expected: "a book without copy protection",
                remedy: "Ask for a copy without it"
            )
        }
        let wanted = Set(paths)
        let book = try PackedDocument(bytes, name: name, limits: limits) { wanted.contains($0) }
        let text = try self.text(of: paths, in: book, encoding, &notes)
        guard !text.bytes.isEmpty else { throw damaged(name, "has no text in its chapters") }
        return (text, notes)
    }

    /// The paths of the chapters in the order of the spine.
    private static func chapters(
        in content: [UInt8],
        at package: String,
        _ name: String,
        _ notes: inout [String]
    ) throws -> [String] {
        let items = try attributes(of: "item", ["id", "href", "media-type"], in: content, name)
        let spine = try attributes(of: "itemref", ["idref"], in: content, name)
        let byID = Dictionary(items.map { ($0["id"] ?? "", $0) }) { first, _ in first }
        var paths: [String] = []
        for reference in spine.compactMap({ $0["idref"] }) {
            guard let item = byID[reference], let href = item["href"] else {
                notes.append("the chapter \"\(reference)\" of the spine is not in the book")
                continue
            }
            let path = PackedDocument.resolve(href, from: PackedDocument.folder(of: package))
            let type = item["media-type"] ?? ""
            if ["image/", "audio/", "video/", "font/", "application/pdf"].contains(where: { type.hasPrefix($0) }) {
                notes.append("not read: the chapter \(path), which is no text (\(type))")
            } else {
                paths.append(path)
            }
        }
        return paths
    }

    private static func text(
        of paths: [String],
        in book: PackedDocument,
        _ encoding: String?,
        _ notes: inout [String]
    ) throws -> TextBuilder {
        var text = TextBuilder()
        var converted: [String: Int] = [:]
        for path in paths {
            guard var chapter = book[path] else {
                notes.append("the chapter \(path) is not in the book")
                continue
            }
            let label = "\(book.name): \(path)"
            let isUTF8 = UTF8Validation.firstInvalidOffset(in: chapter) == nil
            let declared = isUTF8 || encoding != nil ? nil : DeclaredEncoding.find(chapter, name: label)
            // What the person names is meant for chapters that are not UTF-8, as all should be.
            let outcome = try TextEncoding.convert(
                &chapter,
                from: label,
                as: isUTF8 ? nil : encoding ?? declared?.encoding
            )
            if outcome.encoding != "UTF-8" { converted[outcome.encoding, default: 0] += 1 }
            if let note = declared?.note { notes.append("\(path): \(note)") }
            let page = CDATASections.escaped(in: chapter)
            text.add(try HTMLText.read(page, name: label, showsTitle: false), section: path)
        }
        notes += converted.sorted { $0.key < $1.key }.map { "\("chapter".counted($0.value)) converted from \($0.key)" }
        return text
    }

    /// The entries that are encrypted; fonts usually are, to keep them from being used elsewhere.
    private static func encrypted(_ book: PackedDocument) throws -> Set<String> {
        guard let list = book["META-INF/encryption.xml"] else { return [] }
        let references = try attributes(of: "CipherReference", ["URI"], in: list, book.name)
        return Set(references.compactMap { $0["URI"] }.map { PackedDocument.resolve($0, from: "") })
    }

    /// The attributes of all elements of a name, in order.
    private static func attributes(
        of element: String,
        _ keys: [String],
        in bytes: [UInt8],
        _ name: String
    ) throws -> [[String: String]] {
        let reader = try MarkupReader(bytes, syntax: .xml, name: name)
        var found: [[String: String]] = []
        while let event = try reader.next() {
            guard case .start(element) = event else { continue }
            found.append(
                Dictionary(uniqueKeysWithValues: keys.compactMap { key in reader.attribute(key).map { (key, $0) } })
            )
        }
        return found
    }

    private static func damaged(_ name: String, _ problem: String) -> InputError {
        InputError(at: name, problem, expected: "a whole EPUB", remedy: "Download or export it again")
    }
}
