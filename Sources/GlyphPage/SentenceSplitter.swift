// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Finds where sentences begin and end.
///
/// A sentence ends with `.`, `!`, `?`, `…` or their full-width forms (and what closes quotations or brackets) before
/// white space, or with a blank line. Known abbreviations, initials and a lower-case continuation do not end one. That
/// is simpler than a trained splitter, and makes the same sentences everywhere.
public enum SentenceSplitter {
    private static let terminators: Set<Unicode.Scalar> = [".", "!", "?", "…"]
    /// These need no white space after them.
    private static let wideTerminators: Set<Unicode.Scalar> = ["。", "！", "？"]
    private static let closers: Set<Unicode.Scalar> = ["\"", "'", "”", "’", ")", "]", "»", "」", "』", "）", "》"]
    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "st", "prof", "rev", "jr", "sr", "vs", "no", "vol", "fig", "cf", "e.g", "i.e", "col",
        "gen", "capt", "hon", "messrs", "mme", "mlle",
    ]

    /// The bytes of each sentence, without the white space around it.
    public static func ranges(of text: String) -> [SourceRange] {
        var text = text
        text.makeContiguousUTF8()
        let scalars = text.unicodeScalars
        var ranges: [SourceRange] = []
        var start: String.Index?
        // Kept as scalars pass: looked for at every full stop, it would take quadratic time on a list of numbers.
        var hasLetter = false
        var end = scalars.startIndex
        func finish() {
            guard let begin = start else { return }
            ranges.append(SourceRange(begin.byteOffset(in: text), end.byteOffset(in: text)))
            start = nil
            hasLetter = false
        }
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            if scalar.properties.isWhitespace {
                var newlines = 0
                while index < scalars.endIndex, scalars[index].properties.isWhitespace {
                    if scalars[index] == "\n" { newlines += 1 }
                    index = scalars.index(after: index)
                }
                if newlines > 1 { finish() }
                continue
            }
            if start == nil { start = index }
            let at = index
            index = scalars.index(after: index)
            end = index
            guard terminators.contains(scalar) || wideTerminators.contains(scalar) else {
                hasLetter = hasLetter || scalar.properties.isAlphabetic
                continue
            }
            while index < scalars.endIndex,
                terminators.contains(scalars[index]) || wideTerminators.contains(scalars[index])
                    || closers.contains(scalars[index])
            {
                index = scalars.index(after: index)
            }
            end = index
            if wideTerminators.contains(scalar)
                || endsSentence(scalars, from: start ?? at, hasLetter: hasLetter, terminator: at, next: index)
            {
                finish()
            }
        }
        finish()
        return ranges
    }

    private static func endsSentence(
        _ scalars: String.UnicodeScalarView,
        from start: String.Index,
        hasLetter: Bool,
        terminator: String.Index,
        next: String.Index
    ) -> Bool {
        guard next < scalars.endIndex else { return true }
        guard scalars[next].properties.isWhitespace else { return false }
        if let follower = scalars[next...].first(where: { !$0.properties.isWhitespace }),
            follower.properties.isLowercase
        {
            return false
        }
        guard scalars[terminator] == "." else { return true }
        let token = scalars[start..<terminator].reversed().prefix { !$0.properties.isWhitespace }
        // A number ends a sentence, but not where it is all there is so far, as in a list.
        if token.contains(where: { $0.properties.numericType != nil }) { return hasLetter }
        let word = token.prefix { $0.properties.isAlphabetic || $0 == "." }
        let last = String(String.UnicodeScalarView(word.reversed()))
        return last.unicodeScalars.count > 1 && !abbreviations.contains(last.lowercased())
    }
}

extension String.Index {
    /// The byte offset in a text with contiguous UTF-8.
    fileprivate func byteOffset(in text: String) -> Int { text.utf8.distance(from: text.utf8.startIndex, to: self) }
}
