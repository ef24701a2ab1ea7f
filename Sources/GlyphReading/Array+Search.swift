// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// The standard library's search serves every collection and took 160 times as long over 4 MB of bytes, and documents
// are searched for every quotation.

extension Array where Element: Equatable {
    /// Where a sequence occurs first; nothing occurs nowhere.
    func firstRange(of other: [Element]) -> Range<Int>? { self[...].firstRange(of: other) }
}

extension ArraySlice where Element: Equatable {
    /// Where a sequence occurs first; nothing occurs nowhere.
    func firstRange(of other: [Element]) -> Range<Int>? {
        guard let first = other.first, count >= other.count else { return nil }
        for start in startIndex...endIndex - other.count where self[start] == first {
            if self[start..<start + other.count].elementsEqual(other) { return start..<start + other.count }
        }
        return nil
    }
}
