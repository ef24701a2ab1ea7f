// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The text cursor of a PDF text object, moved by the operators that reportlab writes (`Td`, `Tw`, `T*`).
///
/// reportlab merges two moves that follow each other, through the text of the first; so moves are held back here
/// until something else happens.
struct OfficialTextObject {
    private let originX: Double
    private let originY: Double
    private let leading: Double
    private var lineX = 0.0
    private var lineY = 0.0
    private var heldMove: Double?
    /// The extra advance of a space in points (`Tw`).
    private(set) var wordSpace = 0.0

    init(x: Double, y: Double, leading: Double) {
        originX = x
        originY = y
        self.leading = leading
    }

    /// The pen in user space.
    var x: Double { lineX + originX }
    var y: Double { lineY + originY }

    /// Moves the line's start by `distance` points (`setXPos`).
    mutating func move(_ distance: Double) {
        guard distance > 1e-6 || distance < -1e-6 else { return }
        guard let held = heldMove else {
            heldMove = distance
            return
        }
        heldMove = distance + (Double("0" + PDFNumber.format(abs(held))) ?? abs(held)) * (held < 0 ? -1 : 1)
    }

    mutating func setWordSpace(_ space: Double?) {
        guard let space else { return }
        flush()
        wordSpace = PDFNumber.written(space)
    }

    /// Goes to the next line.
    ///
    /// reportlab writes the leading with the first characters that it writes; until then the page's own is valid.
    mutating func nextLine(hasLeading: Bool) {
        flush()
        lineY -= hasLeading ? leading : Self.pageLeading
    }

    /// What reportlab begins every page with, in points: 1.2 times its size of 12 (`Canvas.__init__`).
    private static let pageLeading = 14.4

    mutating func flush() {
        guard let held = heldMove else { return }
        lineX += PDFNumber.written(held)
        heldMove = nil
    }
}

/// Where a line starts and how its spaces are stretched, by alignment (`_leftDrawParaLine` and its siblings).
struct OfficialPlacement {
    /// The moves before and after the line, in points.
    let before: Double
    let after: Double
    /// The extra space per space, or nil when the line is set as it is.
    let wordSpace: Double?
}

extension OfficialLine {
    // Not an initializer, which would keep what it is given and so count references for every line.
    func placement(
        _ alignment: RenderConfig.Alignment,
        offset: Double,
        isLast: Bool,
        in text: OfficialText
    ) -> OfficialPlacement {
        let extra = extraSpace
        var isPlain: Bool
        switch alignment {
        case .justify:
            isPlain = (extra > -1e-8 && extra <= 1e-8) || (isLast && extra > -1e-8)
            if !isSimple, endsWithBreak { isPlain = true }
        default: isPlain = extra > -1e-8
        }
        var spaces = 0
        if !isPlain {
            let noBreakSpaces = pieces.reduce(0) { count, piece in
                piece.isSpace
                    ? count : count + text.scalars[Int(piece.start)..<Int(piece.end)].count { $0 == 0xA0 }
            }
            spaces = wordCount + noBreakSpaces - 1
            isPlain = spaces <= 0
        }
        var start = offset
        if isPlain {
            if alignment == .center { start = offset + 0.5 * extra }
            if alignment == .right { start = offset + extra }
        }
        // reportlab forgets the move before a stretched centred or right-aligned line of several fragments.
        let forgets = !isPlain && !isSimple && (alignment == .center || alignment == .right)
        return OfficialPlacement(
            before: forgets ? 0 : start,
            after: -start,
            wordSpace: isPlain ? nil : extra / Double(spaces)
        )
    }
}
