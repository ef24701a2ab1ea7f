// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage
import Foundation

/// A folder that receives rendered pages; every file appears whole or not at all.
public struct PageFolder: Sendable {
    public let path: String

    /// Prepares a folder.
    ///
    /// - Parameters:
    ///   - path: created when missing.
    ///   - replacing: whether pages of an earlier run may be removed; other files are never touched.
    /// - Throws: `InputError` when the folder holds something and `replacing` is false, or cannot be written.
    public init(path: String, replacing: Bool) throws {
        self.path = path
        var isFolder: ObjCBool = false
        let files = FileManager.default
        if files.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else {
                throw InputError(at: path, "is a file", expected: "a folder for the pages")
            }
            let present = try files.contentsOfDirectory(atPath: path).filter { $0 != "." && $0 != ".." }
            guard present.isEmpty || replacing else {
                throw InputError(
                    at: path,
                    "is not empty (\(present.count) entries)",
                    expected: "a new or empty folder",
                    remedy: "Choose another, or add --force to replace the pages in it"
                )
            }
            // `unlink` leaves folders alone, whatever their name.
            for name in present where Self.isOurs(name) && unlink("\(path)/\(name)") != 0 && errno != ENOENT {
                throw InputError(at: "\(path)/\(name)", "cannot be removed: \(String(cString: strerror(errno)))")
            }
        } else {
            do {
                try files.createDirectory(atPath: path, withIntermediateDirectories: true)
            } catch {
                throw InputError(at: path, "cannot be created: \(error.localizedDescription)")
            }
        }
    }

    /// Removes the pages and the manifest again, for a run that could not finish.
    public func removePages() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where Self.isOurs(name) {
            unlink("\(path)/\(name)")
        }
    }

    private static func isOurs(_ name: String) -> Bool {
        name == "manifest.json" || name.wholeMatch(of: /\.?page_[0-9]{3,}\.png(\.part)?/) != nil
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
        let writer = try FileWriter(folder: path, name: Self.name(ofPage: page.number))
        try writer.append(page.png)
        try writer.finish()
    }

    /// The manifest's file; pass it bytes as they come, so that a long document's manifest is never held whole.
    public func manifestWriter() throws -> ManifestWriter {
        ManifestWriter(file: try FileWriter(folder: path, name: "manifest.json"))
    }

    /// Where `manifest.json` goes.
    public final class ManifestWriter {
        private let file: FileWriter

        fileprivate init(file: FileWriter) { self.file = file }

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
