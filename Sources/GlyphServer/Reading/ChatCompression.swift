// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphDocuments
import GlyphPage
import GlyphTokens

/// Turns the long texts of a conversation into pages and leaves the rest as it is.
///
/// A text of a user's message that is longer than the threshold becomes images at the place where it stood; for a reader
/// of pages alone, every text but the question. Clients that know nothing of this put document and question into one text,
/// so its last paragraph, if it is short, stays a text after the pages. Images that the client sent, and what system and
/// assistant said, are passed on unchanged: many chat templates have no place for images there.
struct ChatCompression: Sendable {
    /// The `glyph` object of a request: `Look`'s fields, and these.
    ///
    /// | field | meaning |
    /// |---|---|
    /// | `enabled` | false passes everything on as it is |
    /// | `threshold` | texts of more tokens than this become pages |
    /// | `strategy`, `window`, `combine` | as `Division` has them, without `focus` |
    struct Options: Sendable {
        var look: Look
        var division: Division
        var isEnabled: Bool
        var threshold: Int

        init(_ fields: inout JSONFields, look: Look, _ limits: ServiceLimits) throws {
            self.look = look
            division = try Division(&fields, limits, strategies: [.auto, .whole, .windowed])
            isEnabled = try fields.bool("enabled", default: true)
            threshold = try fields.int("threshold", in: 0...100_000_000, default: 2000)
        }
    }

    private let maker: PageMaker
    private(set) var options: Options
    /// Whether the reader takes nothing but pages and one question.
    private let readsPagesAlone: Bool

    init(_ maker: PageMaker, _ options: Options, readsPagesAlone: Bool) {
        (self.maker, self.options, self.readsPagesAlone) = (maker, options, readsPagesAlone)
    }

    /// The same with fewer pixels.
    func coarser() -> ChatCompression {
        var compression = self
        compression.options.look = options.look.coarser()
        return compression
    }

    /// Compresses a conversation.
    ///
    /// - Returns: The conversation to send to the reader, what was saved in all, and the texts that became pages.
    /// - Throws: `InputError`, and what `PageMaker` throws.
    func compress(_ messages: [ChatMessage]) async throws -> Compressed {
        var total = (pages: 0, textTokens: 0, visualTokens: 0)
        var documents: [DrawnDocument] = []
        var result = messages
        let last = Self.lastText(messages)
        for index in messages.indices where options.isEnabled && messages[index].role == .user {
            let parts: [ContentPart] =
                switch messages[index].content {
                case .text(let text): [.text(text)]
                case .parts(let parts): parts
                }
            var compressed: [ContentPart] = []
            var isChanged = false
            for (place, part) in parts.enumerated() {
                let isLast = last.map { $0 == (index, place) } ?? false
                guard case .text(let text) = part,
                    let (drawn, rest) = try await draw(text, isLast: isLast, beside: documents.count)
                else {
                    compressed.append(part)
                    continue
                }
                isChanged = true
                documents.append(drawn)
                total.pages += drawn.pages.count
                total.textTokens += drawn.textTokens
                total.visualTokens += drawn.visualTokens
                guard total.pages <= maker.limits.pages else {
                    throw InputError(
                        at: "messages[\(index)]",
                        "the conversation has more than \(maker.limits.pages) pages",
                        expected: "at most \(maker.limits.pages)"
                    )
                }
                compressed += drawn.pages.map { .image(ImageURL(png: $0.png)) }
                if let rest { compressed.append(.text(rest)) }
            }
            if isChanged { result[index].content = .parts(compressed) }
        }
        var facts = CompressionFacts(
            pages: total.pages,
            textTokens: total.textTokens,
            visualTokens: total.visualTokens,
            reader: options.look.family.name,
            hasScans: documents.contains { $0.compression.hasScans }
        )
        facts.coarser = documents.first?.compression.coarser
        return Compressed(messages: result, facts: facts, documents: documents)
    }

    /// A conversation with pages in it.
    struct Compressed: Sendable {
        var messages: [ChatMessage]
        var facts: CompressionFacts
        var documents: [DrawnDocument]

        /// What the last message asks: its texts.
        var question: String { messages.last.map { Self.text(of: $0) } ?? "" }

        /// What was said before the last message, without the pages.
        var said: [(speaker: String, text: String)] {
            messages.dropLast().map { message in
                let role = message.role.rawValue
                return (role.prefix(1).uppercased() + role.dropFirst(), Self.text(of: message))
            }.filter { !$0.1.isEmpty }
        }

        /// Whether pictures are in it that are no pages of ours.
        var hasClientImages: Bool { pictureCount > documents.reduce(0) { $0 + $1.pages.count } }

        private var pictureCount: Int {
            messages.reduce(0) { count, message in
                guard case .parts(let parts) = message.content else { return count }
                return count + parts.count { if case .image = $0 { true } else { false } }
            }
        }

        private static func text(of message: ChatMessage) -> String {
            switch message.content {
            case .text(let text): text
            case .parts(let parts):
                parts.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
            }
        }
    }

    /// Where the last text of the user's stands: the message and the part of it.
    private static func lastText(_ messages: [ChatMessage]) -> (Int, Int)? {
        guard let index = messages.lastIndex(where: { $0.role == .user }) else { return nil }
        switch messages[index].content {
        case .text: return (index, 0)
        case .parts(let parts):
            return parts.lastIndex { if case .text = $0 { true } else { false } }.map { (index, $0) }
        }
    }

    private func draw(
        _ text: String,
        isLast: Bool,
        beside others: Int
    ) async throws -> (DrawnDocument, rest: String?)? {
        var (document, question) = Self.split(text)
        if readsPagesAlone {
            // A short text beside documents is the question, however many paragraphs it has.
            let isQuestion = isLast && (question == nil || others > 0 && text.utf8.count <= Self.questionBytes)
            guard !isQuestion, text.contains(where: { !$0.isWhitespace }) else { return nil }
            // Such a reader is not told what was asked before, and what is no question must not get lost with that.
            if !isLast, question.map({ "?？".contains($0.last ?? ".") }) != true { (document, question) = (text, nil) }
        } else {
            // No token is shorter than a byte.
            guard text.utf8.count > options.threshold, try await maker.tokens(of: text) > options.threshold else {
                return nil
            }
        }
        let source = Document(name: "text", text: SourceText(document))
        return (try await maker.make(source, options.look), question)
    }

    /// The longest last paragraph that still passes for a question, in bytes.
    static let questionBytes = 2000

    /// Separates a short last paragraph from what stands before it.
    static func split(_ text: String) -> (document: String, question: String?) {
        // In bytes: a carriage return and a line feed are one character, which is equal to neither.
        func trimmed(_ bytes: Substring.UTF8View) -> Substring.UTF8View {
            bytes.lastIndex { !" \t\r\n".utf8.contains($0) }.map { bytes[...$0] } ?? bytes.prefix(0)
        }
        let newline = UInt8(ascii: "\n")
        let whole = trimmed(text[...].utf8)
        var above = whole
        while let lineEnd = above.lastIndex(of: newline) {
            let question = whole[whole.index(after: lineEnd)...]
            guard question.count <= questionBytes else { break }
            above = whole[..<lineEnd]
            let line = above.lastIndex(of: newline).map { above[above.index(after: $0)...] } ?? above
            guard trimmed(line).isEmpty else { continue }
            let document = trimmed(above)
            return document.isEmpty ? (text, nil) : (String(Substring(document)), String(Substring(question)))
        }
        return (text, nil)
    }
}
