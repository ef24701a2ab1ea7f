// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Lines in a row that could be one paragraph: nothing in their form forbids to join them.
struct ReflowParagraph {
    var lines: [ReflowLine]

    /// Calls `body` with every paragraph of at least two lines, in order.
    static func forEach(in bytes: UnsafeBufferPointer<UInt8>, _ body: (ReflowParagraph) -> Void) {
        var scanner = ReflowScanner(bytes)
        var paragraph = ReflowParagraph(lines: [])
        while let line = scanner.next() {
            if let last = paragraph.lines.last, last.mayJoinNext, line.mayJoinPrevious {
                paragraph.lines.append(line)
                continue
            }
            if paragraph.lines.count > 1 { body(paragraph) }
            paragraph.lines.removeAll(keepingCapacity: true)
            paragraph.lines.append(line)
        }
        if paragraph.lines.count > 1 { body(paragraph) }
    }

    /// Columns by which lines may exceed the wrap width: wrappers disagree on the two spaces between sentences.
    private static let tolerance = 2

    /// Whether the break after line `index` is where a greedy wrapper breaks: the next word does not fit any more.
    func isForced(after index: Int, at width: Int) -> Bool {
        lines[index].width + 1 + lines[index + 1].firstWord > width
    }

    /// The breaks to join if the paragraph was wrapped at `width`, or nil if it was not.
    ///
    /// Paragraphs may follow each other without an empty line, so a break that is not forced ends one when a sentence
    /// ends there. Any other is an exception, of which one in eight is forgiven, unjoined: people edit wrapped text.
    func breaks(wrappedAt width: Int) -> [Int]? {
        guard lines.allSatisfy({ $0.width <= width + Self.tolerance }), !isVerse, isProse else { return nil }
        var joined: [Int] = []
        var first = 0
        while first < lines.count {
            var last = first
            var forced: [Int] = []
            while last + 1 < lines.count {
                let isForced = isForced(after: last, at: width)
                if !isForced && lines[last].endsSentence { break }
                if isForced { forced.append(last) }
                last += 1
            }
            if (last - first - forced.count) * 8 <= last - first { joined += forced }
            first = last + 1
        }
        return joined.isEmpty ? nil : joined
    }

    /// Whether nearly every line begins with a capital: verse, titles, names.
    ///
    /// Prose begins one line in eight with one, German prose one in three.
    var isVerse: Bool {
        let capitals = lines.dropFirst().count(where: \.startsUppercase)
        return lines.count > 3 && capitals * 5 >= (lines.count - 1) * 4
    }

    /// Whether the lines consist of words and not of fields or operators.
    var isProse: Bool {
        let totals = lines.reduce(into: (words: 0, symbols: 0, ink: 0)) { sum, line in
            sum.words += line.words
            sum.symbols += line.symbols
            sum.ink += line.ink
        }
        return totals.words >= 4 * (lines.count - 1) && totals.symbols * 16 <= totals.ink
    }
}

/// The wrap widths a text was written with, most frequent first.
struct WrapWidths {
    /// Narrower is a column of something else than prose, wider is not wrapped.
    static let range = 40...160
    /// A joined collection can mix a few widths.
    private static let limit = 3

    /// Widths that paragraphs are tested for.
    private(set) var accepted: [Int] = []
    /// Whether the text as a whole is hard-wrapped.
    private(set) var isConvincing = false

    /// Learns the widths: each break of a paragraph of three or more lines votes for all widths that force it.
    init(of bytes: UnsafeBufferPointer<UInt8>) {
        var changes = Array(repeating: 0, count: Self.range.upperBound + 2)
        var breaks = 0
        ReflowParagraph.forEach(in: bytes) { paragraph in
            guard Self.counts(paragraph) else { return }
            breaks += paragraph.lines.count - 1
            for (line, next) in zip(paragraph.lines, paragraph.lines.dropFirst()) {
                guard line.width <= Self.range.upperBound else { continue }
                changes[line.width] += 1
                changes[min(line.width + next.firstWord, Self.range.upperBound) + 1] -= 1
            }
        }
        var votes: [(width: Int, count: Int)] = []
        var count = 0
        for (width, change) in changes.enumerated() {
            count += change
            if Self.range.contains(width), count > 0 { votes.append((width, count)) }
        }
        votes.sort { ($0.count, $1.width) > ($1.count, $0.width) }
        guard let best = votes.first else { return }
        for (width, count) in votes where count * 4 >= best.count && accepted.count < Self.limit {
            if accepted.allSatisfy({ abs($0 - width) >= 8 }) { accepted.append(width) }
        }
        confirm(in: bytes, of: breaks)
    }

    /// Keeps the widths that whole paragraphs agree with, if there are any.
    private mutating func confirm(in bytes: UnsafeBufferPointer<UInt8>, of breaks: Int) {
        var confirmed = Array(repeating: 0, count: accepted.count)
        ReflowParagraph.forEach(in: bytes) { paragraph in
            guard Self.counts(paragraph) else { return }
            for (index, width) in accepted.enumerated() {
                guard let joined = paragraph.breaks(wrappedAt: width) else { continue }
                confirmed[index] += joined.count
                return
            }
        }
        let convincing = zip(accepted, confirmed).filter { $1 >= 4 && $1 * 5 >= breaks }.map(\.0)
        isConvincing = !convincing.isEmpty
        if isConvincing { accepted = convincing }
    }

    /// Whether a paragraph says anything about the wrap width; two lines agree with too many.
    private static func counts(_ paragraph: ReflowParagraph) -> Bool {
        paragraph.lines.count >= 3 && paragraph.isProse && !paragraph.isVerse
            && !paragraph.lines.dropFirst().allSatisfy(\.startsUppercase)
    }
}
