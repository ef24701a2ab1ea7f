// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// A piece of a page that stands on lines of its own, with its mark.
struct HTMLBlock {
    enum Kind {
        case paragraph, heading, item, row, code, rule
    }

    var text: String
    var kind: Kind
    /// The line in the page, from 1.
    var line: Int?
    /// What stands in the columns of a row.
    var columns: [String] = []
    /// Whether no row of the same table stands right before this one.
    var isFirstRow = false

    /// A table's row with a text for each of its columns.
    static func row(_ columns: [String], isFirst: Bool, line: Int?) -> HTMLBlock {
        let text = "| " + columns.joined(separator: " | ") + " |"
        return HTMLBlock(text: text, kind: .row, line: line, columns: columns, isFirstRow: isFirst)
    }

    /// How it stands to the block before it.
    var spacing: TextBuilder.Spacing {
        switch kind {
        case .item: .item
        case .row: isFirstRow ? .firstRow : .row
        default: .apart
        }
    }

    /// The text in one line, as a field of a row; nothing of a line across the page.
    private var field: String {
        switch kind {
        case .rule: return ""
        case .row: return columns.joined(separator: " / ")
        default: break
        }
        let plain = kind == .heading ? text.drop { $0 == "#" } : text[...]
        return plain.split(separator: "\n").map(\.trimmed).joined(separator: " ").replacing("|", with: "\\|")
    }

    /// Blocks in one line; the rows of a table in a table as those of DOCX are written: `1 / 2; 3 / 4`.
    static func field(_ blocks: [HTMLBlock]) -> String {
        var text = ""
        var last: Kind?
        for block in blocks {
            let field = block.field
            guard !field.isEmpty else { continue }
            if let last { text += last == .row && block.kind == .row ? "; " : " " }
            text += field
            last = block.kind
        }
        return text
    }
}
