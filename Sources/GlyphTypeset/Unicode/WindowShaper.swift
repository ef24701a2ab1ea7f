// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Turns one window of a paragraph into shaped atoms.
///
/// Plain ASCII takes a short way: one font, one direction, break rules without ICU, words found in the cache by their
/// bytes. A test holds both ways against each other.
final class WindowShaper {
    /// The longest atom, in characters; a longer word is cut into several that continue each other.
    static let atomLimit = 256

    /// The atoms and runs of the current window.
    private(set) var atoms: [Atom] = []
    private(set) var runs: [Run] = []
    /// Characters without a glyph, by the byte of the window they start at, ascending.
    private(set) var missing: [(byte: Int, scalar: UInt32)] = []
    /// The base direction of the current window.
    private(set) var direction = Bidi.Direction.leftToRight

    let cache: ShapeCache
    private let analyzer: TextAnalyzer
    private let chain: FontChain
    private let metrics: LayoutMetrics
    /// Whether the main font has all of printable ASCII, so that plain text needs no other.
    private let mayTakeShortWay: Bool
    private var isPlain = false
    private var analysis = TextAnalysis()
    /// Pixels per font unit, by font; 0 where not asked yet.
    private var factors: [Double]

    init(chain: FontChain, metrics: LayoutMetrics, options: LayoutOptions) throws {
        self.chain = chain
        self.metrics = metrics
        cache = ShapeCache(chain: chain, remembers: options.remembersShapes)
        analyzer = try TextAnalyzer(chain: chain)
        let main = try chain.font(at: 0)
        mayTakeShortWay = options.takesShortWay && (0x21...0x7E).allSatisfy { main.glyph(for: $0) != nil }
        factors = Array(repeating: 0, count: chain.files.count)
    }

    /// Shapes a window; indices of earlier runs and entries lose their meaning.
    ///
    /// - Parameters:
    ///   - text: the window.
    ///   - isPlain: whether every byte satisfies `ASCIIBreaks.isPlain`.
    ///   - direction: the paragraph's direction, or nil to find it in this window.
    /// - Throws: `InputError` when a fallback font cannot be opened.
    func shape(_ text: UnsafeBufferPointer<UInt8>, isPlain: Bool, direction: Bidi.Direction?) throws {
        cache.trim()
        atoms.removeAll(keepingCapacity: true)
        runs.removeAll(keepingCapacity: true)
        missing.removeAll(keepingCapacity: true)
        self.isPlain = isPlain && mayTakeShortWay && direction != .rightToLeft
        guard !text.isEmpty else {
            self.direction = direction ?? .leftToRight
            return
        }
        if self.isPlain {
            self.direction = .leftToRight
            var start = 0
            try ASCIIBreaks.forEachOpportunity(in: text) { end in
                try appendAtoms(text, start, end)
                start = end
            }
            try appendAtoms(text, start, text.count)
        } else {
            try analyzer.analyze(text, direction: direction, into: &analysis)
            self.direction = analysis.direction
            try listMissing()
            var start = 0
            for i in analysis.scalars.indices.dropFirst() where analysis.marks[i].contains(.opportunity) {
                try appendAtoms(text, start, Int(analysis.offsets[i]))
                start = Int(analysis.offsets[i])
            }
            try appendAtoms(text, start, text.count)
        }
    }

    /// Shapes part of an atom as an atom of its own.
    func piece(of text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) throws -> Atom {
        var contentEnd = end
        while contentEnd > start, TextAnalysis.isWhite(UInt32(text[contentEnd - 1])) { contentEnd -= 1 }
        let firstRun = runs.count
        try appendRuns(text, start, contentEnd)
        var width = 0.0
        for i in firstRun..<runs.count { width += runs[i].width }
        try appendRuns(text, contentEnd, end)
        return Atom(
            start: start,
            end: end,
            contentEnd: contentEnd,
            firstRun: firstRun,
            endRun: runs.count,
            width: width
        )
    }

    /// Whether a line may be cut before a byte in an emergency: only where a grapheme cluster starts.
    func isClusterStart(_ byte: Int) -> Bool {
        if isPlain { return true }
        let index = analysis.index(ofByte: byte)
        return index < analysis.scalars.count && Int(analysis.offsets[index]) == byte
            && analysis.marks[index].contains(.cluster)
    }

    private func appendAtoms(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) throws {
        var start = start
        var continuesWord = false
        while start < end {
            let cut = pieceEnd(start, end)
            var atom = try piece(of: text, start, cut)
            atom.continuesWord = continuesWord
            atoms.append(atom)
            continuesWord = true
            start = cut
        }
    }

    /// Where the piece of a long word that starts at a byte ends.
    private func pieceEnd(_ start: Int, _ end: Int) -> Int {
        guard end - start > Self.atomLimit else { return end }
        if isPlain { return start + Self.atomLimit }
        let first = analysis.index(ofByte: start)
        var cut = first + Self.atomLimit
        guard cut < analysis.scalars.count, analysis.offsets[cut] < end else { return end }
        while cut > first + 1, !analysis.marks[cut].contains(.cluster) { cut -= 1 }
        return Int(analysis.offsets[cut])
    }

