// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage
import Foundation

/// A folder that receives rendered pages; every file appears whole or not at all.
public struct PageFolder: Sendable {
    public let path: String
    private let isNew: Bool
    /// The pages and the manifest of an earlier run, which keep their names until the new ones are complete.
    private let earlier: [String]

    /// Prepares a folder.
    ///
    /// - Parameters:
    ///   - path: created when missing.
    ///   - replacing: whether pages of an earlier run may be removed; other files are never touched.
    /// - Throws: `InputError` when the folder holds something and `replacing` is false, or a manifest that is none of
    ///   pages, or cannot be written.
    public init(path: String, replacing: Bool) throws {
        self.path = path
        if mkdir(path, 0o777) == 0 {
            (isNew, earlier) = (true, [])
            return
        }
        var isFolder: ObjCBool = false
        let files = FileManager.default
        isNew = !files.fileExists(atPath: path, isDirectory: &isFolder)
        if !isNew {
            guard isFolder.boolValue else {
                throw InputError(at: path, "is a file", expected: "a folder for the pages")
            }
            guard access(path, R_OK | W_OK | X_OK) == 0 else { throw Self.fault(path, "cannot be used") }
            let present = try files.contentsOfDirectory(atPath: path)
            guard present.isEmpty || replacing else {
                throw InputError(
                    at: path,
                    "is not empty (\(present.count) \(present.count == 1 ? "entry" : "entries"))",
                    expected: "a new or empty folder",
                    remedy: "Choose another, or add --force to replace the pages in it"
                )
            }
            guard !present.contains(Manifest.fileName) || Self.isManifest("\(path)/\(Manifest.fileName)") else {
                throw InputError(
                    at: "\(path)/\(Manifest.fileName)",
                    "is not a manifest of pages, and would be overwritten",
                    remedy: "Choose another folder, or move the file"
                )
            }
            let ours = present.filter(Self.isOurs)
            // What a run left that was killed.
            for name in ours where Self.isPart(name) { try Self.remove("\(path)/\(name)") }
            earlier = ours.filter { !Self.isPart($0) }
            for name in earlier where files.fileExists(atPath: "\(path)/\(name)", isDirectory: &isFolder) {
                guard !isFolder.boolValue else {
                    throw InputError(at: "\(path)/\(name)", "is a folder", expected: "a file of an earlier run")
                }
            }
        } else {
            earlier = []
            try? files.createDirectory(atPath: path, withIntermediateDirectories: true)
            // Asked again because Foundation's errors leave out the system's reason.
            guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw Self.fault(path, "cannot be created") }
        }
    }

    private static func remove(_ file: String) throws {
        guard unlink(file) == 0 || errno == ENOENT else { throw fault(file, "cannot be removed") }
    }

    /// A failed system call in words.
    private static func fault(_ path: String, _ problem: String) -> InputError {
        let reason = String(cString: strerror(errno))
        return InputError(at: path, "\(problem): \(reason)", remedy: "Choose a folder that you may write to")
    }

    /// Removes the pages and the manifest again, and the folder if it was made for them: a run could not finish.
    ///
    /// Those of an earlier run stay as they were.
    public func removePages() {
        for name in (try? names()) ?? [] where Self.isOurs(name) && (earlier.isEmpty || Self.isPart(name)) {
            try? Self.remove("\(path)/\(name)")
        }
        if isNew { rmdir(path) }
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path) }

    private static func isPart(_ name: String) -> Bool { name.hasSuffix(".part") }

    /// Whether a file is the manifest of a run, as far as its beginning tells.
    private static func isManifest(_ file: String) -> Bool {
        let start = FileHandle(forReadingAtPath: file)?.readData(ofLength: Manifest.start.utf8.count)
        return start?.elementsEqual(Manifest.start.utf8) ?? false
    }

    /// Whether a file has the name of one that a run writes.
    private static func isOurs(_ name: String) -> Bool {
        // Not a regular expression, whose compiler takes as long as ten pages.
        var rest = name[...]
        if isPart(name), rest.hasPrefix(".") { rest = rest.dropFirst().dropLast(5) }
        if rest == Manifest.fileName { return true }
        guard rest.hasPrefix("page_"), rest.hasSuffix(".png") else { return false }
        let digits = rest.utf8.dropFirst(5).dropLast(4)
        return digits.count >= 3 && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// The file name of a page: `page_001.png`, as the official renderer names it.
    public static func name(ofPage number: Int) -> String {
        let digits = String(number)
        return "page_" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits + ".png"
    }

    /// Writes a page.
    ///
    /// - Throws: `InputError` naming the file and the system's reason.
    public func write(_ page: EncodedPage) throws {
        let writer = try CompleteFile("\(path)/\(Self.name(ofPage: page.number))")
        try writer.append(page.png)
        try writer.finish(named: earlier.isEmpty)
    }

    /// Gives the pages their names in place of those of an earlier run, all of which are complete now.
    private func replaceEarlier() throws {
        guard !earlier.isEmpty else { return }
        // The manifest first: without it a folder of pages is not taken for complete.
        for name in [Manifest.fileName] + earlier { try Self.remove("\(path)/\(name)") }
        for part in try names() where Self.isOurs(part) && Self.isPart(part) && part != ".\(Manifest.fileName).part" {
            let name = part.dropFirst().dropLast(5)
            guard rename("\(path)/\(part)", "\(path)/\(name)") == 0 else {
                throw Self.fault("\(path)/\(name)", "cannot be written")
            }
        }
    }

    /// The manifest's file; pass it bytes as they come, so that a long document's manifest is never held whole.
    public func manifestWriter() throws -> ManifestWriter {
        ManifestWriter(file: try CompleteFile("\(path)/\(Manifest.fileName)"), folder: self)
    }

    /// Where `manifest.json` goes.
    public final class ManifestWriter {
        private let file: CompleteFile
        private let folder: PageFolder

        fileprivate init(file: CompleteFile, folder: PageFolder) { (self.file, self.folder) = (file, folder) }

        /// Writes what the manifest holds, once that is worth a system call.
        public func drain(_ manifest: inout Manifest) throws {
            if manifest.pendingCount > 1 << 16 { try file.append(manifest.drain()) }
        }

        /// Writes the rest and gives the file its name, behind the pages.
        public func finish(_ manifest: inout Manifest) throws {
            try file.append(manifest.drain())
            try folder.replaceEarlier()
            try file.finish()
        }
    }
}
