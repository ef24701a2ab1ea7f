// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What reflow needs to know about a line of text.
struct ReflowLine {
    /// The bytes of the line end: one, two for `\r\n`, none at the end of the text.
    var lineEnd: Range<Int> = 0..<0
    /// Columns up to the last visible character, one for each code point, as wrappers count them.
    var width = 0
    var indent = 0
    /// Columns of the first word.
    var firstWord = 0
    var words = 0
    /// Visible bytes, and those of them that are letters (all beyond ASCII count) or operators of code and markup.
    var ink = 0
    var letters = 0
    var symbols = 0
    var startsUppercase = false
    var endsSentence = false
    /// Whether the line may be the middle of a paragraph as far as its form goes.
    var mayJoinPrevious = true
    var mayJoinNext = true
    /// Whether the break stays even in a paragraph that is joined: a word is split over it.
    var keepsBreak = false

    /// Forbids both joins.
    mutating func standApart() { (mayJoinPrevious, mayJoinNext) = (false, false) }
}

/// Reads lines and decides from the form of each, and from blocks that are open around it, what may be joined.
struct ReflowScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var offset = 0
    private var block = Block.none
    private var followsText = false

    /// A construct that spans lines.
    private enum Block: Equatable {
        case none
        /// A fenced code block of Markdown.
        case fence(Fence)
        /// Metadata between `---` lines at the start of the text.
        case frontMatter
        /// A list item or quotation; the lines below belong to it up to an empty one.
        case item
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The next line, or nil at the end of the text.
    mutating func next() -> ReflowLine? {
        guard offset < bytes.count else { return nil }
        let start = offset
        var end = start
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        offset = min(end + 1, bytes.count)
        let hasReturn = end < bytes.count && end > start && bytes[end - 1] == 0x0D
        if hasReturn { end -= 1 }
        let content = UnsafeBufferPointer(rebasing: bytes[start..<end])
        var line = LineForm(content).line
        line.lineEnd = end..<offset
        track(&line, content, isFirst: start == 0)
        return line
    }

    /// Opens and closes blocks; whatever is inside one stands apart.
    private mutating func track(_ line: inout ReflowLine, _ content: UnsafeBufferPointer<UInt8>, isFirst: Bool) {
        let text = content.dropFirst(line.indent)
        let fence = LineForm.fence(text)
        defer { followsText = line.ink > 0 }
        switch block {
        case .fence(let opening):
            line.standApart()
            if let fence, fence.closes(opening) { block = .none }
        case .frontMatter:
            line.standApart()
            if line.ink == 0 || LineForm.isFrontMatterFence(text) { block = .none }
        case .none, .item:
            if line.ink == 0 {
                block = .none
            } else if let fence {
                // A long bare one under a line of text is the underline of a reStructuredText title.
                if !(fence.isBare && fence.length > 3 && followsText) { block = .fence(fence) }
                line.standApart()
            } else if isFirst && LineForm.isFrontMatterFence(text) {
                block = .frontMatter
                line.standApart()
            } else if LineForm.startsItem(text) {
                block = .item
                line.standApart()
            } else if block == .item {
                line.standApart()
            }
        }
    }
}
