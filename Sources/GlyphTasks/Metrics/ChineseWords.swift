// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// How Chinese is cut into words before they are counted.
package enum ChineseWords: Sendable {
    /// Every character is a word, runs of other letters and digits are one: needs no data, and is **not** LongBench's.
    ///
    /// Scores differ from the published ones in both directions, so a report must say which of the two it holds.
    case characters
    /// The package jieba, whose tables the caller supplies: LongBench's numbers.
    case jieba(JiebaSegmenter)

    /// What a report calls it.
    package var name: String {
        switch self {
        case .characters: "characters"
        case .jieba: "jieba"
        }
    }

    func cut(_ text: PythonText.Word) -> [PythonText.Word] {
        switch self {
        case .characters: Self.cutCharacters(text)
        case .jieba(let segmenter): segmenter.cut(text)
        }
    }

    private static func cutCharacters(_ text: PythonText.Word) -> [PythonText.Word] {
        var words: [PythonText.Word] = []
        var run: PythonText.Word = []
        for value in text {
            let isIdeograph = Unicode.Scalar(value)?.properties.isIdeographic ?? false
            if PythonText.isWord(value), !isIdeograph {
                run.append(value)
                continue
            }
            if !run.isEmpty { words.append(run) }
            run = []
            words.append([value])
        }
        return run.isEmpty ? words : words + [run]
    }
}
