// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphRaster
import GlyphTokens
import GlyphTypeset

/// What a rendering cost and what it lost, as people and programs read it.
struct Summary {
    let tokenizer: String
    let reader: ReaderFamily
    var pages = 0
    /// How many of them are pictures of a file's pages, whose text nobody knows.
    private(set) var pictures = 0
    var textTokens = 0
    /// Visual tokens as the reader counts them, the markers around each image included.
    private(set) var visualTokens = 0
    var pngBytes = 0
    var milliseconds = 0.0
    var losses = Losses()
    /// The size of every page in pixels.
    private(set) var sizes: [(width: Int, height: Int)] = []

    init(tokenizer: String, reader: ReaderFamily) {
        self.tokenizer = tokenizer
        self.reader = reader
    }

    /// Text tokens for every visual token: how many times shorter the prompt becomes.
    var ratio: Double? { compression(to: visualTokens) }

    /// The same for a reader that counts so many visual tokens.
    ///
    /// - Returns: The ratio; nil where pages are pictures, which have no text to compare with.
    func compression(to visualTokens: Int) -> Double? {
        guard pictures == 0 else { return nil }
        return visualTokens > 0 ? Double(textTokens) / Double(visualTokens) : 0
    }

    mutating func add(_ page: RenderPipeline.FinishedPage) {
        pages += 1
        if page.scan != nil { pictures += 1 }
        sizes.append((page.width, page.height))
        pngBytes += page.byteCount
        losses += page.losses
    }

    /// Counts what only the whole document tells: some readers charge once for a request, however many pages it has.
    mutating func finish(textTokens: Int, milliseconds: Double) throws {
        self.textTokens = textTokens
        self.milliseconds = milliseconds
        visualTokens = try reader.promptTokens(forImages: sizes)
    }

    /// The summary in lines for a person.
    var text: String {
        let firstSize = sizes.first ?? (0, 0)
        let rate = milliseconds > 0 ? Double(pages) / milliseconds * 1000 : 0
        var lines = [
            "\(Self.counted(pages, "page")), the first \(firstSize.width)×\(firstSize.height) px, "
                + "\(Self.bytes(pngBytes)) of PNG",
            cost,
            "\(Self.time(milliseconds)), \(Self.grouped(Int(rate.rounded()))) pages a second",
        ]
        if !losses.isEmpty { lines.append("Not shown as written: \(Self.describe(losses))") }
        return lines.concatenated(by: "\n")
    }

    /// What the pages cost, and how that compares with their text where all of them have one.
    private var cost: String {
        let text = "\(Self.counted(textTokens, "text token")) (\(tokenizer))"
        let cost = Self.counted(visualTokens, "visual token") + " (\(reader.name))"
        guard let ratio else {
            let share = "\(Self.grouped(pictures)) of \(Self.counted(pages, "page")) \(pictures == 1 ? "is a" : "are")"
            return (textTokens > 0 ? "\(text) and pictures → " : "") + cost
                + "; \(share) picture\(pictures == 1 ? "" : "s") without a text to compare with"
        }
        let isFewer = ratio >= 1 || ratio == 0
        return "\(text) → \(cost): " + Self.decimal(isFewer ? ratio : 1 / ratio, 2) + (isFewer ? "× fewer" : "× more")
    }

    /// The summary as one line of JSON.
    func json(_ extra: [(key: String, json: String)] = []) -> String {
        let compression = ratio.map { Self.decimal($0, 4) } ?? "null"
        let fields: [(key: String, json: String)] =
            [
                ("pages", "\(pages)"), ("textTokens", "\(textTokens)"), ("tokenizer", tokenizer.jsonLiteral),
                ("visualTokens", "\(visualTokens)"), ("reader", reader.name.jsonLiteral),
                ("compression", compression), ("pngBytes", "\(pngBytes)"),
                ("milliseconds", Self.decimal(milliseconds, 2)), ("missing", "\(losses.missingCount)"),
                ("clippedLines", "\(losses.clippedLines)"), ("dropped", "\(losses.dropped)"),
            ] + extra
        return fields.jsonObject
    }

    /// The losses in words, the most frequent missing characters by name.
    static func describe(_ losses: Losses) -> String {
        var parts: [String] = []
        if !losses.missing.isEmpty {
            let frequent = losses.missing.sorted { ($1.value, $0.key.value) < ($0.value, $1.key.value) }.prefix(5)
            let names = frequent.map { "\(codePoint($0.key)) ×\($0.value)" }
            parts.append("\(counted(losses.missingCount, "character")) no font has (\(names.joined(separator: ", ")))")
        }
        if losses.clippedLines > 0 { parts.append("\(counted(losses.clippedLines, "line")) reaching beyond the page") }
        if losses.dropped > 0 { parts.append("\(counted(losses.dropped, "code point")) left out") }
        return parts.joined(separator: "; ")
    }

    /// A number with so many digits after the point.
    static func decimal(_ value: Double, _ digits: Int) -> String {
        // Printed as a whole number: the first use of a format takes longer than a page.
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        guard abs(value) * Double(scale) < 1e15 else { return String(format: "%.\(digits)f", value) }
        let scaled = (value * Double(scale)).rounded(.toNearestOrEven)
        let (whole, rest) = Int(abs(scaled)).quotientAndRemainder(dividingBy: scale)
        let sign = scaled < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(whole)" }
        let fraction = String(rest)
        return "\(sign)\(whole)." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
    }

    private static func bytes(_ count: Int) -> String {
        switch count {
        case ..<1000: counted(count, "byte")
        case ..<1_000_000: "\((count + 500) / 1000) kB"
        default: "\(decimal(Double(count) / 1e6, 1)) MB"
        }
    }

    /// A time in the unit that suits it.
    static func time(_ milliseconds: Double) -> String {
        milliseconds < 10_000 ? "\(grouped(Int(milliseconds.rounded()))) ms" : "\(decimal(milliseconds / 1000, 1)) s"
    }

    /// The first and the last page, or the only one.
    static func range(_ pages: ClosedRange<Int>) -> String {
        pages.count == 1 ? "\(pages.lowerBound)" : "\(pages.lowerBound)-\(pages.upperBound)"
    }

    /// The same with its noun: `page 1`, `pages 2-3`.
    static func pages(_ pages: ClosedRange<Int>) -> String { "page\(pages.count == 1 ? "" : "s") \(range(pages))" }

    /// A number with its noun: `1 page`, `2 pages`.
    static func counted(_ number: Int, _ noun: String) -> String {
        "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }

    private static func codePoint(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    static func grouped(_ number: Int) -> String {
        let digits = Array(String(number).utf8)
        var result: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(UInt8(ascii: ",")) }
            result.append(digit)
        }
        return String(decoding: result, as: UTF8.self)
    }
}
