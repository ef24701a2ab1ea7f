// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A line of a window: which atoms stand on it.
struct Line {
    var firstAtom: Int
    var endAtom: Int
    /// The bytes of the window it covers.
    var start: Int
    var end: Int
    /// The text's room, in pixels.
    var width: Double
    /// Whether it is the first, or the last, of its paragraph.
    var isFirst: Bool
    var isLast: Bool
}

/// Fills lines greedily with the atoms of a window.
///
/// White space at the end of a line hangs: it takes no room there and is not drawn. A word wider than a whole line is
/// cut between grapheme clusters, and its pieces are shaped anew so that an Arabic word still ends in final forms.
struct LineFiller {
    private(set) var lines: [Line] = []
    /// The atoms of all lines, those of cut words replaced by their pieces.
    private(set) var atoms: [Atom] = []
    /// The most bytes on a line, so that text without width cannot fill one for ever.
    private var byteLimit = 0
    private var startsParagraph = false
    private let metrics: LayoutMetrics
    private var lineStart = 0
    /// The width of what stands on the line, trailing white space included.
    private var pen = 0.0
    private var hasContent = false
    /// Sums of the same widths in another order may differ in their last digits.
    private static let slack = 1e-6

    init(metrics: LayoutMetrics) {
        self.metrics = metrics
    }

    /// Breaks the shaper's current window into lines; an empty window is one empty line.
    ///
    /// - Parameters:
    ///   - shaper: holds the window's atoms.
    ///   - text: the window.
    ///   - startsParagraph: whether the first line takes the first-line indent.
    ///   - byteLimit: the most bytes a line may cover, unless one atom alone is longer.
    /// - Throws: `InputError` when a fallback font cannot be opened.
    mutating func fill(
        from shaper: WindowShaper,
        text: UnsafeBufferPointer<UInt8>,
        startsParagraph: Bool,
        byteLimit: Int
    ) throws {
        lines.removeAll(keepingCapacity: true)
        atoms.removeAll(keepingCapacity: true)
        self.startsParagraph = startsParagraph
        self.byteLimit = byteLimit
        lineStart = 0
        pen = 0
        hasContent = false
        for atom in shaper.atoms { try place(atom, shaper, text) }
        endLine(at: text.count)
        lines[lines.count - 1].isLast = true
    }

    /// The room on the line being filled.
    private var width: Double { metrics.width(isFirst: startsParagraph && lines.isEmpty) }

    private mutating func endLine(at end: Int) {
        lines.append(
            Line(
                firstAtom: lineStart,
                endAtom: atoms.count,
                start: lines.last?.end ?? 0,
                end: end,
                width: width,
                isFirst: startsParagraph && lines.isEmpty,
                isLast: false
            )
        )
        lineStart = atoms.count
        pen = 0
        hasContent = false
    }

    private mutating func place(
        _ atom: Atom,
        _ shaper: WindowShaper,
        _ text: UnsafeBufferPointer<UInt8>
    ) throws {
        if atoms.count > lineStart, atom.end - (lines.last?.end ?? 0) > byteLimit { endLine(at: atom.start) }
        if fits(atom) { return add(atom, shaper) }
        // A word that fits no line is cut where it stands when only its indentation precedes it.
        let fitsALine = atom.width <= metrics.width(isFirst: false) + Self.slack
        if pen > 0, !atom.continuesWord, hasContent || fitsALine {
            endLine(at: atom.start)
            if fits(atom) { return add(atom, shaper) }
        }
        try cut(atom, shaper, text)
    }

    private func fits(_ atom: Atom) -> Bool {
        atom.start == atom.contentEnd || pen + atom.width <= width + Self.slack
    }

    private mutating func add(_ atom: Atom, _ shaper: WindowShaper) {
        atoms.append(atom)
        pen += atom.width
        hasContent = hasContent || atom.contentEnd > atom.start
        var i = atom.endRun - 1
        while i >= atom.firstRun, shaper.runs[i].start >= atom.contentEnd { i -= 1 }
        for run in shaper.runs[(i + 1)..<atom.endRun] {
            pen = run.kind == .tab ? metrics.afterTab(pen) : pen + run.width
        }
    }

    /// Cuts an atom into pieces that fill the rest of this line and the lines after it.
    private mutating func cut(
        _ atom: Atom,
        _ shaper: WindowShaper,
        _ text: UnsafeBufferPointer<UInt8>
    ) throws {
        let advances = try advancesByByte(of: atom, shaper)
        var start = atom.start
        while start < atom.contentEnd {
            let room = width - pen + Self.slack
            var ends: [Int] = []  // cluster ends up to the first that does not fit, which is kept only if alone
            var sum = 0.0
            for byte in start..<atom.contentEnd {
                sum += advances[byte - atom.start]
                guard byte + 1 == atom.contentEnd || shaper.isClusterStart(byte + 1) else { continue }
                if sum > room, !ends.isEmpty || pen > 0 { break }
                ends.append(byte + 1)
                if sum > room { break }
            }
            guard var end = ends.popLast() else {
                endLine(at: start)
                continue
            }
            var piece = try shaper.piece(of: text, start, end == atom.contentEnd ? atom.end : end)
            // Shaped alone, a piece may be wider than it was inside its word.
            while piece.width > room, let shorter = ends.popLast() {
                end = shorter
                piece = try shaper.piece(of: text, start, end)
            }
            add(piece, shaper)
            start = end
            if start < atom.contentEnd { endLine(at: start) }
        }
    }

    /// The advance of every cluster of an atom, at its first byte.
    private func advancesByByte(of atom: Atom, _ shaper: WindowShaper) throws -> [Double] {
        var advances = [Double](repeating: 0, count: atom.end - atom.start)
        for run in shaper.runs[atom.firstRun..<atom.endRun] {
            let first = Int(run.start) - atom.start
            guard run.kind == .text else {
                for byte in 0..<Int(run.end - run.start) {
                    advances[first + byte] = run.width / Double(run.end - run.start)
                }
                continue
            }
            let entry = shaper.cache.entries[Int(run.shape)]
            let factor = try shaper.factor(of: run.font)
            for glyph in shaper.cache.glyphs[Int(entry.firstGlyph)..<Int(entry.endGlyph)] {
                // A character's name is longer than the character it stands for.
                let byte = min(Int(glyph.cluster), Int(run.end - run.start) - 1)
                advances[first + byte] += Double(glyph.advance) * factor
            }
        }
        return advances
    }
}
