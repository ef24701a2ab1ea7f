// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A file that has been found and will be read.
struct InputFile {
    enum Content {
        case bytes([UInt8])
        case pdf(PDFFile)
        /// Handed over already, so that the bytes are never held twice.
        case taken
    }

    /// The path to cite.
    var name: String
    var content: Content
    var format: FileFormat
    /// Whether the person named it: then what is wrong with it is an error rather than a note.
    var isNamed: Bool

    /// Reads the file into a document of one part.
    ///
    /// - Parameters:
    ///   - options: how to read.
    ///   - keepsSource: whether mark-up that people write by hand stays as it is, as in a panorama.
    /// - Returns: the document, whose part is the file.
    /// - Throws: `InputError` for a file that is damaged, encrypted, empty or no text.
    mutating func document(_ options: ReadingOptions, keepsSource: Bool) throws -> Document {
        let content = self.content
        self.content = .taken
        switch content {
        case .pdf(let file): return try set(PDFText.read(file, scanDPI: options.scanDPI))
        case .bytes(let bytes): return try document(of: bytes, options, keepsSource)
        case .taken: throw InputError(at: name, "is read twice")
        }
    }

    private func document(of bytes: consuming [UInt8], _ options: ReadingOptions, _ keepsSource: Bool) throws
        -> Document
    {
        switch format {
        case .docx: return try set(WordText.read(bytes, name: name, limits: options.limits), .docx)
        case .epub:
            let book = try BookText.read(bytes, name: name, limits: options.limits, encoding: options.encoding)
            return try set(book, .epub)
        default: break
        }
        var bytes = bytes
        let declared = options.encoding == nil ? DeclaredEncoding.find(bytes, name: name) : nil
        let outcome = try TextEncoding.convert(&bytes, from: name, as: options.encoding ?? declared?.encoding)
        guard bytes.contains(where: { $0 > 0x20 }) else {
            let problem = bytes.isEmpty ? "is empty" : "holds nothing but white space"
            throw InputError(at: name, problem, expected: "a text of at least one character")
        }
        let notes = [declared?.note, outcome.note].compactMap { $0 }
        if FormatDetector.isNotebook(bytes, name: name) {
            return try set(NotebookText.read(bytes, name: name), .notebook, outcome.encoding, notes)
        }
        if !keepsSource, FormatDetector.isHTML(bytes, name: name) {
            return try set((HTMLText.read(bytes, name: name), []), .html, outcome.encoding, notes)
        }
        // Malformed bytes were refused above.
        let text = SourceText(unchecked: bytes)
        let named = FileFormat(textNamed: name)
        let format: FileFormat = named == .html || named == .notebook ? .code : named
        let part = Document.Part(
            name: name,
            source: SourceRange(0, text.utf8.count),
            format: format,
            encoding: outcome.encoding,
            origin: .lines(outcome.lines)
        )
        return Document(name: name, text: text, notes: notes.map { "\(name): \($0)" }, parts: [part])
    }

    private func set(_ pdf: PDFText) throws -> Document {
        var document = try set((pdf.text, pdf.notes), .pdf, isPictures: !pdf.scans.isEmpty)
        document.scans = pdf.scans
        return document
    }

    private func set(
        _ read: (text: TextBuilder, notes: [String]),
        _ format: FileFormat,
        _ encoding: String? = nil,
        _ notes: [String] = [],
        isPictures: Bool = false
    ) throws -> Document {
        let bytes = read.text.bytes
        guard !bytes.isEmpty || isPictures else {
            throw InputError(at: name, "holds no text", expected: "a document of at least one word")
        }
        let part = Document.Part(
            name: name,
            source: SourceRange(0, bytes.count),
            format: format,
            encoding: encoding,
            origin: .blocks(read.text.blocks)
        )
        return Document(
            name: name,
            text: SourceText(unchecked: bytes),
            notes: (notes + read.notes).map { "\(name): \($0)" },
            parts: [part]
        )
    }
}
