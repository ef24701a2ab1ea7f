// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Joins the lines of hard-wrapped paragraphs, so that pages are filled to their own width.
///
/// A text wrapped at 72 columns (Project Gutenberg, mail, many README files) leaves a large part of each page empty or
/// full of line marks. Two lines are joined only where a greedy wrapper must have broken: the line fits the wrap width
/// and the next word would not have. The wrap width is learnt from the whole text, and a paragraph is joined only when
/// nearly all its breaks agree with it. Verse, lists, tables, code, headings, quotes, front matter, addresses and
/// Markdown hard breaks stay as they are (`ReflowLine` has the rules); where in doubt, so does everything else.
///
/// Only the bytes of a joined line end change, each to a space, so the length and every source range stay valid and
/// the original can be restored. A joined `\r\n` is therefore two spaces; `GlyphDocuments` reads text with `\n` alone.
/// Lines that meet at a script written without spaces are not joined: no single byte is an invisible separator.
public enum Reflow {
    /// Joins hard-wrapped paragraphs at the wrap widths that suit the text best, convincing or not.
    ///
    /// Takes time linear in the text and memory for the longest paragraph and one integer a joined line end.
    public static func apply(_ text: SourceText) -> ReflowResult {
        join(text) { _ in true }
    }

    /// Does what a configuration says: nothing, `apply`, or `apply` where the text is hard-wrapped: enough paragraphs of
    /// at least three lines agree on a wrap width.
    public static func apply(_ text: SourceText, _ setting: RenderConfig.Reflow) -> ReflowResult {
        switch setting {
        case .off: ReflowResult(text: text, joinedOffsets: [])
        case .on: apply(text)
        case .auto: join(text, if: \.isConvincing)
        }
    }

    private static func join(_ text: SourceText, if condition: (WrapWidths) -> Bool) -> ReflowResult {
        let offsets = text.utf8.withUnsafeBufferPointer { bytes -> [Int] in
            let widths = WrapWidths(of: bytes)
            guard condition(widths), !widths.accepted.isEmpty else { return [] }
            var offsets: [Int] = []
            ReflowParagraph.forEach(in: bytes) { paragraph in
                guard let joined = widths.accepted.lazy.compactMap(paragraph.breaks(wrappedAt:)).first else { return }
                for index in joined where !paragraph.lines[index].keepsBreak {
                    offsets.append(contentsOf: paragraph.lines[index].lineEnd)
                }
            }
            return offsets
        }
        guard !offsets.isEmpty else { return ReflowResult(text: text, joinedOffsets: []) }
        var bytes = text.utf8
        for offset in offsets { bytes[offset] = UInt8(ascii: " ") }
        return ReflowResult(text: SourceText(unchecked: bytes), joinedOffsets: offsets)
    }
}

/// A text with joined lines, and what it takes to undo that.
public struct ReflowResult: Sendable {
    /// The text to lay out, of the original's length.
    public let text: SourceText
    /// The line-end bytes that are now spaces, in ascending order; two neighbours were `\r\n`, others `\n`.
    public let joinedOffsets: [Int]
}
