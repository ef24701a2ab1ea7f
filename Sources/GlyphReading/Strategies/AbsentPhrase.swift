// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What a reader was told to say where its pages do not tell.
struct AbsentPhrase {
    /// Its words as they were given, with one space between them.
    private let words: String

    init(_ phrase: String) { words = Self.words(of: phrase) }

    /// Whether an answer begins with the phrase, whatever the reader thought before and put around it.
    ///
    /// Letter for letter it is the phrase whatever follows. In other capitals it may be what the pages say ("Not found
    /// wanting."), so that it must be all that is said, or all of the first sentence.
    func begins(_ answer: String) -> Bool {
        guard !words.isEmpty else { return false }
        let answer = answer.withoutThoughts.withoutMarks.trimmed
        let said = Self.words(of: answer)
        if said.hasPrefix(words), endsWord(before: said.dropFirst(words.count)) { return true }
        let first = answer.prefix { !".!?:。！？：\n".contains($0) }
        return [said, Self.words(of: String(first))].contains { $0.lowercased() == words.lowercased() }
    }

    /// Scripts without spaces have no ends of words to be told by.
    private func endsWord(before rest: Substring) -> Bool {
        rest.first ?? " " == " " || words.unicodeScalars.last?.isIdeographic == true
    }

    /// Without full stops, quotation marks and all else that is no word.
    private static func words(of text: String) -> String {
        text.split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
    }
}
