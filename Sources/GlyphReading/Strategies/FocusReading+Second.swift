// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

extension FocusReading {
    /// How the chosen pages are read closely.
    public enum Second: Sendable {
        /// In one prompt, with the exact strings that ride beside its pages.
        case prompt(PagePrompt, FactBook.Sheet?)
        /// In these windows, as the model's card wants.
        case windows([ClosedRange<Int>])
        /// None was chosen: all pages are read, as they would be without a first pass.
        case everything
    }

    /// What follows on the first pass.
    ///
    /// - Parameters:
    ///   - choice: what the first pass came to.
    ///   - question: what to ask.
    ///   - text: the document's text, to hand over instead of pages; nil shows the pages. Pictures stay pictures.
    ///   - cites: whether the reader shall quote.
    /// - Returns: what to send.
    /// - Throws: `InputError` for an empty question.
    public func second(
        after choice: Choice,
        question: String,
        handingOver text: SourceText? = nil,
        cites: Bool = false
    ) throws -> Second {
        if let card { return .windows(Self.windows(of: choice.pages, most: card.window)) }
        guard choice.isFocused else { return .everything }
        let (prompt, sheet) = try prompt(for: choice, question: question, handingOver: text, cites: cites)
        return .prompt(prompt, sheet)
    }

    private func prompt(
        for choice: Choice,
        question: String,
        handingOver text: SourceText?,
        cites: Bool
    ) throws -> (PagePrompt, FactBook.Sheet?) {
        let shown = fine.pages.filter { page in
            choice.pages.contains(page.number) && (text == nil || span(of: page.number).count == 0)
        }
        let sheet = text == nil ? facts?.sheet(for: choice.pages, question: question) : nil
        let note = note(for: choice, asText: text != nil)
        let prompt = try PagePrompt(
            pages: shown,
            chosen: shown.map(\.number),
            total: fine.pages.count,
            question: question
                + (cites ? CitedAnswer.instruction(opening: note, isChinese: isChinese) : "\n\n" + note),
            facts: text.map { self.text(of: choice.pages, in: $0) } ?? sheet?.text
        )
        return (prompt, sheet)
    }

    /// Runs of pages that follow each other, of at most `most` pages each.
    static func windows(of pages: [Int], most: Int) -> [ClosedRange<Int>] {
        pages.reduce(into: []) { windows, page in
            if let last = windows.last, last.upperBound + 1 == page, last.count < most {
                windows[windows.count - 1] = last.lowerBound...page
            } else {
                windows.append(page...page)
            }
        }
    }

    /// The exact words of pages, each under its number.
    private func text(of pages: [Int], in text: SourceText) -> String {
        let texts = pages.map { (number: $0, source: span(of: $0)) }.filter { $0.source.count > 0 }
        return texts.map { page in
            let bytes = text.utf8[page.source.lowerBound..<page.source.upperBound]
            return "[page \(page.number)]\n" + String(decoding: bytes, as: UTF8.self).trimmed + "\n\n"
        }.joined()
    }

    private func note(for choice: Choice, asText: Bool) -> String {
        let (list, total) = (choice.pages.map(String.init).joined(separator: isChinese ? "、" : ", "), fine.pages.count)
        let isOne = choice.pages.count == 1
        if isChinese {
            return asText
                ? "以上是一份 \(total) 页文档的第 \(list) 页的文字，每页之前有页码。"
                : "图像依次是一份 \(total) 页文档的第 \(list) 页。"
        }
        if asText {
            return "Above \(isOne ? "is page" : "are pages") \(list) of a document of \(total) pages as text, "
                + (isOne ? "after its number." : "each after its number.")
        }
        return (isOne ? "The image is page" : "The images are pages") + " \(list) of a document of \(total) pages"
            + (isOne ? "." : ", in order.")
    }

    private func span(of page: Int) -> SourceRange {
        fine.spans.indices.contains(page - 1) ? fine.spans[page - 1].source : SourceRange(0, 0)
    }
}
