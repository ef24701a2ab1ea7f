// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTypeset
import Testing

@testable import GlyphRaster

@Suite struct PageFolderTests {
    private let page = EncodedPage(number: 7, width: 1, height: 1, png: [1, 2, 3])

    @Test("Pages are named as the published renderer names them")
    func pageNames() {
        #expect(
            [1, 42, 999, 1000, 123_456].map(PageFolder.name) == [
                "page_001.png", "page_042.png", "page_999.png", "page_1000.png", "page_123456.png",
            ]
        )
    }

    @Test("A missing folder is made, with those above it")
    func folderIsMade() throws {
        try withTemporaryFolder { base in
            try PageFolder(path: "\(base)/a/b", replacing: false).write(page)
            #expect(try names(in: "\(base)/a/b") == ["page_007.png"])
        }
    }

    @Test("A file is digested as its bytes are, whole pieces and rests; one that is not there is named")
    func filesAreDigested() throws {
        try withTemporaryFolder { base in
            for count in [0, 5, 1 << 16, 200_001] {
                let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try Data(bytes).write(to: URL(fileURLWithPath: "\(base)/\(count)"))
                #expect(try Digest.sha256(ofFile: "\(base)/\(count)") == Digest.sha256(bytes))
            }
            let error = #expect(throws: InputError.self) { try Digest.sha256(ofFile: "\(base)/absent") }
            #expect(error?.location == "\(base)/absent")
            #expect(error?.problem == "cannot be read: No such file or directory")
        }
    }

    @Test("A folder with anything in it is refused unless pages may be replaced")
    func occupiedFolderIsRefused() throws {
        try withTemporaryFolder { base in
            try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(base)/.hidden"))
            let error = #expect(throws: InputError.self) { try PageFolder(path: base, replacing: false) }
            #expect(error?.description.contains("--force") == true)
            #expect(try names(in: base) == [".hidden"])
        }
    }

    @Test("A file in the folder's place is refused and kept")
    func fileIsRefused() throws {
        try withTemporaryFolder { base in
            try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(base)/pages"))
            #expect(throws: InputError.self) { try PageFolder(path: "\(base)/pages", replacing: true) }
            #expect(throws: InputError.self) { try PageFolder(path: "\(base)/pages/below", replacing: true) }
            #expect(FileManager.default.contents(atPath: "\(base)/pages") == Data("mine".utf8))
        }
    }

    @Test(
        "Replacing removes pages, manifest and unfinished files of an earlier run when it is complete, and nothing else"
    )
    func foreignFilesAreKept() throws {
        let foreign = [
            "notes.txt", "page_1.png", "page_001.jpg", "page_001.png.bak", "my_page_001.png", "manifest.json5",
        ]
        let ours = ["page_001.png", "page_1234.png", ".page_002.png.part", ".manifest.json.part"]
        try withTemporaryFolder { base in
            for name in foreign + ours { try Data(name.utf8).write(to: URL(fileURLWithPath: "\(base)/\(name)")) }
            var manifest = Manifest(version: "0", [])
            try Data(manifest.drain()).write(to: URL(fileURLWithPath: "\(base)/manifest.json"))
            let earlier = (foreign + ["manifest.json", "page_001.png", "page_1234.png"]).sorted()
            let failing = try PageFolder(path: base, replacing: true)
            #expect(try names(in: base) == earlier)
            try failing.write(page)
            failing.removePages()
            #expect(try names(in: base) == earlier)
            let folder = try PageFolder(path: base, replacing: true)
            try folder.write(page)
            #expect(try names(in: base) == (earlier + [".page_007.png.part"]).sorted())
            try folder.manifestWriter().finish(&manifest)
            #expect(try names(in: base) == (foreign + ["manifest.json", "page_007.png"]).sorted())
        }
    }

    @Test("A manifest that another program wrote is kept, and the folder refused")
    func foreignManifestIsKept() throws {
        try withTemporaryFolder { base in
            try Data("{\"name\": \"a web app\"}".utf8).write(to: URL(fileURLWithPath: "\(base)/manifest.json"))
            let error = #expect(throws: InputError.self) { try PageFolder(path: base, replacing: true) }
            #expect(error?.problem == "is not a manifest of pages, and would be overwritten")
            #expect(try names(in: base) == ["manifest.json"])
        }
    }

    @Test("A folder named like a page is not removed with what it holds")
    func foldersAreKept() throws {
        try withTemporaryFolder { base in
            let inner = "\(base)/page_001.png"
            try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: URL(fileURLWithPath: "\(inner)/notes.txt"))
            #expect(throws: InputError.self) { try PageFolder(path: base, replacing: true) }
            #expect(try names(in: inner) == ["notes.txt"])
        }
    }

    @Test("A file appears only when it is complete")
    func filesAppearWhole() throws {
        try withTemporaryFolder { base in
            do {
                let writer = try CompleteFile("\(base)/page_001.png")
                try writer.append([1, 2, 3])
                #expect(try names(in: base) == [".page_001.png.part"])
            }
            #expect(try names(in: base) == [])
            let writer = try CompleteFile("\(base)/page_001.png")
            try writer.append([1, 2, 3])
            try writer.append([])
            try writer.finish()
            #expect(try names(in: base) == ["page_001.png"])
            try CompleteFile("\(base)/page_001.png").append([4])
            #expect(try names(in: base) == ["page_001.png"])
            #expect(FileManager.default.contents(atPath: "\(base)/page_001.png") == Data([1, 2, 3]))
        }
    }

    @Test("A page that cannot be written is an error that names the file")
    func unwritableFolderIsNamed() throws {
        let path = try withTemporaryFolder { base in
            let folder = try PageFolder(path: "\(base)/pages", replacing: false)
            try FileManager.default.removeItem(atPath: folder.path)
            let error = #expect(throws: InputError.self) { try folder.write(page) }
            #expect(error?.location.contains("page_007.png") == true)
            return folder.path
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}

@Suite struct ManifestTests {
    private struct Contents: Decodable {
        struct Page: Decodable {
            var number: Int
            var file: String
            var width: Int
            var height: Int
            var sha256: String
            var source: [Int]
            var missing: Int?
            var dropped: Int?
            var lines: [[Int]]
        }

        var config: String
        var lineFields: [String]
        var pages: [Page]
        var seconds: Double
    }

    private func manifest(
        of text: String,
        _ config: RenderConfig
    ) async throws -> (contents: Contents, pages: [RenderPipeline.FinishedPage]) {
        var layouter = try Typesetter.layouter(text: SourceText(text), config: config)
        var manifest = Manifest(version: "0", [("config", "a \"quoted\" name\n".jsonLiteral)])
        var bytes: [UInt8] = []
        var pages: [RenderPipeline.FinishedPage] = []
        try await RenderPipeline.run(&layouter, format: .auto, workers: 2, deliver: { _ in }) { page in
            manifest.add(page)
            pages.append(page)
            if pages.count % 3 == 0 { bytes += manifest.drain() }
        }
        manifest.finish([("seconds", "0.25")])
        bytes += manifest.drain()
        #expect(manifest.pendingCount == 0)
        return (try JSONDecoder().decode(Contents.self, from: Data(bytes)), pages)
    }

    @Test("The manifest is JSON, and every line lies inside its page", arguments: RenderConfig.Layout.allCases)
    func manifestIsConsistent(layout: RenderConfig.Layout) async throws {
        let text = (1...150).map { "line \($0) of the harbour \u{AD}\u{E000}" }.joined(separator: "\n")
        let (contents, pages) = try await manifest(of: text, try smallConfig(layout))
        #expect(contents.config == "a \"quoted\" name\n")
        #expect(contents.seconds == 0.25)
        #expect(contents.lineFields == ["startByte", "endByte", "x", "y", "width", "height"])
        #expect(contents.pages.count == pages.count)
        var end = 0
        for (entry, page) in zip(contents.pages, pages) {
            #expect(entry.file == PageFolder.name(ofPage: page.number))
            #expect((entry.number, entry.width, entry.height) == (page.number, page.width, page.height))
            #expect(entry.sha256 == page.digest)
            #expect(entry.source == [end, page.source.upperBound])
            #expect(entry.lines.count == page.lines.count && !entry.lines.isEmpty)
            #expect((entry.missing ?? 0, entry.dropped ?? 0) == (page.losses.missingCount, page.losses.dropped))
            for (line, box) in zip(entry.lines, page.lines) {
                #expect(
                    line == [box.source.lowerBound, box.source.upperBound]
                        + [box.x, box.y, box.width, box.height].map(Int.init)
                )
                #expect(line[0] >= end && line[0] <= line[1] && line[1] <= page.source.upperBound)
                #expect(
                    line[2] >= 0 && line[3] >= 0 && line[2] + line[4] <= page.width && line[3] + line[5] <= page.height
                )
            }
            end = page.source.upperBound
        }
        #expect(end == text.utf8.count)
    }

    @Test("Positions left of the page are written as negative numbers")
    func negativeNumbers() async throws {
        var config = try smallConfig()
        config.leftIndent = -123
        config.alignment = .left
        let (contents, _) = try await manifest(of: "word", config)
        #expect(contents.pages.first?.lines.first?[2] == 10 + 6 - 123)
    }
}
