// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphPage

/// Running text cut into sentences, the haystack of needles and the place of lookups.
package struct Prose: Sendable {
    /// The text as it was given.
    package let text: String
    /// The bytes of each sentence, without the white space around it.
    package let ranges: [SourceRange]
    /// The sentences; runs of white space are one space.
    package let sentences: [String]

    /// Cuts a text into sentences.
    ///
    /// - Throws: `InputError` if there are fewer than two.
    package init(_ text: String, source: String = "text") throws {
        var text = text
        text.makeContiguousUTF8()
        let bytes = Array(text.utf8)
        self.text = text
        ranges = SentenceSplitter.ranges(of: text)
        sentences = ranges.map { range in
            String(decoding: bytes[range.lowerBound..<range.upperBound], as: UTF8.self).collapsedWhiteSpace
        }
        guard sentences.count > 1 else {
            throw InputError(
                at: source,
                "there \(sentences.isEmpty ? "is no sentence" : "is only one sentence")",
                expected: "prose of at least two sentences"
            )
        }
    }
}
