// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTokens

/// The files of the web page, read once; a request chooses among them and never names one on the disk.
struct PageAssets: Sendable {
    struct Asset: Sendable {
        var bytes: [UInt8]
        var type: String
        var tag: String
    }

    private let assets: [String: Asset]

    /// The files by the path that they are served under.
    private static let files: [(path: String, file: String, type: String)] = [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/openapi.json", "openapi.json", "application/json"),
        ("/page/style.css", "style.css", "text/css; charset=utf-8"),
        ("/page/app.js", "app.js", "text/javascript; charset=utf-8"),
        ("/page/answer.js", "answer.js", "text/javascript; charset=utf-8"),
        ("/page/files.js", "files.js", "text/javascript; charset=utf-8"),
        ("/page/gallery.js", "gallery.js", "text/javascript; charset=utf-8"),
        ("/page/history.js", "history.js", "text/javascript; charset=utf-8"),
        ("/page/look.js", "look.js", "text/javascript; charset=utf-8"),
        ("/page/service.js", "service.js", "text/javascript; charset=utf-8"),
        ("/page/words.js", "words.js", "text/javascript; charset=utf-8"),
        ("/page/icon.svg", "icon.svg", "image/svg+xml"),
        ("/page/example-en.txt", "example-en.txt", "text/plain; charset=utf-8"),
        ("/page/example-zh.txt", "example-zh.txt", "text/plain; charset=utf-8"),
    ]

    /// - Throws: `InputError` when one is missing.
    init() throws {
        assets = try Dictionary(
            uniqueKeysWithValues: Self.files.map { path, file, type in
                let source = ResourceFolder.path(of: "Page/\(file)", inTarget: "GlyphServer")
                guard let bytes = ResourceFile.read(source) else {
                    throw InputError(
                        at: source,
                        "a file of the web page is not beside the program",
                        remedy: "Build again with ./glyph, or copy glyph_GlyphServer.resources next to the executable"
                    )
                }
                return (path, Asset(bytes: bytes, type: type, tag: "\"\(Digest.sha256(bytes).prefix(32))\""))
            }
        )
    }

    subscript(path: String) -> Asset? { assets[path] }
}
