// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The words of a question that tell where in a document its answer may stand.
struct QuestionWords {
    /// Lower-case words of four bytes or more, and pairs of neighbours of scripts without spaces.
    let words: [[UInt8]]

    init(_ question: String) {
        var words = Set<[UInt8]>()
        for word in question.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
            let scalars = Array(word.unicodeScalars)
            if scalars.contains(where: \.isIdeographic) {
                for pair in zip(scalars, scalars.dropFirst()) { words.insert(Array("\(pair.0)\(pair.1)".utf8)) }
            } else if word.utf8.count >= 4, !Self.common.contains(word.lowercased()) {
                words.insert(Array(word.lowercased().utf8))
            }
        }
        self.words = words.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// How many of the words stand near a place of the text.
    func count(near place: SourceRange, in text: SourceText) -> Int {
        guard !words.isEmpty else { return 0 }
        let low = max(0, place.lowerBound - Self.reach)
        let high = min(text.utf8.count, place.upperBound + Self.reach)
        let near = text.utf8[low..<high].map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return words.count { near.firstRange(of: $0) != nil }
    }

    /// Bytes before and behind that count as near: about two lines.
    private static let reach = 160
    private static let common: Set<String> = [
        "what", "which", "where", "when", "whose", "does", "that", "this", "with", "from", "have", "there", "their",
        "about", "document", "text", "page", "pages",
    ]
}
