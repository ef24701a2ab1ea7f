// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphDocuments
import GlyphPage

extension Document.Part {
    /// The part as the manifest lists it; the pages of a PDF as `[start, page]` in the order of the text.
    var manifestJSON: String {
        var json = "{\"name\": \(name.jsonLiteral), \"source\": [\(source.lowerBound), \(source.upperBound)]"
        json += ", \"format\": \(format.rawValue.jsonLiteral)"
        if let encoding { json += ", \"encoding\": \(encoding.jsonLiteral)" }
        var pages: [String] = []
        switch origin {
        case .lines(let lines):
            if lines.gutter > 0 { json += ", \"gutter\": \(lines.gutter)" }
        case .blocks(let blocks):
            var last: Int?
            for block in blocks {
                guard let page = block.page, page != last else { continue }
                pages.append("[\(source.lowerBound + block.start), \(page)]")
                last = page
            }
        }
        if !pages.isEmpty { json += ", \"pages\": \(pages.jsonArray)" }
        return json + "}"
    }
}

extension SkippedInput {
    /// What was not read, as the manifest lists it.
    var manifestJSON: String { "{\"name\": \(name.jsonLiteral), \"reason\": \(reason.jsonLiteral)}" }
}
