// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CUnicode

/// The fonts of a layout in the order they are asked, opened when first needed.
///
/// A grapheme cluster is shown by the first font that has all of it, so that a base and its marks stay together. When
/// no font has all of it, each of its characters is looked up alone.
final class FontChain {
    /// Stands for "no font has it".
    static let none: UInt16 = .max

    let files: [FontFile]
    private var opened: [ShapingFont?]
    /// The fonts last found for characters that stand alone, by their low bits; ideographs come by the thousand.
    private var recent: [(scalar: UInt32, font: UInt16)] = Array(repeating: (.max, 0), count: 4096)

    /// Takes the main font, which must open, and the others without repetitions.
    init(main: FontFile, fallback: [FontFile]) throws {
        var files = [main]
        for file in fallback where !files.contains(file) { files.append(file) }
        self.files = files
        opened = Array(repeating: nil, count: files.count)
        _ = try font(at: 0)
    }

    func font(at index: Int) throws -> ShapingFont {
        if let font = opened[index] { return font }
        let font = try ShapingFont(files[index])
        opened[index] = font
        return font
    }

    /// The fonts for the characters of one grapheme cluster, one each.
    func assign(_ cluster: ArraySlice<UInt32>, to fonts: inout [UInt16]) throws {
        let range = cluster.indices
        if range.count == 1 {
            fonts[range.lowerBound] = try fontOfLoneCharacter(cluster[range.lowerBound])
            return
        }
        for candidate in files.indices where try covers(cluster, with: font(at: candidate)) {
            for i in range { fonts[i] = UInt16(candidate) }
            return
        }
        for i in range { fonts[i] = try fontAlone(cluster[i], near: i > range.lowerBound ? fonts[i - 1] : 0) }
    }

    private func fontOfLoneCharacter(_ scalar: UInt32) throws -> UInt16 {
        let slot = Int(scalar) & (recent.count - 1)
        if recent[slot].scalar != scalar { recent[slot] = (scalar, try fontAlone(scalar, near: 0)) }
        return recent[slot].font
    }

    /// The font for one character; an invisible one goes with its neighbour.
    private func fontAlone(_ scalar: UInt32, near neighbour: UInt16) throws -> UInt16 {
        if Self.isInvisible(scalar) { return neighbour == Self.none ? 0 : neighbour }
        return Self.isControl(scalar) ? Self.none : try firstFont(with: scalar)
    }

    /// The first font that can show a character, or `none`.
    func firstFont(with scalar: UInt32) throws -> UInt16 {
        for candidate in files.indices where try font(at: candidate).covers(scalar) { return UInt16(candidate) }
        return Self.none
    }

    private func covers(_ cluster: ArraySlice<UInt32>, with font: ShapingFont) throws -> Bool {
        for i in cluster.indices {
            let scalar = cluster[i]
            if Self.isControl(scalar) { return false }
            if font.covers(scalar) || Self.isInvisible(scalar) { continue }
            guard i > cluster.startIndex, font.composes(cluster[i - 1], scalar) else { return false }
        }
        return true
    }

    /// Whether a character is a control code, which some fonts map to a blank that would hide it.
    private static func isControl(_ scalar: UInt32) -> Bool { scalar < 0x20 || scalar >= 0x7F && scalar < 0xA0 }

    /// Whether a character has no appearance of its own.
    ///
    /// Joiners, soft hyphens, bidirectional controls and variation selectors steer the layout; they are not lost when
    /// nothing is drawn for them.
    static func isInvisible(_ scalar: UInt32) -> Bool {
        scalar >= 0xAD && cunicode_is_default_ignorable(scalar) != 0
    }
}
