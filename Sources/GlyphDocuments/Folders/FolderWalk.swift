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

/// Lists the files of a folder in the order of their names, leaving out what `.gitignore` files say.
///
/// Links are not followed: they could lead anywhere, and in circles.
struct FolderWalk {
    private(set) var files: [String] = []
    private(set) var skipped: [SkippedInput] = []
    /// How many files and folders `.gitignore` left out.
    private(set) var ignoredCount = 0
    /// The path of the folder for the pages, where that was come across and left out.
    private(set) var output: String?
    private var budget: InputBudget
    private let isIgnoring: Bool
    /// The path from the root of the repository to the folder that is walked, ending with a slash unless empty.
    private var prefix = ""
    private let outputIdentity: FolderIdentity?

    /// Walks a folder.
    ///
    /// - Parameters:
    ///   - folder: its path.
    ///   - options: whether `.gitignore` files count, and where pages are written.
    ///   - budget: what may still be taken, brought up to date.
    /// - Returns: the files found and what was left out.
    /// - Throws: `InputError` when the folder cannot be read or is the one for the pages, and what the budget throws.
    static func walk(_ folder: String, _ options: ReadingOptions, budget: inout InputBudget) throws -> FolderWalk {
        var walk = FolderWalk(options, budget: budget)
        var base = folder
        while base.count > 1, base.hasSuffix("/") { base.removeLast() }
        if let output = walk.outputIdentity, FolderIdentity(of: base) == output {
            throw InputError(
                at: folder,
                "is the folder for the pages, too",
                expected: "an input that no page is written into",
                remedy: "Choose another folder for the pages"
            )
        }
        var rules = IgnoreRules()
        if walk.isIgnoring { walk.prefix = walk.findRepository(of: base, &rules) }
        try walk.visit(base, inside: "", rules, depth: 0)
        budget = walk.budget
        return walk
    }

    private init(_ options: ReadingOptions, budget: InputBudget) {
        (self.budget, isIgnoring) = (budget, options.respectsIgnoreFiles)
        outputIdentity = options.outputFolder.flatMap { FolderIdentity(of: $0) }
    }

    /// Folders of version control and caches that tools keep beside sources; none holds anything written by a person.
    private static let internals: Set<String> = [".git", ".hg", ".svn", ".jj", "CVS"]

    /// Files of the same kind: `.git` of a worktree or a submodule, and where macOS keeps how a folder looked.
    private static let internalFiles: Set<String> = [".git", ".DS_Store"]

    private mutating func visit(_ folder: String, inside path: String, _ rules: IgnoreRules, depth: Int) throws {
        try Task.checkCancellation()
        guard depth <= budget.limits.folderDepth else {
            skipped.append(
                SkippedInput(name: folder, reason: "is nested deeper than \(budget.limits.folderDepth) folders")
            )
            return
        }
        guard let names = Self.names(in: folder) else {
            let fault = DocumentReader.fault(folder, errno)
            guard depth > 0 else { throw fault }
            skipped.append(SkippedInput(name: folder, reason: fault.problem))
            return
        }
        var rules = rules
        if isIgnoring, names.contains(".gitignore"), let text = Self.text(of: "\(folder)/.gitignore") {
            rules.add(text, in: String((prefix + path).dropLast()))
        }
        for name in names {
            let file = folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
            var status = stat()
            guard lstat(file, &status) == 0 else {
                // A name in another encoding came with U+FFFD, by which there is no file; others were removed meanwhile.
                if name.unicodeScalars.contains("\u{FFFD}") {
                    skipped.append(SkippedInput(name: EntryName.shown(file), reason: "has a name that is not UTF-8"))
                }
                continue
            }
            let type = status.st_mode & S_IFMT
            if type == S_IFDIR, Self.internals.contains(name) { continue }
            if type == S_IFREG, Self.internalFiles.contains(name) { continue }
            if isIgnoring, rules.ignores(prefix + path + name, isFolder: type == S_IFDIR) {
                ignoredCount += 1
                continue
            }
            if type == S_IFDIR, FolderIdentity(status) == outputIdentity {
                output = file
                continue
            }
            try budget.addEntry(of: folder)
            guard !EntryName.hides(name) else {
                skipped.append(SkippedInput(name: EntryName.shown(file), reason: "has control characters in its name"))
                continue
            }
            switch type {
            case S_IFDIR: try visit(file, inside: path + name + "/", rules, depth: depth + 1)
            case S_IFREG: files.append(file)
            case S_IFLNK: skipped.append(SkippedInput(name: file, reason: "is a link; links are not followed"))
            default: skipped.append(SkippedInput(name: file, reason: "is no ordinary file"))
            }
        }
    }

    /// Adds the rules that lie above a folder in the same repository.
    ///
    /// - Returns: the path from the repository's root to the folder, empty outside of one.
    private func findRepository(of folder: String, _ rules: inout IgnoreRules) -> String {
        guard let real = realpath(folder, nil) else { return "" }
        defer { free(real) }
        let names = String(cString: real).split(separator: "/").map(String.init)
        for count in stride(from: names.count, through: 0, by: -1) {
            let root = "/" + names[..<count].joined(separator: "/")
            guard access("\(root)/.git", F_OK) == 0 else { continue }
            if let text = Self.text(of: "\(root)/.git/info/exclude") { rules.add(text, in: "") }
            for depth in count..<max(count, names.count) {
                let above = "/" + names[..<depth].joined(separator: "/")
                if let text = Self.text(of: "\(above)/.gitignore") {
                    rules.add(text, in: names[count..<depth].joined(separator: "/"))
                }
            }
            return names[count...].map { $0 + "/" }.joined()
        }
        return ""
    }

    /// The names in a folder in the order of their bytes, or nil when it cannot be read.
    private static func names(in folder: String) -> [String]? {
        guard let handle = opendir(folder) else { return nil }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1024) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func text(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let bytes = try? ByteSource(descriptor: descriptor, name: path, limit: 1 << 20).readAll()
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}
