// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Gathers the files behind the inputs of one document, then reads and joins them.
struct InputCollection {
    private let options: ReadingOptions
    private var budget: InputBudget
    private var files: [InputFile] = []
    private var skipped: [SkippedInput] = []
    private var notes: [String] = []
    /// What is wrong with files that were left out, for when nothing is left.
    private var faults: [InputError] = []

    init(_ options: ReadingOptions) {
        self.options = options
        budget = InputBudget(options.limits)
    }

    // MARK: Finding files

    /// Adds a file or everything in a folder.
    mutating func add(path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw DocumentReader.fault(path, errno) }
        if status.st_mode & S_IFMT == S_IFDIR { try addFolder(path) } else { try addFile(path, isNamed: true) }
    }

    private mutating func addFolder(_ path: String) throws {
        let walk = try FolderWalk.walk(path, options, budget: &budget)
        skipped += walk.skipped
        var leftOut: [String] = []
        if walk.ignoredCount > 0 {
            leftOut.append("\(path): \("entry".counted(walk.ignoredCount, "entries")) left out, as .gitignore says")
        }
        if let output = walk.output { leftOut.append("\(output): left out, as pages are written there") }
        notes += leftOut
        guard !walk.files.isEmpty || !walk.skipped.isEmpty else {
            throw InputError(
                at: path,
                "holds no files",
                expected: "a folder with at least one file",
                remedy: leftOut.first.map { walk.ignoredCount > 0 ? "\($0); --no-ignore reads them" : $0 }
            )
        }
        for file in walk.files { try addFile(file, isNamed: false) }
    }

    private mutating func addFile(_ path: String, isNamed: Bool) throws {
        try Task.checkCancellation()
        // A pipe that nobody writes to would wait for ever; only one that is named is worth that.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | (isNamed ? 0 : O_NONBLOCK))
        guard descriptor >= 0 else {
            return try skip(path, DocumentReader.fault(path, errno), isNamed: isNamed)
        }
        defer { close(descriptor) }
        try add(descriptor: descriptor, name: path, path: path, isNamed: isNamed)
    }

    /// Adds what an open file or pipe holds.
    mutating func add(descriptor: Int32, name: String) throws {
        try add(descriptor: descriptor, name: name, path: nil, isNamed: true)
    }

    /// Adds a file that is in memory already.
    mutating func add(_ bytes: [UInt8], name: String) throws {
        // Too much together is another fault than what is wrong with this file.
        if bytes.count > budget.remainingBytes { try budget.add(bytes.count, from: name) }
        try add(bytes, name: name, isNamed: true, depth: 0)
    }

    private mutating func add(descriptor: Int32, name: String, path: String?, isNamed: Bool) throws {
        let source = ByteSource(descriptor: descriptor, name: name, limit: budget.remainingBytes)
        if let path, let start = source.peek(FormatDetector.prefixLength),
            FormatDetector.find(start, name: name) == .pdf
        {
            // Poppler reads it from the disk; only its size counts here.
            try budget.add(source.size, from: name)
            let file = PDFFile(path: path, name: name, limits: options.limits)
            files.append(InputFile(name: name, content: .pdf(file), format: .pdf, isNamed: isNamed))
            return
        }
        // Too much together is another fault than too large by itself.
        if source.size > budget.remainingBytes, source.size <= options.limits.bytes {
            try budget.add(source.size, from: name)
        }
        let bytes: [UInt8]
        do {
            bytes = try source.readAll()
        } catch let fault as InputError {
            return try skip(name, fault, isNamed: isNamed)
        }
        try add(bytes, name: name, isNamed: isNamed, depth: 0)
    }

    private mutating func add(_ bytes: [UInt8], name: String, isNamed: Bool, depth: Int) throws {
        do {
            switch FormatDetector.find(bytes.prefix(FormatDetector.prefixLength), name: name) {
            case .pdf:
                try budget.add(bytes.count, from: name)
                let file = try PDFFile(bytes, name: name, limits: options.limits)
                files.append(InputFile(name: name, content: .pdf(file), format: .pdf, isNamed: isNamed))
            case .zip: try addZip(bytes, name: name, isNamed: isNamed, depth: depth)
            case .tar: try addArchive(bytes, name: name, isNamed: isNamed, depth: depth)
            case .compressed: try addCompressed(bytes, name: name, isNamed: isNamed, depth: depth)
            case .unsupported(let kind, let remedy):
                throw InputError(at: name, "is \(kind)", expected: Self.expected, remedy: remedy)
            case .perhapsText:
                if let mail = MailMessage.encoded(bytes) {
                    throw InputError(at: name, "is \(mail.kind)", expected: Self.expected, remedy: mail.remedy)
                }
                try budget.add(bytes.count, from: name)
                let format = FileFormat(textNamed: name)
                files.append(InputFile(name: name, content: .bytes(bytes), format: format, isNamed: isNamed))
            }
        } catch let fault as InputError {
            try skip(name, fault, isNamed: isNamed)
        }
    }

    private static let expected = "text, source code, HTML, a notebook, DOCX, EPUB, PDF, zip or tar"

    private mutating func addZip(_ bytes: [UInt8], name: String, isNamed: Bool, depth: Int) throws {
        switch try ZipKind.of(bytes, name: name, limits: options.limits) {
        case .archive: try addArchive(bytes, name: name, isNamed: isNamed, depth: depth)
        case .document(let format):
            try budget.add(bytes.count, from: name)
            files.append(InputFile(name: name, content: .bytes(bytes), format: format, isNamed: isNamed))
        case .unsupported(let kind, let remedy):
            throw InputError(at: name, "is \(kind)", expected: Self.expected, remedy: remedy)
        }
    }

    /// Adds a compressed file: a tar archive, or one file that loses its last suffix.
    private mutating func addCompressed(_ bytes: [UInt8], name: String, isNamed: Bool, depth: Int) throws {
        let archive = try ArchiveReader(bytes, name: name, isSingleFile: true, limits: options.limits)
        guard try archive.next() != nil else { throw InputError(at: name, "is empty", expected: "a compressed file") }
        let content = try unpack(archive, name)
        guard !content.isEmpty else { throw InputError(at: name, "is empty once unpacked", expected: "a text") }
        if FormatDetector.find(content, name: name) == .tar {
            return try addArchive(content, name: name, isNamed: isNamed, depth: depth)
        }
        try checkDepth(depth, name)
        let suffixes = [".gz", ".bz2", ".xz", ".zst"]
        let inner = suffixes.first(where: name.lowercased().hasSuffix).map { String(name.dropLast($0.count)) } ?? name
        try add(content, name: inner, isNamed: isNamed, depth: depth + 1)
    }

    private mutating func addArchive(_ bytes: [UInt8], name: String, isNamed: Bool, depth: Int) throws {
        try checkDepth(depth, name)
        let archive = try ArchiveReader(bytes, name: name, limits: options.limits)
        let before = (files.count, skipped.count)
        var stripped = 0
        while let entry = try archive.next() {
            try Task.checkCancellation()
            guard entry.kind != .folder else { continue }
            try budget.addEntry(of: name)
            guard let path = EntryName.safe(entry.name) else {
                let label = "\(name)/\(EntryName.shown(entry.name))"
                skipped.append(SkippedInput(name: label, reason: "has a name that leaves the archive or hides itself"))
                continue
            }
            let label = "\(name)/\(path)"
            if entry.name.hasPrefix("/") { stripped += 1 }
            switch entry.kind {
            case .link: skipped.append(SkippedInput(name: label, reason: "is a link; links are not followed"))
            case .other: skipped.append(SkippedInput(name: label, reason: "is no ordinary file"))
            case _ where entry.isEncrypted: try skipEncrypted(label, isOnly: isNamed)
            default:
                let content = try unpack(archive, label)
                try add(content, name: label, isNamed: false, depth: depth + 1)
            }
        }
        if stripped > 0 { notes.append("\(name): a leading / was removed from \("name".counted(stripped))") }
        guard files.count > before.0 || skipped.count > before.1 else {
            throw InputError(at: name, "is an empty archive", expected: "an archive with at least one file")
        }
    }

    /// An archive with a password is an error as a whole: half of it would be as good as nothing.
    private mutating func skipEncrypted(_ label: String, isOnly: Bool) throws {
        let fault = InputError(
            at: label,
            "is encrypted",
            expected: "an archive without a password",
            remedy: "Unpack it with its password and name the files"
        )
        try skip(label, fault, isNamed: isOnly)
    }

    private mutating func unpack(_ archive: ArchiveReader, _ label: String) throws -> [UInt8] {
        let before = archive.unpacked
        let content = Result { try archive.read(as: label, atMost: budget.remainingBytes) }
        try budget.addUnpacked(archive.unpacked - before, from: label)
        return try content.get()
    }

    private func checkDepth(_ depth: Int, _ name: String) throws {
        guard depth < options.limits.archiveDepth else {
            throw InputError(
                at: name,
                "lies in archives nested deeper than \(options.limits.archiveDepth)",
                expected: "at most \(options.limits.archiveDepth) archives inside of each other",
                remedy: "Unpack the outer ones"
            )
        }
    }

    /// Lists what was come across and cannot be read; what was named is an error, as are limits for all inputs.
    private mutating func skip(_ name: String, _ fault: InputError, isNamed: Bool) throws {
        guard !isNamed else { throw fault }
        faults.append(fault)
        // Where in the file the fault is belongs to the reason; in an archive, the entry at fault to the name.
        let file = "\(name): "
        guard fault.location.hasPrefix(file) else {
            skipped.append(SkippedInput(name: fault.location, reason: fault.problem))
            return
        }
        let place = fault.location.dropFirst(file.count)
        skipped.append(SkippedInput(name: name, reason: "\(place): \(fault.problem)"))
    }

    // MARK: Reading them

    /// Reads all files and joins them.
    mutating func document() throws -> Document {
        let isPanorama = choosesPanorama()
        var documents: [Document] = []
        for index in files.indices {
            try Task.checkCancellation()
            do {
                documents.append(try files[index].document(options, keepsSource: isPanorama))
            } catch let fault as InputError {
                try skip(files[index].name, fault, isNamed: files[index].isNamed)
            }
        }
        guard !documents.isEmpty else { throw nothingRead() }
        var document = isPanorama ? try Panorama.join(documents) : try Document(joining: documents)
        document.notes = notes + document.notes + SkippedInput.summaries(skipped)
        document.skipped = skipped
        return document
    }

    private func choosesPanorama() -> Bool {
        switch options.panorama {
        case .on: true
        case .off: false
        case .auto: files.count > 1 && files.contains { $0.format == .code }
        }
    }

    private func nothingRead() -> InputError {
        if let only = faults.first, skipped.count == 1 { return only }
        guard let first = skipped.first else {
            return InputError(at: "input", "holds no files", expected: "at least one file")
        }
        let others = skipped.count > 1 ? " (and \("more file".counted(skipped.count - 1)))" : ""
        return InputError(at: first.name, first.reason + others, expected: Self.expected)
    }
}

extension SkippedInput {
    /// One line for each reason, with the first names.
    static func summaries(_ skipped: [SkippedInput]) -> [String] {
        var order: [String] = []
        var names: [String: [String]] = [:]
        for file in skipped {
            if names[file.reason] == nil { order.append(file.reason) }
            names[file.reason, default: []].append(file.name)
        }
        return order.map { reason in
            let all = names[reason] ?? []
            let shown = all.prefix(3).joined(separator: ", ") + (all.count > 3 ? " and \(all.count - 3) more" : "")
            return "not read: \(shown): \(reason)"
        }
    }
}
