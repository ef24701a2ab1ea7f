// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

public import GlyphPage

/// Finds the exact strings of a text in one pass over its bytes.
///
/// Strings are looked for in runs of ASCII without spaces, quotes or brackets, so that they are found in Chinese and
/// Japanese text, too, where no space stands around them.
public enum FactFinder {
    /// Longer runs are data, not something that a person asks for.
    static let longestRun = 512

    /// All exact strings, in order.
    public static func facts(in text: SourceText) -> [Fact] { facts(in: text.utf8) }

    static func facts(in text: [UInt8]) -> [Fact] {
        var found: [Fact] = []
        var index = 0
        while index < text.count {
            guard belongsToRun(text[index]) else {
                index += 1
                continue
            }
            let start = index
            var mayHold = false
            while index < text.count, belongsToRun(text[index]) {
                let byte = text[index]
                // Without a digit only an address can be one.
                mayHold = mayHold || isDigit(byte) || byte == UInt8(ascii: "@") || byte == UInt8(ascii: "/")
                index += 1
            }
            if mayHold, index - start >= 6, index - start <= longestRun {
                read(text[start..<index], into: &found)
            }
        }
        return found
    }

    private static func read(_ run: ArraySlice<UInt8>, into found: inout [Fact]) {
        if let url = url(in: run) {
            if url.startIndex > run.startIndex { read(run[..<url.startIndex], into: &found) }
            let holdsOpaque = pieces(of: url, at: separators + [UInt8(ascii: ",")])
                .contains { fact($0)?.isOpaque == true }
            found.append(fact(url, .url, isOpaque: holdsOpaque))
            return
        }
        for piece in pieces(of: run, at: separators) {
            let parts = isGrouped(piece) ? [piece] : pieces(of: piece, at: [UInt8(ascii: ",")])
            found += parts.compactMap { $0.contains(UInt8(ascii: "@")) ? email($0) : fact($0) }
        }
    }

    /// What a piece without separators is.
    private static func fact(_ piece: ArraySlice<UInt8>) -> Fact? {
        let piece = trimmed(piece)
        let digits = piece.count(where: isDigit)
        let letters = piece.count(where: isLetter)
        guard digits > 0, digits + letters >= 6 else { return nil }
        if letters == 0 {
            guard digits >= 7 else { return nil }
            return fact(piece, .number, isOpaque: !isDate(piece))
        }
        if isUUID(piece) { return fact(piece, .uuid, isOpaque: true) }
        let plain = piece.starts(with: "0x".utf8) ? piece.dropFirst(2) : piece
        if plain.allSatisfy(isHexDigit), plain.count >= (plain.count < piece.count ? 6 : 7) {
            return fact(piece, .hex, isOpaque: true)
        }
        guard digits + letters >= 8 else { return nil }
        return fact(piece, .identifier, isOpaque: isRandom(piece, digits: digits))
    }

    /// Whether the characters of an identifier follow from nothing: many digits, or cases that change as by chance.
    private static func isRandom(_ piece: ArraySlice<UInt8>, digits: Int) -> Bool {
        let symbols = piece.filter { isDigit($0) || isLetter($0) }
        if digits >= 5 { return true }
        let changes = zip(symbols, symbols.dropFirst()).count { rank($0) != rank($1) }
        if changes * 2 >= symbols.count { return true }
        return symbols.count >= 16 && symbols.count == piece.count && !symbols.contains { rank($0) == 1 }
    }

    private static func fact(_ bytes: ArraySlice<UInt8>, _ kind: Fact.Kind, isOpaque: Bool) -> Fact {
        let source = SourceRange(bytes.startIndex, bytes.endIndex)
        return Fact(text: String(decoding: bytes, as: UTF8.self), kind: kind, isOpaque: isOpaque, source: source)
    }

    private static func url(in run: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let colon = run.indices.first(where: { run[$0...].starts(with: "://".utf8) }) else { return nil }
        var start = colon
        while start > run.startIndex, isLetter(run[start - 1]) { start -= 1 }
        var url = run[start...]
        while let last = url.last, ".,;:!?".utf8.contains(last) { url = url.dropLast() }
        return start < colon && url.endIndex > colon + 4 ? url : nil
    }

    /// The address without what the sentence puts around it: that is no part of what an answer is put right by.
    private static func email(_ piece: ArraySlice<UInt8>) -> Fact? {
        let address = trimmed(piece)
        return isEmail(address) ? fact(address, .email, isOpaque: true) : nil
    }

    private static func isEmail(_ address: ArraySlice<UInt8>) -> Bool {
        let sides = address.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard sides.count == 2, !sides[0].isEmpty, let dot = sides[1].lastIndex(of: UInt8(ascii: ".")) else {
            return false
        }
        return dot > sides[1].startIndex && sides[1].endIndex - dot > 2 && sides[1][(dot + 1)...].allSatisfy(isLetter)
    }

    private static func isUUID(_ piece: ArraySlice<UInt8>) -> Bool {
        let groups = piece.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(isHexDigit) }
    }

    /// `2026-11-25`, which is legible because it is a date.
    private static func isDate(_ piece: ArraySlice<UInt8>) -> Bool {
        let groups = piece.split { !isDigit($0) }
        return groups.map(\.count) == [4, 2, 2] && piece.count == 10
    }

    /// `1,234,567`: one number, not three.
    private static func isGrouped(_ piece: ArraySlice<UInt8>) -> Bool {
        let groups = piece.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard groups.count > 1, (1...3).contains(groups[0].count), groups[0].allSatisfy(isDigit) else { return false }
        return groups.dropFirst().allSatisfy {
            $0.prefix { isDigit($0) }.count == 3 && ($0.count == 3 || $0.dropFirst(3).first == UInt8(ascii: "."))
        }
    }

    /// The pieces between separators; two dots in a row separate, too, as in ranges.
    private static func pieces(of run: ArraySlice<UInt8>, at separators: [UInt8]) -> [ArraySlice<UInt8>] {
        let dot = UInt8(ascii: ".")
        var result: [ArraySlice<UInt8>] = []
        var start = run.startIndex
        for index in run.indices {
            let isRange = run[index] == dot && index + 1 < run.endIndex && run[index + 1] == dot
            guard isRange || separators.contains(run[index]) else { continue }
            if start < index { result.append(run[start..<index]) }
            start = index + 1
        }
        if start < run.endIndex { result.append(run[start...]) }
        return result
    }

    private static func trimmed(_ piece: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var piece = piece
        while let first = piece.first, !isDigit(first), !isLetter(first) { piece = piece.dropFirst() }
        while let last = piece.last, !isDigit(last), !isLetter(last) { piece = piece.dropLast() }
        return piece
    }

    private static let separators = Array(";=&?#:/!$%~".utf8)
    private static let outside = Set("\"'<>()[]{}|\\^`*".utf8)

    static func belongsToRun(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F && !outside.contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    private static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }
    /// 0 for a digit, 1 for a small letter, 2 for a capital.
    private static func rank(_ byte: UInt8) -> Int { isDigit(byte) ? 0 : byte >= 0x61 ? 1 : 2 }
}
