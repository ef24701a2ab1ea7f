// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CHarfBuzz
import GlyphPage

/// What the Unicode algorithms say about one window of a paragraph, character by character.
struct TextAnalysis {
    /// The longest grapheme cluster kept whole, in characters: about the bound of the Stream-Safe Text Format (UAX #15).
    ///
    /// Longer ones (a million accents on a letter) are cut, and each further piece stands on a dotted circle.
    static let clusterLimit = 32

    /// What holds before a character.
    struct Marks: OptionSet {
        var rawValue: UInt8
        /// A line may end here.
        static let opportunity = Marks(rawValue: 1)
        /// A grapheme cluster starts here.
        static let cluster = Marks(rawValue: 2)
        /// A cluster was cut here by `clusterLimit`, so a run must end.
        static let cut = Marks(rawValue: 4)
    }

    var scalars: [UInt32] = []
    /// The byte of the window each character starts at, and the window's length after them.
    var offsets: [Int32] = []
    var marks: [Marks] = []
    var levels: [UInt8] = []
    var scripts: [hb_script_t] = []
    var fonts: [UInt16] = []
    var direction = Bidi.Direction.leftToRight

    /// The character that starts at a byte.
    func index(ofByte byte: Int) -> Int {
        var (low, high) = (0, offsets.count)
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] < byte { low = middle + 1 } else { high = middle }
        }
        return low
    }

    static func isWhite(_ scalar: UInt32) -> Bool { scalar == 0x20 || scalar == 0x09 }
}

/// Fills `TextAnalysis` values; holds what is expensive to open.
final class TextAnalyzer {
    private let lines: BreakIterator
    private let graphemes: BreakIterator
    private let chain: FontChain
    private var units: [UInt16] = []

    init(chain: FontChain) throws {
        lines = try BreakIterator(.lines)
        graphemes = try BreakIterator(.graphemes)
        self.chain = chain
    }

    /// Analyses valid UTF-8; `direction` nil asks for that of the first strong character.
    func analyze(
        _ text: UnsafeBufferPointer<UInt8>,
        direction: Bidi.Direction?,
        into result: inout TextAnalysis
    ) throws {
        decode(text, into: &result)
        markClusters(&result)
        markBreaks(&result)
        resolveLevels(&result, direction)
        resolveScripts(&result)
        try assignFonts(&result)
    }

    private func decode(_ text: UnsafeBufferPointer<UInt8>, into result: inout TextAnalysis) {
        result.scalars.removeAll(keepingCapacity: true)
        result.offsets.removeAll(keepingCapacity: true)
        units.removeAll(keepingCapacity: true)
        var i = 0
        while i < text.count {
            let (scalar, length) = UTF8Sequence.scalar(in: text, at: i)
            result.scalars.append(scalar)
            result.offsets.append(Int32(i))
            if scalar < 0x1_0000 {
                units.append(UInt16(scalar))
            } else {
                units.append(UInt16(0xD7C0 + (scalar >> 10)))
                units.append(UInt16(0xDC00 + (scalar & 0x3FF)))
            }
            i += length
        }
        result.offsets.append(Int32(text.count))
    }

    private func markClusters(_ result: inout TextAnalysis) {
        result.marks = Array(repeating: [], count: result.scalars.count)
        if result.scalars.contains(where: { $0 >= 0x300 }) {
            forEachBoundary(of: graphemes, in: result.scalars) { result.marks[$0].insert(.cluster) }
            for i in result.marks.indices where continuesConjunct(result.scalars, i) {
                result.marks[i].remove(.cluster)
            }
        } else {
            // No combining character lies below U+0300, and CR LF never comes here.
            for i in result.marks.indices { result.marks[i].insert(.cluster) }
        }
        var length = 0
        for i in result.marks.indices {
            length = result.marks[i].contains(.cluster) ? 1 : length + 1
            guard length > TextAnalysis.clusterLimit else { continue }
            result.marks[i].formUnion([.cluster, .cut])
            length = 1
        }
    }

