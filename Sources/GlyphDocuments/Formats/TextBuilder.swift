// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Sets paragraphs one below the other and remembers where each comes from.
struct TextBuilder {
    /// How a paragraph stands to the one before it.
    enum Spacing {
        /// An empty line between.
        case apart
        /// The next line after another item of a list.
        case item
        /// The next line after another row of a table.
        case row
        /// A row of a table that no row of the same table stands right before.
        case firstRow
    }

    private(set) var bytes: [UInt8] = []
    private(set) var blocks: [Origin.Block] = []
    private var last = Spacing.apart

    /// Adds a paragraph, unless it is empty.
    mutating func add(
        _ text: some StringProtocol,
        _ spacing: Spacing = .apart,
        line: Int? = nil,
        page: Int? = nil,
        section: String? = nil
    ) {
        guard !text.isEmpty else { return }
        if !bytes.isEmpty {
            bytes.append(0x0A)
            if spacing == .apart || spacing == .firstRow || spacing != last { bytes.append(0x0A) }
        }
        last = spacing == .firstRow ? .row : spacing
        blocks.append(Origin.Block(start: bytes.count, line: line, page: page, section: section))
        bytes += text.utf8
    }

    /// Adds all of another text under one section.
    mutating func add(_ other: TextBuilder, section: String) {
        guard !other.bytes.isEmpty else { return }
        if !bytes.isEmpty { bytes += bytes.last == 0x0A ? "\n".utf8 : "\n\n".utf8 }
        last = .apart
        blocks += other.blocks.map { block in
            Origin.Block(start: block.start + bytes.count, line: block.line, page: block.page, section: section)
        }
        bytes += other.bytes
    }

    /// Ends the text with a line end.
    mutating func finish() {
        if !bytes.isEmpty { bytes.append(0x0A) }
    }
}
