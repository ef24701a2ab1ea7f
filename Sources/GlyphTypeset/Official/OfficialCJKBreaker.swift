// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// reportlab's wrapping between any two characters, used for the whole document when it holds a CJK ideograph.
///
/// Reproduces `dumbSplit` (one fragment, reportlab/lib/textsplit.py) and `cjkFragSplit` (several fragments,
/// reportlab/platypus/paragraph.py), which differ in what they strip and in how a page break re-reads the lines.
struct OfficialCJKBreaker {
    /// One character, one space that a page break inserted, or one line break.
    struct Unit {
        /// The character's index, or -1 for a space that belongs to none.
        var character: Int32
        var width: Double
        /// Whether this unit ends its line because the source did.
        var isBreak: Bool
        /// Whether the unit has no text at all; only a line break can.
        var isEmpty: Bool
        var scalar: UInt32
    }

    /// reportlab's tolerance for layout arithmetic (`_FUZZ`).
    static let fuzz = 1e-6

    /// Characters that may not start a line (`ALL_CANNOT_START`).
    static let cannotStart = Set(
        ("!',.:;?!\")]、。」』】〕］】）" + "々―ぁぃぅぇぉっゃゅょゎァィ" + "ゥェォッャュョヮーヵヶ"
            + "゛゜・ヽヾゝゞ―‐°′″℃￠％‰").unicodeScalars.map(\.value)
    )

    static func units(of text: OfficialText, font: OfficialFont) -> [Unit] {
        var units: [Unit] = []
        units.reserveCapacity(text.scalars.count)
        for fragment in text.fragments {
            if fragment.isLineBreak { units.append(lineBreak) }
            for at in fragment.start..<fragment.end {
                let scalar = text.scalars[at]
                let width = font.widthFactor * font.character(scalar).width
                units.append(Unit(character: Int32(at), width: width, isBreak: false, isEmpty: false, scalar: scalar))
            }
        }
        return units
    }

    static let lineBreak = Unit(
        character: -1,
        width: 0,
        isBreak: true,
        isEmpty: true,
        scalar: 0x20
    )

    /// Breaks units into lines; a simple paragraph is one fragment (`dumbSplit`), whose finished lines are stripped.
    ///
    /// Of several fragments only the first `enough` lines get their pieces: the next page breaks the rest again.
    static func run(
        _ units: [Unit],
        isSimple: Bool,
        firstWidth: Double,
        otherWidth: Double,
        enough: Int
    ) -> [(line: OfficialLine, units: Range<Int>)] {
        var lines: [(line: OfficialLine, units: Range<Int>)] = []
        var index = 0
        var used = 0.0
        var start = 0
        var maxWidth = firstWidth
        func append(_ range: Range<Int>, extraSpace: Double, endsWithBreak: Bool, strips: Bool) {
            var kept = range
            if strips {
                while let first = kept.first, isWhiteSpace(units[first].scalar) { kept = kept.dropFirst() }
                while let last = kept.last, isWhiteSpace(units[last].scalar) { kept = kept.dropLast() }
            }
            var line = OfficialLine()
            line.isSimple = isSimple
            line.extraSpace = extraSpace
            line.endsWithBreak = endsWithBreak
            line.wordCount = 1
            if isSimple || lines.count < enough { line.pieces = pieces(of: units[kept]) }
            lines.append((line, isSimple ? kept : range))
            maxWidth = otherWidth
            start = range.upperBound
            used = 0
        }
        while index < units.count {
            var unit = units[index]
            index += 1
            used += unit.width
            guard (used > maxWidth + fuzz && used > 0) || unit.isBreak else { continue }
            var extraSpace = maxWidth - used
            let isBreak = unit.isBreak
            if !isBreak, unit.scalar < 0x3000 {
                let limit = (start + index) >> 1
                var back = index - 1
                while back > limit {
                    let scalar = units[back].scalar
                    if isSpaceSeparator(scalar) || scalar >= 0x3000 {
                        let next = back + 1
                        if next < index {
                            for at in (next + 1)..<max(index, next + 1) { extraSpace += units[at].width }
                            unit = units[next]
                            index = next + 1
                            break
                        }
                    }
                    back -= 1
                }
            }
            if !isBreak, !cannotStart.contains(unit.scalar), index > start + 1 {
                index -= 1
                extraSpace += unit.width
            }
            append(start..<index, extraSpace: extraSpace, endsWithBreak: isBreak, strips: isSimple)
        }
        if used > 0 {
            append(start..<units.count, extraSpace: maxWidth - used, endsWithBreak: false, strips: false)
        }
        return lines
    }

    /// Whether no line lost anything at its ends, so that the same units follow each other when they are broken again.
    static func areWhole(_ lines: [(line: OfficialLine, units: Range<Int>)]) -> Bool {
        zip(lines, lines.dropFirst()).allSatisfy { $0.units.upperBound == $1.units.lowerBound }
    }

    /// Units as pieces of a line; characters that follow each other become one piece.
    private static func pieces(of units: ArraySlice<Unit>) -> [OfficialLine.Piece] {
        var pieces: [OfficialLine.Piece] = []
        for unit in units where !unit.isEmpty {
            if unit.character < 0 {
                pieces.append(.space)
            } else if let last = pieces.last, last.end == unit.character {
                pieces[pieces.count - 1].end += 1
            } else {
                pieces.append(OfficialLine.Piece(start: unit.character, end: unit.character + 1))
            }
        }
        return pieces
    }

    /// The units a page break hands to the next page (`_split_blParaHard`): a space is added to every line but the
    /// last, and a line break gets the width of one.
    static func remainder(
        _ lines: ArraySlice<(line: OfficialLine, units: Range<Int>)>,
        of units: [Unit],
        isSimple: Bool,
        spaceWidth: Double
    ) -> [Unit] {
        if isSimple { return lines.flatMap { units[$0.units] } }
        var result: [Unit] = []
        result.reserveCapacity(units.count)
        for (position, entry) in lines.enumerated() {
            result += units[entry.units]
            guard position + 1 < lines.count, let last = result.last, !entry.units.isEmpty else { continue }
            if last.isBreak, last.isEmpty {
                result[result.count - 1].isEmpty = false
                result[result.count - 1].width = spaceWidth
            } else if last.scalar != 0x20 {
                result.append(
                    Unit(
                        character: -1,
                        width: spaceWidth,
                        isBreak: last.isBreak,
                        isEmpty: false,
                        scalar: 0x20
                    )
                )
            }
        }
        return result
    }

    private static func isSpaceSeparator(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x20, 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    private static func isWhiteSpace(_ scalar: UInt32) -> Bool {
        isSpaceSeparator(scalar) || (0x09...0x0D).contains(scalar) || (0x1C...0x1F).contains(scalar)
            || scalar == 0x85 || scalar == 0x2028 || scalar == 0x2029
    }
}
