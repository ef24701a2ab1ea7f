// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Finds stop strings in text that arrives piece by piece, wherever the pieces are cut.
///
/// Text that could still become a stop string is held back, so nothing is ever emitted that must be taken back.
package struct StopStrings: Sendable {
    private let stops: [[UInt8]]
    private var held: [UInt8] = []
    /// A stop string has been found; everything after it is dropped.
    package private(set) var isMatched = false

    /// - Parameter strings: Empty strings are ignored; they would stop everything.
    package init(_ strings: [String]) {
        stops = strings.filter { !$0.isEmpty }.map { Array($0.utf8) }
    }

    /// Takes the next piece and returns the text that is certain not to be part of a stop string.
    package mutating func push(_ text: String) -> String {
        guard !isMatched else { return "" }
        guard !stops.isEmpty else { return text }
        held.append(contentsOf: text.utf8)
        if let start = firstMatch() {
            isMatched = true
            defer { held = [] }
            return String(decoding: held[..<start], as: UTF8.self)
        }
        let keep = longestOpenSuffix()
        defer { held.removeFirst(held.count - keep) }
        return String(decoding: held.dropLast(keep), as: UTF8.self)
    }

    /// Returns what was held back, because nothing follows that could complete a stop string.
    package mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// Where the earliest stop string begins.
    private func firstMatch() -> Int? {
        held.indices.first { start in stops.contains { held[start...].starts(with: $0) } }
    }

    /// The length of the longest end of `held` that begins a stop string.
    private func longestOpenSuffix() -> Int {
        let longest = (stops.map(\.count).max() ?? 1) - 1
        let lengths = stride(from: Swift.min(longest, held.count), to: 0, by: -1)
        return lengths.first { length in
            stops.contains { $0.count > length && $0.starts(with: held.suffix(length)) }
        } ?? 0
    }
}
