// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI

extension String {
    /// An answer without what the model thought before it and the marks around it.
    var withoutThoughts: String {
        var splitter = ReasoningSplitter(ReasoningTags())
        var pieces = splitter.push(self)
        pieces += splitter.finish()
        return pieces.map { if case .answer(let text) = $0 { text } else { "" } }.joined()
    }

    /// The text without tags and other marks of models, such as `<|begin_of_box|>`.
    var withoutMarks: String { replacing(/<\|?\/?[a-z_]{1,24}\|?>/.ignoresCase(), with: "") }
}
