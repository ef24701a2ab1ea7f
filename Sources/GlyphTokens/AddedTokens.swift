// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A token matched in text before any merging, such as `<|endoftext|>`.
public struct AddedToken: Sendable, Equatable {
    /// The token's id.
    public var id: Int32
    /// The text that stands for it.
    public var content: String
    /// It controls the model rather than being text: left out when decoding asks for text only.
    public var isSpecial: Bool
    /// It matches only where no word character touches it.
    public var singleWord = false
    /// It swallows the white space before it.
    public var stripsLeft = false
    /// It swallows the white space after it.
    public var stripsRight = false
    /// It is looked for after normalisation instead of in the text as given.
    public var isNormalized = false

    public init(id: Int32, content: String, isSpecial: Bool) {
        self.id = id
        self.content = content
        self.isSpecial = isSpecial
    }
}

/// Finds added tokens in bytes: leftmost first, longest among those that start together.
struct AddedTokenMatcher: Sendable {
    private struct Candidate {
        var content: [UInt8]
        var token: AddedToken
    }

    /// Candidates by first byte, longest first.
    private var byFirstByte: [[Candidate]] = Array(repeating: [], count: 256)
    private var canStart = [Bool](repeating: false, count: 256)
    let isEmpty: Bool

    init(_ tokens: [AddedToken], normalize: (String) -> String = { $0 }) {
        isEmpty = tokens.isEmpty
        for token in tokens {
            let content = Array(normalize(token.content).utf8)
            guard let first = content.first else { continue }
            byFirstByte[Int(first)].append(Candidate(content: content, token: token))
            canStart[Int(first)] = true
        }
        for index in byFirstByte.indices {
            byFirstByte[index].sort { $0.content.count > $1.content.count }
        }
    }

    /// Calls `text` and `match` in turn for the pieces of `bytes`; a refused match is text.
    func split(
        _ bytes: UnsafeBufferPointer<UInt8>,
        literally: Bool,
        text: (UnsafeBufferPointer<UInt8>) -> Void,
        match: (Int32) -> Void
    ) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        var done = 0
        var index = 0
        while index < bytes.count {
            guard canStart[Int(base[index])], let found = candidate(at: index, in: bytes) else {
                index += 1
                continue
            }
            var (start, stop) = (index, index + found.content.count)
            index = stop
            if literally && found.token.isSpecial { continue }
            if found.token.singleWord, isWord(before: start, bytes) || isWord(at: stop, bytes) { continue }
            if found.token.stripsLeft { start = max(done, spacesStart(before: start, bytes)) }
            if found.token.stripsRight { stop = spacesEnd(from: stop, bytes) }
            if done < start { text(UnsafeBufferPointer(rebasing: bytes[done..<start])) }
            match(found.token.id)
            done = stop
            index = stop
        }
        if done < bytes.count { text(UnsafeBufferPointer(rebasing: bytes[done...])) }
    }

    private func candidate(at index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Candidate? {
        byFirstByte[Int(bytes[index])].first { candidate in
            index + candidate.content.count <= bytes.count
                && candidate.content.elementsEqual(bytes[index..<index + candidate.content.count])
        }
    }

    private func scalar(at index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> (Unicode.Scalar, length: Int)? {
        guard let base = bytes.baseAddress, index < bytes.count,
            let (value, length) = decodeScalar(base, at: index, end: bytes.count),
            let scalar = Unicode.Scalar(value)
        else { return nil }
        return (scalar, length)
    }

    private func scalar(before index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> (Unicode.Scalar, length: Int)? {
        for length in 1...4 where index >= length {
            if let found = scalar(at: index - length, bytes), found.length == length { return found }
        }
        return nil
    }

    private func isWord(at index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        scalar(at: index, bytes)?.0.isWordCharacter ?? false
    }

    private func isWord(before index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        scalar(before: index, bytes)?.0.isWordCharacter ?? false
    }

    private func spacesStart(before index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var start = index
        while let (scalar, length) = scalar(before: start, bytes), scalar.properties.isWhitespace { start -= length }
        return start
    }

    private func spacesEnd(from index: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var end = index
        while let (scalar, length) = scalar(at: end, bytes), scalar.properties.isWhitespace { end += length }
        return end
    }
}

extension Unicode.Scalar {
    /// `\w` of Unicode's regular-expression annex: letters, marks, decimal digits, connectors and joiners.
    fileprivate var isWordCharacter: Bool {
        if properties.isAlphabetic || properties.isJoinControl { return true }
        return switch properties.generalCategory {
        case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}
