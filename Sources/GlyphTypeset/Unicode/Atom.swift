// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The smallest piece of a paragraph that moves to another line as a whole: what stands between two line-break
/// opportunities, with the white space after it.
///
/// Atoms are shaped once and alone, so a line is a sum of widths and nothing is shaped again where a line ends. The
/// price is kerning across a break opportunity (after a hyphen, say); contextual forms never reach across one.
struct Atom {
    /// The bytes of the paragraph's window it covers, white space included.
    var start: Int
    var end: Int
    /// Where the hanging white space starts.
    var contentEnd: Int
    /// Its pieces in logical order, in the window's `runs`.
    var firstRun: Int
    var endRun: Int
    /// The width of everything before `contentEnd`, in pixels.
    var width: Double
    /// Whether the cut before it is one of ours in the middle of a long word, where a line is filled to the brim.
    var continuesWord = false
}

/// A piece of an atom that is placed as a whole: shaped text of one font, direction and script, or white space.
struct Run {
    enum Kind: UInt8 { case text, space, tab }

    var kind: Kind
    /// The bidirectional embedding level; odd ones run from right to left.
    var level: UInt8
    /// The font, an index into the chain.
    var font: UInt16
    /// The shaped glyphs in the `ShapeCache`, for text.
    var shape: Int32
    /// The bytes of the window it covers.
    var start: Int32
    var end: Int32
    /// In pixels; of a tab, 0, because its width depends on where it stands.
    var width: Double
}
