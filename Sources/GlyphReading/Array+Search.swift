// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

// The standard library's search serves every collection and took 160 times as long over 4 MB of bytes, and documents
// are searched for every quotation.

extension Array where Element: Equatable {
    /// Where a sequence occurs first; nothing occurs nowhere.
    func firstRange(of other: [Element]) -> Range<Int>? { self[...].firstRange(of: other) }
}

extension Array {
    /// The first index of a sorted array whose element is at or behind something; the array's count if none is.
    func sortedIndex(where isAtOrBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isAtOrBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
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