    /// Whether a letter is joined to the one before by a virama, as rule GB9c of later versions of UAX #29 has it.
    private func continuesConjunct(_ scalars: [UInt32], _ index: Int) -> Bool {
        guard scalars[index] >= 0x900, index > 1 else { return false }
        let before = scalars[index - 1] == 0x200D ? index - 2 : index - 1
        let functions = hb_unicode_funcs_get_default()
        return hb_unicode_combining_class(functions, scalars[before]) == HB_UNICODE_COMBINING_CLASS_VIRAMA
            && hb_unicode_general_category(functions, scalars[index]) == HB_UNICODE_GENERAL_CATEGORY_OTHER_LETTER
            && hb_unicode_script(functions, scalars[before]) == hb_unicode_script(functions, scalars[index])
    }

    private func markBreaks(_ result: inout TextAnalysis) {
        forEachBoundary(of: lines, in: result.scalars) { result.marks[$0].insert(.opportunity) }
        for i in result.scalars.indices {
            let before = i > 0 ? result.scalars[i - 1] : 0
            if TextAnalysis.isWhite(result.scalars[i]) || !result.marks[i].contains(.cluster) || before == 0xAD {
                // A tab belongs to the white space before it (see `ASCIIBreaks`), a mark to the space it stands on.
                // A word broken at a soft hyphen would need a hyphen that is not in the text, or read as two words.
                result.marks[i].remove(.opportunity)
            } else if before == 0x09 {
                result.marks[i].insert(.opportunity)
            }
        }
    }

    /// Calls `body` with the index of every character that a boundary stands before, the first included.
    private func forEachBoundary(of iterator: BreakIterator, in scalars: [UInt32], _ body: (Int) -> Void) {
        guard !scalars.isEmpty else { return }
        body(0)
        var (unit, index) = (0, 0)
        iterator.forEachBoundary(in: units) { boundary in
            while unit < boundary, index < scalars.count {
                unit += scalars[index] < 0x1_0000 ? 1 : 2
                index += 1
            }
            if index < scalars.count { body(index) }
        }
    }

    private func resolveLevels(_ result: inout TextAnalysis, _ direction: Bidi.Direction?) {
        guard direction == .rightToLeft || result.scalars.contains(where: Bidi.isRelevant) else {
            result.direction = .leftToRight
            result.levels = Array(repeating: 0, count: result.scalars.count)
            return
        }
        var unitLevels: [UInt8] = []
        result.direction = Bidi.levels(of: units, direction: direction, into: &unitLevels)
        result.levels.removeAll(keepingCapacity: true)
        var unit = 0
        for scalar in result.scalars {
            result.levels.append(unitLevels[unit])
            unit += scalar < 0x1_0000 ? 1 : 2
        }
    }

    /// Gives characters that many scripts share the script before them, or the first one after them.
    private func resolveScripts(_ result: inout TextAnalysis) {
        let functions = hb_unicode_funcs_get_default()
        result.scripts.removeAll(keepingCapacity: true)
        var current: hb_script_t?
        for scalar in result.scalars {
            let script = hb_unicode_script(functions, scalar)
            switch script {
            case HB_SCRIPT_COMMON, HB_SCRIPT_INHERITED, HB_SCRIPT_UNKNOWN: break
            default:
                if current == nil {
                    for i in result.scripts.indices { result.scripts[i] = script }
                }
                current = script
            }
            result.scripts.append(current ?? HB_SCRIPT_LATIN)
        }
    }

    private func assignFonts(_ result: inout TextAnalysis) throws {
        result.fonts = Array(repeating: 0, count: result.scalars.count)
        var start = 0
        while start < result.scalars.count {
            var end = start + 1
            while end < result.scalars.count, !result.marks[end].contains(.cluster) { end += 1 }
            if !TextAnalysis.isWhite(result.scalars[start]) || end > start + 1 {
                try chain.assign(result.scalars[start..<end], to: &result.fonts)
            }
            start = end
        }
    }
}
