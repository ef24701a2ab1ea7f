// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Finds word boundaries directly in bytes, with the meaning of the regular expression its rule stands for.
///
/// Regex alternatives are tried in order and the first that matches wins, however short; the code follows the same
/// order. The patterns cover every scalar, so each call advances.
struct WordScanner {
    let rule: SplitRule
    let classes: ScalarClassCache
    private let wordClass: ScalarClass
    private let punctuationClass: ScalarClass

    init(_ rule: SplitRule, _ classes: ScalarClassCache) {
        self.rule = rule
        self.classes = classes
        wordClass = rule.marksJoinWords ? [.letter, .mark] : .letter
        punctuationClass = rule.marksJoinWords ? .other : [.other, .mark]
    }

    /// The end of the word that starts at `start`; always greater than `start`.
    @inline(__always)
    func wordEnd(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        let first = bytes[start]
        if first == UInt8(ascii: "'"), let after = leadingContraction(bytes, start, end) { return after }

        let (kind, length) = classes.classify(bytes, at: start, end: end)
        let next = start + length
        let nextKind: ScalarClass = next < end ? classes.classify(bytes, at: next, end: end).kind : []

        if rule.splitsAtCase {
            if let after = casedWord(bytes, start, end, kind: kind, afterPrefix: next) { return after }
        } else if !kind.isDisjoint(with: wordClass) {
            return runEnd(of: wordClass, bytes, next, end)
        } else if mayPrefixWord(first, kind), !nextKind.isDisjoint(with: wordClass) {
            return runEnd(of: wordClass, bytes, next, end)
        }

        if let limit = rule.digits {
            if kind.contains(.number) { return numberEnd(bytes, next, end, remaining: limit - 1) }
        } else if kind.contains(.number) || (first == UInt8(ascii: " ") && nextKind.contains(.number)) {
            return runEnd(of: .number, bytes, next, end)
        }

        if !kind.isDisjoint(with: punctuationClass)
            || (first == UInt8(ascii: " ") && !nextKind.isDisjoint(with: punctuationClass))
        {
            return afterNewlines(bytes, runEnd(of: punctuationClass, bytes, next, end), end)
        }
        return spaceEnd(bytes, start, next, end)
    }

    @inline(__always)
    private func mayPrefixWord(_ first: UInt8, _ kind: ScalarClass) -> Bool {
        switch rule.wordPrefix {
        case .space: first == UInt8(ascii: " ")
        case .anyButNewlineOrNumber: kind.isDisjoint(with: [.newline, .number, .letter])
        }
    }

    @inline(__always)
    private func runEnd(of wanted: ScalarClass, _ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        let asciiClasses = classes.firstPage
        var index = start
        while index < end {
            let byte = bytes[index]
            if byte < 0x80 {
                if asciiClasses[Int(byte)].isDisjoint(with: wanted) { break }
                index += 1
            } else {
                let (kind, length) = classes.classify(bytes, at: index, end: end)
                if kind.isDisjoint(with: wanted) { break }
                index += length
            }
        }
        return index
    }

    private func numberEnd(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int, remaining: Int) -> Int {
        var index = start
        for _ in 0..<remaining where index < end {
            let (kind, length) = classes.classify(bytes, at: index, end: end)
            guard kind.contains(.number) else { break }
            index += length
        }
        return index
    }

    @inline(__always)
    private func afterNewlines(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        guard rule.punctuationTakesNewlines else { return start }
        var index = start
        while index < end {
            let byte = bytes[index]
            let joins =
                byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
                || (byte == UInt8(ascii: "/") && rule.punctuationTakesSlashes)
            guard joins else { break }
            index += 1
        }
        return index
    }

    /// `\s*[\r\n]+|\s+(?!\S)|\s+`: through the last newline, else all but the last space, else what there is.
    @inline(__always)
    private func spaceEnd(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ next: Int, _ end: Int) -> Int {
        var index = start
        var lastStart = start
        var afterNewline: Int?
        while index < end {
            let (kind, length) = classes.classify(bytes, at: index, end: end)
            guard kind.contains(.space) else { break }
            lastStart = index
            index += length
            if kind.contains(.newline) { afterNewline = index }
        }
        if rule.cutsAfterNewlines, let afterNewline { return afterNewline }
        if index == end { return index }
        return lastStart > start ? lastStart : next
    }

    private func leadingContraction(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        switch rule.contractions {
        case .none, .asWordEnding: nil
        case .caseSensitive: contraction(bytes, start, end, ignoringCase: false)
        case .ignoringCase: contraction(bytes, start, end, ignoringCase: true)
        }
    }

    /// The end of `'s 't 're 've 'm 'll 'd` at `start`, which holds the apostrophe.
    private func contraction(
        _ bytes: UnsafePointer<UInt8>,
        _ start: Int,
        _ end: Int,
        ignoringCase: Bool
    ) -> Int? {
        guard start + 1 < end else { return nil }
        let fold: UInt8 = ignoringCase ? 0x20 : 0
        let first = bytes[start + 1] | fold
        switch first {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        default: break
        }
        guard start + 2 < end else { return nil }
        // U+017F, long s, folds to s.
        if ignoringCase, bytes[start + 1] == 0xC5, bytes[start + 2] == 0xBF { return start + 3 }
        switch (first, bytes[start + 2] | fold) {
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return start + 3
        default: return nil
        }
    }

    // MARK: - Words that split at a change of case

    /// `P?U*D+c?|P?U+D*c?`, where P is a prefix, U upper-like, D lower-like and c a contraction.
    private func casedWord(
        _ bytes: UnsafePointer<UInt8>,
        _ start: Int,
        _ end: Int,
        kind: ScalarClass,
        afterPrefix next: Int
    ) -> Int? {
        let hasPrefix = mayPrefixWord(bytes[start], kind)
        var after = hasPrefix ? endingLower(bytes, next, end) : nil
        after = after ?? endingLower(bytes, start, end)
        after = after ?? (hasPrefix ? startingUpper(bytes, next, end) : nil)
        after = after ?? startingUpper(bytes, start, end)
        guard let after else { return nil }
        if rule.contractions == .asWordEnding, after < end, bytes[after] == UInt8(ascii: "'") {
            return contraction(bytes, after, end, ignoringCase: true) ?? after
        }
        return after
    }

    /// `U*D+`: greedy upper-like run, given back as far as needed for one lower-like scalar to follow.
    private func endingLower(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var index = start
        var afterLastBoth: Int?
        while index < end {
            let (kind, length) = classes.classify(bytes, at: index, end: end)
            if kind.isDisjoint(with: .upperish) {
                return kind.contains(.lowerish) ? runEnd(of: .lowerish, bytes, index, end) : afterLastBoth
            }
            index += length
            if kind.contains(.lowerish) { afterLastBoth = index }
        }
        return afterLastBoth
    }

    /// `U+D*`: an upper-like run and the lower-like one after it.
    private func startingUpper(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        let upper = runEnd(of: .upperish, bytes, start, end)
        return upper > start ? runEnd(of: .lowerish, bytes, upper, end) : nil
    }
}
