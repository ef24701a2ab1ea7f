// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import Testing

@testable import GlyphDocuments

@Suite("Folders")
struct FolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Ignored: Decodable {
        struct Verdict: Decodable {
            var path: String
            var isFolder: Bool
            var isIgnored: Bool
        }
        var files: [String: String]
        var paths: [Verdict]
    }

    @Test("A file whose name is not UTF-8 is listed as not read")
    func foreignName() throws {
        let path = URL(fileURLWithPath: try folder.file("names/plain.txt", "text")).deletingLastPathComponent().path
        let name = (Array(path.utf8) + [0x2F, 0xD6, 0xD0, 0]).map { CChar(bitPattern: $0) }
        let file = try #require(fopen(name, "w"))
        fclose(file)
        let document = try DocumentReader().read(path)
        #expect(document.string == "text")
        #expect(document.skipped.map(\.reason) == ["has a name that is not UTF-8"])
    }

    @Test("Patterns ignore exactly what git ignores")
    func patterns() throws {
        let reference = try JSONDecoder().decode(Ignored.self, from: Data(Fixture.bytes("ignore.json")))
        var rules = IgnoreRules()
        for (file, text) in reference.files.sorted(by: { $0.key.count < $1.key.count }) {
            rules.add(text, in: file == ".gitignore" ? "" : String(file.dropLast("/.gitignore".count)))
        }
        #expect(reference.paths.count > 50)
        for verdict in reference.paths {
            // A file in an ignored folder is ignored, too, whatever else is said of it.
            let names = verdict.path.split(separator: "/").map(String.init)
            let parents = names.indices.dropLast().map { names[...$0].joined(separator: "/") }
            let isIgnored =
                parents.contains { rules.ignores($0, isFolder: true) }
                || rules.ignores(verdict.path, isFolder: verdict.isFolder)
            #expect(isIgnored == verdict.isIgnored, "\(verdict.path)")
        }
    }

    @Test("Patterns that take long in careless matchers end at once")
    func slowPattern() throws {
        let pattern = try #require(IgnorePattern(String(repeating: "*a", count: 40) + "b"))
        #expect(!pattern.matches(String(repeating: "a", count: 5000), isFolder: false))
        let folders = try #require(IgnorePattern(String(repeating: "**/a/", count: 20) + "b"))
        #expect(!folders.matches(String(repeating: "a/", count: 60) + "c", isFolder: false))
        #expect(folders.matches(String(repeating: "a/x/", count: 30) + "a/b", isFolder: false))
    }

    @Test("A folder gives its files in order, without what .gitignore names, git's own files and binaries")
    func reading() throws {
        _ = try folder.file("p/.git/config", "secret")
        _ = try folder.file("p/.gitignore", "*.log\n!keep.log\nbuild/\n")
        _ = try folder.file("p/b.txt", "B")
        _ = try folder.file("p/a/z.txt", "Z")
        _ = try folder.file("p/a/.gitignore", "z.txt\n!x.log\n")
        _ = try folder.file("p/a/x.log", "X")
        _ = try folder.file("p/keep.log", "K")
        _ = try folder.file("p/drop.log", "D")
        _ = try folder.file("p/build/out.txt", "O")
        _ = try folder.file("p/i.png", [0x89, 0x50, 0x4E, 0x47])
        _ = try folder.file("p/empty.txt", "")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/p/loop", withDestinationPath: ".")
        mkfifo(folder.path + "/p/pipe", 0o600)
        func names(_ document: Document) -> [String] {
            document.parts.map { String($0.name.dropFirst(folder.path.count + 3)) }
        }
        let document = try DocumentReader().read(folder.path + "/p")
        #expect(names(document) == [".gitignore", "a/.gitignore", "a/x.log", "b.txt", "keep.log"])
        #expect(
            Set(document.skipped.map { String($0.name.dropFirst(folder.path.count + 3)) }) == [
                "i.png", "empty.txt", "loop", "pipe",
            ]
        )
        #expect(document.notes.contains { $0.contains("3 entries left out, as .gitignore says") })
        // Rules from above hold below.
        let inner = try DocumentReader().read(folder.path + "/p/a/")
        #expect(names(inner) == ["a/.gitignore", "a/x.log"])
        var options = ReadingOptions()
        options.respectsIgnoreFiles = false
        let all = try DocumentReader(options: options).read(folder.path + "/p")
        #expect(
            names(all).contains("build/out.txt") && names(all).contains("drop.log")
                && !names(all).contains(".git/config")
        )
    }

    @Test("The .git file of a worktree and what macOS keeps of a folder are no inputs")
    func internalFiles() throws {
        _ = try folder.file("p/.git", "gitdir: /elsewhere\n")
        _ = try folder.file("p/.DS_Store", "Bud1")
        _ = try folder.file("p/a.txt", "A")
        let document = try DocumentReader().read(folder.path + "/p")
        #expect(document.string == "A" && document.skipped.isEmpty)
    }

    @Test("A name cannot pretend to be another file's header")
    func controlCharacters() throws {
        _ = try folder.file("p/a.txt", "A")
        _ = try folder.file("p/b\n==> c.txt <==\n", "B")
        let document = try DocumentReader().read(folder.path + "/p")
        #expect(document.string == "A")
        #expect(document.skipped.map(\.reason) == ["has control characters in its name"])
        #expect(document.skipped.allSatisfy { !$0.name.contains("\n") })
    }

    @Test("The folder for the pages is not read back by whatever path it is given; as the input it is an error")
    func output() throws {
        _ = try folder.file("p/a.txt", "A")
        _ = try folder.file("p/pages/manifest.json", "{}")
        let pages = folder.path + "/p/pages"
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: pages)
        var options = ReadingOptions()
        for path in [pages, folder.path + "/p/./pages/", folder.path + "/link"] {
            options.outputFolder = path
            let document = try DocumentReader(options: options).read(folder.path + "/p")
            #expect(document.string == "A" && document.skipped.isEmpty)
            #expect(document.notes == ["\(pages): left out, as pages are written there"])
            #expect(Fixture.message(reading: pages, options).contains("pages: is the folder for the pages, too"))
        }
        options.outputFolder = folder.path + "/p/none"
        #expect(try DocumentReader(options: options).read(folder.path + "/p").parts.count == 2)
        _ = try folder.file("only/pages/manifest.json", "{}")
        options.outputFolder = folder.path + "/only/pages"
        #expect(Fixture.message(reading: folder.path + "/only", options).contains("as pages are written there"))
    }

    @Test("An empty folder is named, also beside other inputs")
    func emptyFolder() throws {
        let file = try folder.file("in/a.txt", "A")
        let empty = folder.path + "/e"
        try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
        let error = #expect(throws: InputError.self) { try DocumentReader().read([file, empty]) }
        #expect(error?.location == empty && error?.problem == "holds no files")
        #expect(Fixture.message(reading: empty).contains("/e: holds no files; expected a folder with at least one"))
    }

    @Test("Of a file that cannot be read the name is the file's, and the place belongs to the reason")
    func placeOfFault() throws {
        _ = try folder.file("p/a.txt", "A")
        let broken = try folder.file("p/b.txt", Array("broken".utf8) + [0xFF])
        let document = try DocumentReader().read(folder.path + "/p")
        #expect(document.skipped.map(\.name) == [broken])
        #expect(document.skipped[0].reason.hasPrefix("byte 6: 0xff is not valid UTF-8"))
        #expect(document.notes.contains { $0.contains("b.txt: byte 6: 0xff") })
    }

    @Test("A folder of which nothing can be read is an error that says why")
    func nothing() throws {
        _ = try folder.file("p/i.png", [0x89, 0x50, 0x4E, 0x47])
        #expect(Fixture.message(reading: folder.path + "/p").contains("i.png: is a PNG image"))
        _ = try folder.file("q/.gitignore", "*\n")
        _ = try folder.file("q/a.txt", "A")
        #expect(Fixture.message(reading: folder.path + "/q").contains("--no-ignore"))
    }

    @Test("Limits on files, depth and size hold for folders")
    func limits() throws {
        for index in 0..<5 { _ = try folder.file("p/\(index).txt", "12345") }
        _ = try folder.file("p/d/e/f/g.txt", "deep")
        var options = ReadingOptions()
        options.limits.files = 4
        #expect(Fixture.message(reading: folder.path + "/p", options).contains("holds more than 4 files"))
        options.limits = DocumentLimits(bytes: 12)
        #expect(Fixture.message(reading: folder.path + "/p", options).contains("makes the inputs larger than 12 bytes"))
        options.limits = DocumentLimits()
        options.limits.folderDepth = 2
        let document = try DocumentReader(options: options).read(folder.path + "/p")
        #expect(document.parts.count == 5 && document.skipped.map(\.reason) == ["is nested deeper than 2 folders"])
    }
}
