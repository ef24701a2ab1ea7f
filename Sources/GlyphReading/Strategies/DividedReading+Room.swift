// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension DividedReading {
    /// The tokens of one prompt of pages and of all that stands beside them.
    ///
    /// - Parameters:
    ///   - pages: How many pages there are.
    ///   - visualTokens: What all of them cost.
    ///   - question: What is asked about them.
    /// - Returns: Visual and text tokens together.
    public func promptTokens(ofPages pages: Int, costing visualTokens: Int, question: String) -> Int {
        visualTokens + textTokens(beside: pages, question)
    }

    /// The most pages of a prompt of a document that does not fit one.
    ///
    /// - Parameters:
    ///   - pages: How many pages there are.
    ///   - visualTokens: What all of them cost.
    ///   - question: What is asked about them.
    /// - Returns: The number; nil where one prompt holds all pages, or the reader does not tell.
    public func mostPages(of pages: Int, costing visualTokens: Int, question: String) -> Int? {
        guard let room else { return nil }
        let text = textTokens(beside: pages, question)
        return room.holds(visualTokens + text)
            ? nil : room.window(ofPages: pages, costing: visualTokens, beside: text)
    }

    /// The exact strings of a part of the pages are no more than those of all.
    private func textTokens(beside pages: Int, _ question: String) -> Int {
        let sheet = facts?.sheet(for: 1...max(1, pages), question: question)
        return countTokens(question) + (sheet?.tokens ?? 0) + spare
    }
}
