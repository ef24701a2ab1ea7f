// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// An answer with the places of the document that it rests on.
public struct CitedAnswer: Sendable, Equatable {
    /// What a reader says that the document says.
    public struct Citation: Sendable, Equatable {
        public var quote: String
        /// The page that the reader named.
        public var claimedPage: Int?
        /// Where it stands; nothing if that could not be found, or not without doubt.
        public var match: QuoteFinder.Match?
        /// Why it has no place.
        public var doubt: Doubt?
    }

    /// Why a citation has no place.
    public enum Doubt: String, Sendable {
        /// The document does not say it.
        case absent
        /// It has so few letters that it stands anywhere, and not once on the page that was named.
        case tooShort = "too short"
        /// It says too little to be one of its several places.
        case severalPlaces = "several places"
    }

    /// The answer without its quotations.
    public var answer: String
    public var citations: [Citation]

    /// Takes a reply apart and looks every quotation up.
    ///
    /// - Parameters:
    ///   - reply: what the reader wrote.
    ///   - finder: finds quotations in the document.
    ///   - pages: the pages that were read, where the answer is looked for if nothing is quoted.
    public init(reply: String, finder: QuoteFinder, pages: [Int]) {
        let (answer, quotes) = QuoteList.split(reply)
        self.answer = answer
        citations = zip(quotes, finder.find(quotes.map { ($0.text, $0.page) })).map { quote, match in
            let doubt: Doubt = QuoteFinder.isTooShort(quote.text) ? .tooShort : .absent
            return Citation(
                quote: quote.text,
                claimedPage: quote.page,
                match: match,
                doubt: match == nil ? doubt : nil
            )
        }
        if quotes.isEmpty {
            citations = finder.locate(answer, onPages: pages).map {
                Citation(
                    quote: $0.part,
                    claimedPage: nil,
                    match: $0.match,
                    doubt: $0.match == nil ? .severalPlaces : nil
                )
            }
        }
    }

    /// What is added to a question so that a reader quotes; `pages` are the numbers of those that it is shown.
    public static func instruction(pages: ClosedRange<Int>, isChinese: Bool) -> String {
        instruction(
            opening: isChinese
                ? "图像依次是第 \(pages.lowerBound) 页到第 \(pages.upperBound) 页。"
                : "The images are pages \(pages.lowerBound) to \(pages.upperBound), in order.",
            isChinese: isChinese
        )
    }

    /// What is added to a question so that a reader quotes; `opening` says what it is shown.
    public static func instruction(opening: String, isChinese: Bool) -> String {
        if isChinese {
            return "\n\n\(opening)回答之后另起一行只写“引文：”，"
                + "然后写一到五行，每行的格式是\n[第 N 页] \"原文\"\n逐字抄录回答所依据的原文。"
        }
        return
            "\n\n\(opening) After your answer write a "
            + "line that says only QUOTES: and below it one to five lines of the form\n[page N] \"exact words\"\n"
            + "that copy, letter for letter, the words of the document on which the answer rests."
    }
}

extension CitedAnswer {
    private static let headings = ["QUOTES", "QUOTE", "引文", "引用"]
    private static let headingLength = 20

    /// Whether a line is the heading of the quotations.
    package static func isHeading(_ line: Substring) -> Bool {
        line.count < headingLength && headings.contains(line.filter(\.isLetter).uppercased())
    }

    /// Whether a line that is still being written may become that heading.
    package static func mayBecomeHeading(_ line: Substring) -> Bool {
        let letters = line.filter(\.isLetter).uppercased()
        return line.count < headingLength && headings.contains { $0.hasPrefix(letters) }
    }
}

/// The quotations at the end of a reply.
enum QuoteList {
    struct Quote: Equatable {
        var text: String
        var page: Int?
    }

    /// The reply before its list of quotations, and the list.
    static func split(_ reply: String) -> (answer: String, quotes: [Quote]) {
        let lines = reply.split(separator: "\n", omittingEmptySubsequences: false)
        guard let heading = lines.lastIndex(where: CitedAnswer.isHeading) else { return (reply.trimmed, []) }
        let quotes = lines[(heading + 1)...].compactMap(quote)
        return (lines[..<heading].joined(separator: "\n").trimmed, quotes)
    }

    private static func quote(_ line: Substring) -> Quote? {
        var rest = Substring(String(line).trimmed)
        while let first = rest.first, "-*•>0123456789.) ".contains(first) { rest = rest.dropFirst() }
        var page: Int?
        // The number stands in brackets before or behind the words, never inside of them.
        if let open = rest.firstIndex(where: { "\"“「『".contains($0) }),
            let close = rest.lastIndex(where: { "\"”」』".contains($0) }), open < close
        {
            page = number(in: rest[..<open]) ?? number(in: rest[close...])
            rest = rest[rest.index(after: open)..<close]
        } else if let open = rest.firstIndex(of: "["), let close = rest.firstIndex(of: "]"), open < close {
            page = number(in: rest[open..<close])
            rest = rest[rest.index(after: close)...]
        }
        let text = String(rest).trimmed
        return text.isEmpty ? nil : Quote(text: text, page: page)
    }

    private static func number(in text: Substring) -> Int? {
        Int(text.drop { !$0.isASCII || !$0.isNumber }.prefix { $0.isASCII && $0.isNumber })
    }
}
