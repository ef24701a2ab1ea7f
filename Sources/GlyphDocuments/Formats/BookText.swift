// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// EPUB books as text: the chapters in the order of the spine.
enum BookText {
    /// Reads a book.
    ///
    /// - Throws: `InputError` for a damaged or encrypted book, or one without chapters.
    static func read(
        _ bytes: [UInt8],
        name: String,
        limits: DocumentLimits
    ) throws -> (text: TextBuilder, notes: [String]) {
        let book = try PackedDocument(bytes, name: name, limits: limits) { path in
            let suffix = path.split(separator: ".").last?.lowercased() ?? ""
            return ["xhtml", "html", "htm", "xml", "opf"].contains(suffix)
        }
        let locked = try encrypted(book)
        let container = try attributes(of: "rootfile", ["full-path"], in: book.required("META-INF/container.xml"), name)
        guard let package = container.first?["full-path"] else { throw damaged(name, "names no package document") }
        let content = try book.required(package)
        let items = try attributes(of: "item", ["id", "href", "media-type"], in: content, name)
        let spine = try attributes(of: "itemref", ["idref"], in: content, name)
        let byID = Dictionary(items.map { ($0["id"] ?? "", $0) }) { first, _ in first }
        var text = TextBuilder()
        var notes: [String] = []
        for reference in spine.compactMap({ $0["idref"] }) {
            guard let item = byID[reference], let href = item["href"] else {
                notes.append("the chapter \"\(reference)\" of the spine is not in the book")
                continue
            }
            let path = PackedDocument.resolve(href, from: PackedDocument.folder(of: package))
            guard !locked.contains(path) else {
                throw InputError(
                    at: name,
                    "is encrypted (\(path))",
                    expected: "a book without copy protection",
                    remedy: "Ask for a copy without it"
                )
            }
            guard let chapter = book[path] else {
                notes.append("the chapter \(path) is not in the book")
                continue
            }
            text.add(
                try HTMLText.read(decoded(chapter, path, name), name: "\(name): \(path)", showsTitle: false),
                section: path
            )
        }
        guard !text.bytes.isEmpty else { throw damaged(name, "has no text in its chapters") }
        return (text, notes)
    }

    /// Chapters are UTF-8 or UTF-16; HTML's reader wants the former.
    private static func decoded(_ chapter: [UInt8], _ path: String, _ name: String) throws -> [UInt8] {
        var chapter = chapter
        _ = try TextEncoding.convert(&chapter, from: "\(name): \(path)")
        return chapter
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
