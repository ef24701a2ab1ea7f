// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage
import Foundation

/// A folder that receives rendered pages; every file appears whole or not at all.
public struct PageFolder: Sendable {
    public let path: String
    private let isNew: Bool

    /// Prepares a folder.
    ///
    /// - Parameters:
    ///   - path: created when missing.
    ///   - replacing: whether pages of an earlier run may be removed; other files are never touched.
    /// - Throws: `InputError` when the folder holds something and `replacing` is false, or cannot be written.
    public init(path: String, replacing: Bool) throws {
        self.path = path
        if mkdir(path, 0o777) == 0 {
            isNew = true
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
            for name in present where isOurs(name) {
                guard unlink("\(path)/\(name)") == 0 || errno == ENOENT else {
                    throw Self.fault("\(path)/\(name)", "cannot be removed")
                }
            }
        } else {
            try? files.createDirectory(atPath: path, withIntermediateDirectories: true)
            // Asked again because Foundation's errors leave out the system's reason.
            guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw Self.fault(path, "cannot be created") }
        }
    }

    /// A failed system call in words.
    private static func fault(_ path: String, _ problem: String) -> InputError {
        let reason = String(cString: strerror(errno))
        return InputError(at: path, "\(problem): \(reason)", remedy: "Choose a folder that you may write to")
    }

    /// Removes the pages and the manifest again, and the folder if it was made for them: a run could not finish.
    public func removePages() {
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: path)) ?? [] where isOurs(name) {
            try? files.removeItem(atPath: "\(path)/\(name)")
        }
        if isNew { rmdir(path) }
    }

    /// Whether a file comes from an earlier run; a manifest of somebody else's is never touched.
    private func isOurs(_ name: String) -> Bool {
        if name == Manifest.fileName {
            let start = FileHandle(forReadingAtPath: "\(path)/\(name)")?.readData(ofLength: Manifest.start.utf8.count)
            return start.map { $0.elementsEqual(Manifest.start.utf8) } ?? false
        }
        // Not a regular expression, whose compiler takes as long as ten pages.
        var rest = name[...]
        if rest.hasPrefix(".") { rest.removeFirst() }
        if rest.hasSuffix(".part") { rest.removeLast(5) }
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
        try writer.finish()
    }

    /// The manifest's file; pass it bytes as they come, so that a long document's manifest is never held whole.
    public func manifestWriter() throws -> ManifestWriter {
        ManifestWriter(file: try CompleteFile("\(path)/\(Manifest.fileName)"))
    }

    /// Where `manifest.json` goes.
    public final class ManifestWriter {
        private let file: CompleteFile

        fileprivate init(file: CompleteFile) { self.file = file }

        /// Writes what the manifest holds, once that is worth a system call.
        public func drain(_ manifest: inout Manifest) throws {
            if manifest.pendingCount > 1 << 16 { try file.append(manifest.drain()) }
        }

        /// Writes the rest and gives the file its name.
        public func finish(_ manifest: inout Manifest) throws {
            try file.append(manifest.drain())
            try file.finish()
        }
    }
}
