// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The form of one line: what its characters alone say about joining it.
struct LineForm {
    private(set) var line = ReflowLine()

    private var hasTab = false
    private var hasLowercase = false
    private var uppercase = 0
    /// The longest run of spaces between words.
    private var gap = 0
    private var pipes = 0
    /// Commas and semicolons with a field right behind them.
    private var delimiters = 0
    private var longestDots = 0

    init(_ content: UnsafeBufferPointer<UInt8>) {
        let text = measure(content)
        guard let first = text.first, let last = text.last else {
            line.standApart()
            return
        }
        line.startsUppercase = Self.startsUppercase(text)
        line.endsSentence = Self.endsSentence(text)
        line.keepsBreak = last == UInt8(ascii: "-") && text.count > 1 && Self.isLetter(text[text.endIndex - 2])
        // Joined lines keep their spaces, so an indented line cannot continue one; nor is it prose, mostly.
        if line.indent > 0 { line.mayJoinPrevious = false }
        if line.indent > 8 || isTabular || isHeading || isCode(text, first: first, last: last) { line.standApart() }
        if Self.startsField(text) { line.mayJoinPrevious = false }
        let trailing = content.count - (text.endIndex - content.startIndex)
        if trailing >= 2 || last == UInt8(ascii: "\\") { line.mayJoinNext = false }  // Markdown's hard breaks
        if Self.lacksSpaces(text.prefix(4)) { line.mayJoinPrevious = false }
        if Self.lacksSpaces(text.suffix(4)) { line.mayJoinNext = false }
    }

    /// Counts everything in one pass; returns the line without surrounding spaces.
    private mutating func measure(_ content: UnsafeBufferPointer<UInt8>) -> Slice<UnsafeBufferPointer<UInt8>> {
        let indent = content.firstIndex { $0 != 0x20 } ?? content.count
        var end = content.count
        while end > indent, content[end - 1] == 0x20 || content[end - 1] == 0x09 { end -= 1 }
        line.indent = indent
        line.width = indent
        var spaces = 1
        var dots = 0
        for index in indent..<end {
            let byte = content[index]
            if byte & 0xC0 != 0x80 { line.width += 1 }
            if byte == 0x20 || byte == 0x09 {
                hasTab = hasTab || byte == 0x09
                spaces += 1
                continue
            }
            if spaces > 0 {
                if line.words > 0 { gap = max(gap, spaces) }
                line.words += 1
                spaces = 0
            }
            if line.words == 1, byte & 0xC0 != 0x80 { line.firstWord += 1 }
            line.ink += 1
            dots = byte == UInt8(ascii: ".") ? dots + 1 : 0
            longestDots = max(longestDots, dots)
            count(byte, next: index + 1 < end ? content[index + 1] : 0x20, previous: index > 0 ? content[index - 1] : 0)
        }
        return content[indent..<end]
    }

    private mutating func count(_ byte: UInt8, next: UInt8, previous: UInt8) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"):
            hasLowercase = true
            line.letters += 1
        case UInt8(ascii: "A")...UInt8(ascii: "Z"):
            uppercase += 1
            line.letters += 1
        case 0x80...:
            hasLowercase = true
            line.letters += 1
        case UInt8(ascii: ","), UInt8(ascii: ";"):
            let isThousands = Self.isDigit(previous) && Self.isDigit(next)
            if Self.isLetter(next) || Self.isDigit(next) && !isThousands { delimiters += 1 }
        case UInt8(ascii: "|"):
            pipes += 1
            line.symbols += 1
        default:
            if Self.isSymbol[Int(byte)] { line.symbols += 1 }
        }
    }

    // MARK: Kinds of line that are no prose

    /// Columns, fields, dot leaders, or mostly figures.
    private var isTabular: Bool {
        hasTab || gap >= 3 || pipes >= 2 || delimiters >= 2 || longestDots >= 4 || line.letters == 0
            || (line.ink > 12 && line.letters * 5 < line.ink * 3)
    }

    /// All capitals: a title. (A rule has no letters and is tabular.)
    private var isHeading: Bool { uppercase >= 2 && !hasLowercase }

    private func isCode(_ text: Slice<UnsafeBufferPointer<UInt8>>, first: UInt8, last: UInt8) -> Bool {
        if "#<\\@%{}|".utf8.contains(first) || "{}".utf8.contains(last) { return true }
        return ["//", "/*", "-- "].contains { text.starts(with: $0.utf8) }
            || [");", "};", "*/"].contains { text.reversed().starts(with: $0.utf8.reversed()) }
    }

    /// The operators of code and markup, by ASCII code.
    private static let isSymbol = (0..<128).map { "{}[]()<>=\\|/&$#@^~*_+".utf8.contains($0) }
}

