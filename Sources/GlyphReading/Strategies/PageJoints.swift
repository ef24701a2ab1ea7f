// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// The white space between pages in the text that they were made from, which no page shows.
///
/// Where a page ends in the middle of a sentence, what was read of it and what is read of the next page belong together;
/// only the text knows whether a word ended with the page.
public struct PageJoints: Sendable {
    /// What stands in front of each page of text behind the first.
    private var joints: [Int: String] = [:]
    /// The pages that show nothing of the text.
    let pictures: Set<Int>

    /// The joints of a document's pages.
    ///
    /// - Parameters:
    ///   - text: What the pages were made from.
    ///   - spans: What each shows, in order.
    public init(_ text: SourceText, _ spans: [PageSpan]) {
        pictures = Set(spans.filter { $0.source.count == 0 }.map(\.number))
        let bytes = text.utf8
        func isSpace(_ index: Int) -> Bool { bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\n") }
        let shown = spans.filter { !pictures.contains($0.number) }
        for (page, next) in zip(shown, shown.dropFirst()) {
            var (start, end) = (page.source.upperBound, next.source.lowerBound)
            guard start <= end, end <= bytes.count else { continue }
            while start > page.source.lowerBound, isSpace(start - 1) { start -= 1 }
            while end < next.source.upperBound, isSpace(end) { end += 1 }
            joints[next.number] = String(decoding: bytes[start..<end], as: UTF8.self)
        }
    }

    /// What stands in front of a page; nil if that is not known, as for the first page and for pictures.
    public func before(page: Int) -> String? { joints[page] }

    /// What of a sentence was read before a page that goes on with it.
    ///
    /// - Parameters:
    ///   - page: The later page.
    ///   - read: What was read of the pages before it.
    /// - Returns: The beginning of the sentence with the joint after it; empty if a new one begins with the page.
    func unfinished(before page: Int, in read: String) -> String {
        guard let joint = joints[page], !joint.contains("\n") else { return "" }
        let tail = Array(read.suffix(Self.longestTail))
        let end = tail.indices.last { index in
            tail[index] == "\n" || ".!?".contains(tail[index]) && (index + 1 == tail.count || tail[index + 1] == " ")
        }
        // Of a sentence that began long before, from a word on.
        let start = end ?? (tail.count < read.count ? tail.firstIndex(of: " ") : -1) ?? tail.count - 1
        let sentence = String(tail[(start + 1)...].drop { $0 == " " })
        return sentence.isEmpty ? "" : sentence + joint
    }

    /// What a model is trained to take over from the page before, characters (`carry` in its training).
    private static let longestTail = 96
}
