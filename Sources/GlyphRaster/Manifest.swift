// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTypeset

/// Builds `manifest.json`: what was rendered, with which fonts, and where every line of the source went.
///
/// Written by hand rather than through a JSON encoder because a long document has millions of lines; the format is
/// described in `docs/rendering.md`.
public struct Manifest {
    /// The name of the file, and how every manifest begins.
    static let fileName = "manifest.json"
    static let start = "{\n\"glyph\": "

    private var bytes: [UInt8] = []
    private var pageCount = 0

    /// Starts a manifest with the version of the program and facts about the whole run, keys and JSON literals in order.
    public init(version: String, _ fields: [(key: String, json: String)]) {
        append("\(Self.start)\(version.jsonLiteral),\n")
        for (key, json) in fields { append("\"\(key)\": \(json),\n") }
        append("\"lineFields\": [\"startByte\", \"endByte\", \"x\", \"y\", \"width\", \"height\"],\n\"pages\": [")
    }

    /// Adds a page.
    public mutating func add(_ page: RenderPipeline.FinishedPage) {
        append(pageCount == 0 ? "\n" : ",\n")
        pageCount += 1
        append("{\"number\": \(page.number), \"file\": \"\(PageFolder.name(ofPage: page.number))\", ")
        append("\"width\": \(page.width), \"height\": \(page.height), \"sha256\": \"\(page.digest)\", ")
        append("\"source\": [\(page.source.lowerBound), \(page.source.upperBound)], ")
        if let scan = page.scan { append("\"scan\": {\"name\": \(scan.file.jsonLiteral), \"page\": \(scan.page)}, ") }
        if !page.losses.isEmpty {
            append("\"missing\": \(page.losses.missingCount), \"clippedLines\": \(page.losses.clippedLines), ")
            append("\"dropped\": \(page.losses.dropped), ")
        }
        append("\"lines\": [")
        var isFirst = true
        for line in page.lines {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes.append(UInt8(ascii: "["))
            append(line.source.lowerBound)
            for value in [line.source.upperBound, Int(line.x), Int(line.y), Int(line.width), Int(line.height)] {
                bytes.append(UInt8(ascii: ","))
                append(value)
            }
            bytes.append(UInt8(ascii: "]"))
        }
        append("]}")
    }

    /// Takes the bytes built so far, so that a long manifest can be written piece by piece.
    public mutating func drain() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// The number of bytes waiting to be drained.
    public var pendingCount: Int { bytes.count }

    /// Ends the manifest with the totals.
    public mutating func finish(_ fields: [(key: String, json: String)]) {
        append("\n]")
        for (key, json) in fields { append(",\n\"\(key)\": \(json)") }
        append("\n}\n")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func append(_ value: Int) {
        if value < 0 { return append(String(value)) }
        if value >= 10 { append(value / 10) }
        bytes.append(UInt8(48 + value % 10))
    }
}
