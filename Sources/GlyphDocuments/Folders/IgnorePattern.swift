// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// One line of a `.gitignore` file, as the manual page gitignore(5) defines it.
struct IgnorePattern {
    /// Whether it takes back what earlier patterns ignore.
    let isNegated: Bool
    /// Whether it matches folders only.
    private let isForFolders: Bool
    /// Whether it is matched against the path from the file's folder rather than against the last name alone.
    private let isAnchored: Bool
    private let pattern: [UInt8]

    /// Parses a line; nil for an empty one or a comment.
    init?(_ line: some StringProtocol) {
        var bytes = Array(line.utf8)
        if bytes.last == 0x0D { bytes.removeLast() }
        // Spaces at the end count only where a backslash says so.
        while bytes.last == 0x20, bytes.dropLast().last != UInt8(ascii: "\\") { bytes.removeLast() }
        guard let first = bytes.first, first != UInt8(ascii: "#") else { return nil }
        isNegated = first == UInt8(ascii: "!")
        if isNegated { bytes.removeFirst() }
        isForFolders = bytes.last == UInt8(ascii: "/")
        if isForFolders { bytes.removeLast() }
        guard !bytes.isEmpty else { return nil }
        isAnchored = bytes.contains(UInt8(ascii: "/"))
        if bytes.first == UInt8(ascii: "/") { bytes.removeFirst() }
        pattern = bytes
    }

    /// Whether a path matches, given from the folder of the `.gitignore` file.
    func matches(_ path: String, isFolder: Bool) -> Bool {
        guard isFolder || !isForFolders else { return false }
        let name = isAnchored ? path[...] : path.split(separator: "/").last ?? ""
        return Self.matches(pattern[...], Array(name.utf8)[...])
    }

    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")

    /// Matches with `*`, `?` and `[…]` within a name and `**` across names.
    private static func matches(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var (p, t) = (pattern.startIndex, text.startIndex)
        // Where to go on when what follows the last star does not match: the star takes one byte more.
        var retry: (p: Int, t: Int)?
        // The same for the last `**/`, which takes one name more. What came before it ends at a slash and so in one place
        // alone: earlier stars need no second try.
        var skip: (p: Int, t: Int)?
        while true {
            if p < pattern.endIndex, pattern[p] == star {
                if let after = doubleStar(pattern, at: p) {
                    // A final `/**` matches everything inside of a folder.
                    if after == pattern.endIndex { return t < text.endIndex }
                    (skip, retry) = ((after, t), nil)
                    p = after
                    continue
                }
                while p < pattern.endIndex, pattern[p] == star { p += 1 }
                retry = (p, t)
                continue
            }
            if t < text.endIndex, p < pattern.endIndex, let next = single(pattern, at: p, text[t]) {
                (p, t) = (next, t + 1)
                continue
            }
            if t == text.endIndex, p == pattern.endIndex { return true }
            if let last = retry, last.t < text.endIndex, text[last.t] != slash {
                retry = (last.p, last.t + 1)
                (p, t) = (last.p, last.t + 1)
                continue
            }
            guard let last = skip, let next = text[last.t...].firstIndex(of: slash) else { return false }
            (skip, retry) = ((last.p, next + 1), nil)
            (p, t) = (last.p, next + 1)
        }
    }

    /// The index behind `**/` at the start of a name or a final `/**`, or nil for stars of any other kind.
    private static func doubleStar(_ pattern: ArraySlice<UInt8>, at p: Int) -> Int? {
        guard p + 1 < pattern.endIndex, pattern[p + 1] == star else { return nil }
        guard p == pattern.startIndex || pattern[p - 1] == slash else { return nil }
        if p + 2 == pattern.endIndex { return p + 2 }
        return pattern[p + 2] == slash ? p + 3 : nil
    }

    /// The index behind the element of the pattern at `p` if it matches the byte.
    private static func single(_ pattern: ArraySlice<UInt8>, at p: Int, _ byte: UInt8) -> Int? {
        switch pattern[p] {
        case UInt8(ascii: "?"): return byte == slash ? nil : p + 1
        case UInt8(ascii: "\\"):
            guard p + 1 < pattern.endIndex else { return nil }
            return pattern[p + 1] == byte ? p + 2 : nil
        case UInt8(ascii: "["):
            guard byte != slash else { return nil }
            return set(pattern, at: p, byte)
        default: return pattern[p] == byte ? p + 1 : nil
        }
    }

    /// Matches `[a-z]`, `[!a]` and `[^a]`; a bracket that never closes matches nothing.
    private static func set(_ pattern: ArraySlice<UInt8>, at p: Int, _ byte: UInt8) -> Int? {
        var index = p + 1
        var isNegated = false
        if index < pattern.endIndex, pattern[index] == UInt8(ascii: "!") || pattern[index] == UInt8(ascii: "^") {
            isNegated = true
            index += 1
        }
        var isMember = false
        var isFirst = true
        func literal(_ index: inout Int) -> UInt8? {
            if index < pattern.endIndex, pattern[index] == UInt8(ascii: "\\") { index += 1 }
            guard index < pattern.endIndex else { return nil }
            defer { index += 1 }
            return pattern[index]
        }
        while index < pattern.endIndex, isFirst || pattern[index] != UInt8(ascii: "]") {
            isFirst = false
            guard let low = literal(&index) else { return nil }
            var high = low
            if index + 1 < pattern.endIndex, pattern[index] == UInt8(ascii: "-"),
                pattern[index + 1] != UInt8(ascii: "]")
            {
                index += 1
                guard let end = literal(&index) else { return nil }
                high = end
            }
            if low <= byte, byte <= high { isMember = true }
        }
        guard index < pattern.endIndex, isMember != isNegated else { return nil }
        return index + 1
    }
}
