// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What a sequence asks of the model.
///
/// The first five are the paper's continual pre-training (section 3.1): recognition, interleaved language modelling and
/// generation. The others are questions in the model's chat format, as fine-tuning asks them.
enum TaskKind: String, Sendable, CaseIterable {
    /// A page, then its text.
    case transcribe
    /// Several pages, then the text of them all.
    case transcribePages = "transcribe-pages"
    /// A page, the numbers of some of its lines, then their text.
    case transcribeLines = "transcribe-lines"
    /// Text, a page with what follows, and the text that follows the page.
    case interleave
    /// A page and some words from the middle of it: the text goes on as the page does. One place or several.
    case resume
    /// A chat: write down what the page says.
    case instructed = "transcribe-chat"
    /// A chat: what is the number, word or UUID that the page gives for a key? Some keys are not there.
    case needle
    /// A chat: quote the sentence that mentions a phrase.
    case lookup
    /// A chat: what is the value of a field, as contracts and invoices have them? Some fields are not there.
    case field
    /// A chat: what does the page say about some words of it? Some are words of other pages.
    case phrase

    /// Whether a person asks, so that there is one right answer.
    var isQuestion: Bool {
        switch self {
        case .needle, .lookup, .field, .phrase: true
        case .transcribe, .transcribePages, .transcribeLines, .interleave, .resume, .instructed: false
        }
    }
}
