// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphAPI
public import GlyphPage

/// The one place where pages and a question become a prompt.
///
/// Order is fixed: every page as an image, first page first, then the question as text – the order that Glyph's paper
/// (section 3.1) defines and its released model was trained on. It also keeps the pages a shared prefix, so a server's
/// prefix cache answers a second question about the same document without reading it again.
///
/// A prompt with a hole is refused here: a reader that never saw page 7 answers as fluently as one that did.
public struct PagePrompt: Sendable {
    /// The pages, in order and without gaps.
    public let pages: [EncodedPage]
    /// What is asked about them.
    public let question: String
    /// Text about the pages that stands between them and the first question: exact strings that are on them.
    public let facts: String?
    /// What was asked and answered before, oldest first.
    public let history: [Turn]
    /// The turns of a conversation that was made elsewhere.
    private var conversation: [ChatMessage]?

    /// A question that was answered.
    public struct Turn: Sendable, Equatable {
        public var question: String
        public var answer: String

        public init(question: String, answer: String) {
            (self.question, self.answer) = (question, answer)
        }
    }

    /// Checks that the pages are exactly those of the window.
    ///
    /// - Parameters:
    ///   - pages: The pages in reading order.
    ///   - total: The number of pages of the whole document.
    ///   - window: The pages to read when not all of them: first and last number, counted from 1.
    ///   - question: What to ask; sent as it is.
    ///   - facts: Text that stands between the pages and the first question.
    ///   - history: What was asked and answered before.
    /// - Throws: `InputError` for a missing, repeated or misplaced page, one that is not a PNG of the declared size,
    ///   and an empty question.
    public init(
        pages: [EncodedPage],
        total: Int,
        window: ClosedRange<Int>? = nil,
        question: String,
        facts: String? = nil,
        history: [Turn] = []
    ) throws {
        guard total >= 1 else {
            throw InputError(at: "pages", "the document has no pages", remedy: "Is the document empty?")
        }
        let window = window ?? 1...total
        guard window.lowerBound >= 1, window.upperBound <= total else {
            throw InputError(
                at: "pages",
                "the window \(window.lowerBound)–\(window.upperBound) leaves the document",
                expected: "pages within 1–\(total)"
            )
        }
        try Self.check(pages, against: window, of: total)
        try self.init(checked: pages, question, facts, history)
    }

    /// A prompt with some pages of a document, which need not follow each other.
    ///
    /// - Parameters:
    ///   - pages: The pages in reading order.
    ///   - chosen: The numbers that they must have; may be empty, if all that is known stands in `facts`.
    ///   - total: The number of pages of the whole document.
    ///   - question: What to ask; sent as it is, so it must say which pages these are.
    ///   - facts: Text that stands between the pages and the question.
    /// - Throws: `InputError` for a missing, repeated or misplaced page, one that is not a PNG of the declared size,
    ///   and an empty question.
    public init(
        pages: [EncodedPage],
        chosen: [Int],
        total: Int,
        question: String,
        facts: String? = nil
    ) throws {
        try Self.check(pages, against: chosen, of: total)
        try self.init(checked: pages, question, facts, [])
    }

    /// A prompt without pages, for a question about text that is already in it.
    ///
    /// - Throws: `InputError` for an empty question.
    public init(textOnly question: String) throws {
        try self.init(checked: [], question, nil, [])
    }

    /// The same pages in the same order, asked once more after an answer.
    ///
    /// - Throws: `InputError` for an empty question.
    public func followed(by question: String, after answer: String) throws -> PagePrompt {
        let turn = Turn(question: self.question, answer: answer)
        return try PagePrompt(checked: pages, question, facts, history + [turn])
    }

    /// A conversation as it is, for a server that passes on what its clients say.
    ///
    /// Whoever makes it has already put pages where they belong.
    ///
    /// - Throws: `InputError` when there are no messages.
    public init(conversation: [ChatMessage]) throws {
        guard !conversation.isEmpty else { throw InputError(at: "messages", "there are none") }
        (pages, question, facts, history) = ([], "", nil, [])
        self.conversation = conversation
    }

    private init(checked pages: [EncodedPage], _ question: String, _ facts: String?, _ history: [Turn]) throws {
        guard question.contains(where: { !$0.isWhitespace }) else {
            throw InputError(at: "question", "it is empty")
        }
        (self.pages, self.question, self.facts, self.history) = (pages, question, facts, history)
    }

    /// The conversation to send, unless it was given: the pages, what is known about them and the first question in
    /// one user message, then the turns.
    ///
    /// What was sent before is sent again byte for byte, so that a server's prefix cache knows it.
    ///
    /// Memory: base64 makes a third more of each page, so the result holds 4/3 of the PNG bytes; the pages' own bytes
    /// stay with the caller.
    public var messages: [ChatMessage] {
        if let conversation { return conversation }
        let images = pages.map { ContentPart.image(ImageURL(png: $0.png)) }
        let texts = [facts, history.first?.question ?? question].compactMap { $0 }.map(ContentPart.text)
        var messages = [ChatMessage(role: .user, content: .parts(images + texts))]
        let later = history.dropFirst().map(\.question) + [question]
        for (turn, next) in zip(history, later) {
            messages.append(ChatMessage(role: .assistant, content: .text(turn.answer)))
            messages.append(ChatMessage(role: .user, content: .text(next)))
        }
        return messages
    }

    private static func check(_ pages: [EncodedPage], against window: some Collection<Int>, of total: Int) throws {
        let numbers = pages.map(\.number)
        guard numbers.elementsEqual(window) else {
            let missing = window.filter { !numbers.contains($0) }
            let problem =
                if !missing.isEmpty {
                    "missing of \(total): \(list(missing))"
                } else if numbers.count > window.count {
                    "\(numbers.count) pages where \(window.count) belong: \(list(numbers))"
                } else {
                    "out of order: \(list(numbers))"
                }
            throw InputError(
                at: "pages",
                problem,
                expected: "every page of \(list(Array(window))), once and in order"
            )
        }
        for page in pages { try checkPNG(page) }
    }

    /// Compares the file's signature and header with what the page claims.
    private static func checkPNG(_ page: EncodedPage) throws {
        guard let header = PNGHeader(page.png) else {
            throw InputError(at: "page \(page.number)", "its \(page.png.count) bytes are not a PNG file")
        }
        guard (header.width, header.height) == (page.width, page.height) else {
            throw InputError(
                at: "page \(page.number)",
                "the PNG is \(header.width)×\(header.height) pixels",
                expected: "\(page.width)×\(page.height)"
            )
        }
    }

    private static func list(_ numbers: [Int]) -> String {
        numbers.map(String.init).listed(atMost: 12)
    }
}
