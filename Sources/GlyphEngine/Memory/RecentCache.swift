// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Values by digest within a budget of bytes; the least recently used goes first.
///
/// Holds the vectors of images, so that a page that is asked about again is not looked at again.
struct RecentCache<Value> {
    private var entries: [String: (value: Value, bytes: Int, lastUse: UInt64)] = [:]
    private var clock: UInt64 = 0
    let budget: Int
    private(set) var bytes = 0

    init(budget: Int) {
        self.budget = budget
    }

    /// The value, which counts as used.
    mutating func value(_ key: String) -> Value? {
        guard let entry = entries[key] else { return nil }
        clock += 1
        entries[key]?.lastUse = clock
        return entry.value
    }

    /// Adds a value unless it alone exceeds the budget.
    mutating func insert(_ value: Value, bytes size: Int, for key: String) {
        remove(key)
        guard size <= budget else { return }
        while bytes + size > budget, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            remove(oldest.key)
        }
        clock += 1
        entries[key] = (value, size, clock)
        bytes += size
    }

    private mutating func remove(_ key: String) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        bytes -= entry.bytes
    }
}