    private func appendRuns(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) throws {
        if isPlain { try appendPlainRuns(text, start, end) } else { try appendAnalyzedRuns(text, start, end) }
    }

    private func appendPlainRuns(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) throws {
        var i = start
        while i < end {
            let first = text[i]
            var j = i + 1
            if TextAnalysis.isWhite(UInt32(first)) {
                if first == 0x20 { while j < end, text[j] == first { j += 1 } }
                appendWhite(first == 0x09, i, j, level: 0)
            } else {
                while j < end, text[j] != 0x20, text[j] != 0x09 { j += 1 }
                try appendText(UnsafeBufferPointer(rebasing: text[i..<j]), .latin, i, j, level: 0)
            }
            i = j
        }
    }

    private func appendAnalyzedRuns(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) throws {
        var i = analysis.index(ofByte: start)
        let last = analysis.index(ofByte: end)
        while i < last {
            var j = i + 1
            while j < last, joins(j - 1, j) { j += 1 }
            let (from, to) = (Int(analysis.offsets[i]), Int(analysis.offsets[j]))
            let level = analysis.levels[i]
            if TextAnalysis.isWhite(analysis.scalars[i]) {
                appendWhite(analysis.scalars[i] == 0x09, from, to, level: level)
            } else if analysis.fonts[i] == FontChain.none {
                try appendSubstitution(for: analysis.scalars[i], from, to, level: level)
            } else {
                let style = ShapeStyle(
                    font: analysis.fonts[i],
                    script: analysis.scripts[i],
                    rightToLeft: level & 1 == 1
                )
                try appendText(UnsafeBufferPointer(rebasing: text[from..<to]), style, from, to, level: level)
            }
            i = j
        }
    }

    /// Whether two neighbouring characters belong to one run.
    private func joins(_ before: Int, _ after: Int) -> Bool {
        let (first, second) = (analysis.scalars[before], analysis.scalars[after])
        guard analysis.levels[before] == analysis.levels[after] else { return false }
        if first == 0x20 || second == 0x20 { return first == second }
        return first != 0x09 && second != 0x09 && analysis.fonts[before] == analysis.fonts[after]
            && analysis.fonts[before] != FontChain.none && analysis.scripts[before] == analysis.scripts[after]
            && !analysis.marks[after].contains(.cut)
    }

    private func appendWhite(_ isTab: Bool, _ start: Int, _ end: Int, level: UInt8) {
        runs.append(
            Run(
                kind: isTab ? .tab : .space,
                level: level,
                font: 0,
                shape: 0,
                start: Int32(start),
                end: Int32(end),
                width: isTab ? 0 : Double(end - start) * metrics.space
            )
        )
    }

    private func appendText(
        _ text: UnsafeBufferPointer<UInt8>,
        _ style: ShapeStyle,
        _ start: Int,
        _ end: Int,
        level: UInt8
    ) throws {
        let shape = try cache.shape(text, style: style)
        let width = try Double(cache.entries[Int(shape)].advance) * factor(of: style.font)
        runs.append(
            Run(
                kind: .text,
                level: level,
                font: style.font,
                shape: shape,
                start: Int32(start),
                end: Int32(end),
                width: width
            )
        )
    }

    /// Writes a character's picture or name, left to right even inside right-to-left text.
    private func appendSubstitution(for scalar: UInt32, _ start: Int, _ end: Int, level: UInt8) throws {
        let picture = try picture(of: scalar)
        var style = ShapeStyle.latin
        style.font = picture?.font ?? 0
        var text = picture.map { String($0.scalar) } ?? Substitution.text(for: scalar)
        try text.withUTF8 {
            try appendText($0, style, start, end, level: level + (level & 1))
        }
    }

    /// The picture of a control character and the first font that has it.
    private func picture(of scalar: UInt32) throws -> (scalar: Unicode.Scalar, font: UInt16)? {
        guard let picture = Substitution.controlPicture(for: scalar) else { return nil }
        let font = try chain.firstFont(with: picture.value)
        return font == FontChain.none ? nil : (picture, font)
    }

    private func listMissing() throws {
        for i in analysis.scalars.indices where analysis.fonts[i] == FontChain.none {
            guard try picture(of: analysis.scalars[i]) == nil else { continue }
            missing.append((Int(analysis.offsets[i]), analysis.scalars[i]))
        }
    }

    /// Pixels per font unit of a font.
    func factor(of font: UInt16) throws -> Double {
        let index = Int(font)
        if factors[index] == 0 { factors[index] = metrics.pixelsPerEm / (try chain.font(at: index)).unitsPerEm }
        return factors[index]
    }
}