/// A run of three or more backticks or tildes that opens or closes a code block.
struct Fence: Equatable {
    var character: UInt8
    var length: Int
    /// Whether nothing follows, as in every closing fence.
    var isBare: Bool

    /// Whether the fence closes a block that `opening` opened.
    func closes(_ opening: Fence) -> Bool {
        isBare && character == opening.character && length >= opening.length
    }
}

extension LineForm {
    typealias Text = Slice<UnsafeBufferPointer<UInt8>>

    /// The fence of a Markdown code block, if the line is one.
    static func fence(_ text: Text) -> Fence? {
        guard let first = text.first, first == UInt8(ascii: "`") || first == UInt8(ascii: "~") else { return nil }
        let length = text.prefix { $0 == first }.count
        let info = text.dropFirst(length)
        guard length >= 3, first == UInt8(ascii: "~") || !info.contains(first) else { return nil }
        return Fence(character: first, length: length, isBare: info.isEmpty)
    }

    /// Whether the line is `---`, `+++` or `...`.
    static func isFrontMatterFence(_ text: Text) -> Bool {
        ["---", "+++", "..."].contains { text.elementsEqual($0.utf8) }
    }

    /// Whether the line begins a list item, definition or quotation.
    static func startsItem(_ text: Text) -> Bool {
        guard let first = text.first else { return false }
        let rest = text.dropFirst()
        switch first {
        case UInt8(ascii: ">"): return true
        case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ":"):
            return rest.first.map { $0 == 0x20 || $0 == 0x09 } ?? true
        case 0xC2, 0xE2: return ["·", "•", "‣", "◦", "▪", "●", "○", "–"].contains { text.starts(with: "\($0) ".utf8) }
        case UInt8(ascii: "("), UInt8(ascii: "["): return isLabel(rest.prefix { $0 != first + 1 && $0 != 0x29 })
        default: break
        }
        let label = text.prefix { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: ".") }
        let mark = text.dropFirst(label.count).first
        if mark == UInt8(ascii: ")") { return isLabel(label) }
        return label.last == UInt8(ascii: ".") && mark == 0x20 && isLabel(label.dropLast())
    }

    /// Whether bytes number an item: `7`, `iv`, `b`, `1.E.8`, but not the `1847` or `said` that end a sentence.
    private static func isLabel(_ bytes: Text) -> Bool {
        guard !bytes.isEmpty, bytes.count <= 8 else { return false }
        return bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.first else { return false }
            if isDigit(first) { return part.count <= 3 && part.allSatisfy(isDigit) }
            return part.count == 1 && isLetter(first) || part.count <= 5 && part.allSatisfy("ivxlcIVXLC".utf8.contains)
        }
    }

    /// Whether the line starts with a name and a colon, as mail headers, transcripts and settings do.
    static func startsField(_ text: Text) -> Bool {
        let name = text.prefix { isLetter($0) || $0 == UInt8(ascii: "-") || $0 == 0x20 }
        let behind = text.dropFirst(name.count).prefix(2)
        guard let first = name.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else { return false }
        return name.count <= 24 && behind.elementsEqual(": ".utf8) && name.count(where: { $0 == 0x20 }) < 2
    }

    /// Whether the first letter, behind quotes and brackets, is a capital.
    static func startsUppercase(_ text: Text) -> Bool {
        guard let first = text.firstIndex(where: { isLetter($0) || isDigit($0) }) else { return false }
        if text[first] < 0x80 { return text[first] < UInt8(ascii: "a") && !isDigit(text[first]) }
        let letters = String(decoding: text[first...].prefix(12), as: UTF8.self).unicodeScalars
        return letters.first(where: \.properties.isAlphabetic)?.properties.isUppercase ?? false
    }

    /// Whether the line ends as a sentence does, closing quotes and brackets aside.
    static func endsSentence(_ text: Text) -> Bool {
        let closing = "\"')]_*".utf8
        guard let last = text.last(where: { !closing.contains($0) }) else { return false }
        if last < 0x80 { return ".!?:".utf8.contains(last) }
        let scalars = String(decoding: text.suffix(12), as: UTF8.self).unicodeScalars
        let closingQuotes = Set("\"')]_*”’»".unicodeScalars)
        return scalars.last { !closingQuotes.contains($0) }.map(".!?:…".unicodeScalars.contains) ?? false
    }

    /// Whether bytes hold a character of a script that puts no spaces between words.
    static func lacksSpaces(_ text: Text) -> Bool {
        guard text.contains(where: { $0 >= 0x80 }) else { return false }
        return String(decoding: text, as: UTF8.self).unicodeScalars.contains {
            switch $0.value {
            case 0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF: true  // Thai, Lao, Myanmar, Khmer
            default: $0 != "\u{FFFD}" && WideScalars.contains($0.value)
            }
        }
    }

    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte >= 0x80 }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
