// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CUnicode

/// The Unicode bidirectional algorithm (UAX #9) by ICU, and the reordering of a line.
enum Bidi {
    /// The base direction of a paragraph.
    enum Direction: UInt8 {
        case leftToRight = 0
        case rightToLeft = 1
    }

    /// Whether a character can give a paragraph anything but level 0 throughout: right-to-left scripts and controls.
    ///
    /// Whole blocks, from a little too many rather than too few.
    static func isRelevant(_ scalar: UInt32) -> Bool {
        switch scalar {
        case ..<0x590: false
        case 0x590...0x8FF, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        case 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }

    /// Computes the level of every UTF-16 unit; `direction` nil means that of the first strong character.
    ///
    /// ICU rather than FriBidi, whose version 1.0.8 crashes on deeply nested controls.
    ///
    /// - Returns: the direction used.
    static func levels(of units: [UInt16], direction: Direction?, into levels: inout [UInt8]) -> Direction {
        levels = Array(repeating: 0, count: units.count)
        let wanted = direction.map { Int32($0.rawValue) } ?? -1
        let used = cunicode_bidi_levels(units, Int32(units.count), wanted, &levels)
        if used >= 0 { return used & 1 == 1 ? .rightToLeft : .leftToRight }
        // Memory ran out: the base level throughout still shows every character.
        let base = direction ?? .leftToRight
        levels = Array(repeating: base.rawValue, count: units.count)
        return base
    }

    /// The order in which pieces with these levels stand from left to right (rule L2).
    static func visualOrder(of levels: [UInt8]) -> [Int] {
        var order = Array(levels.indices)
        guard let highest = levels.max(), let lowestOdd = levels.filter({ $0 & 1 == 1 }).min() else { return order }
        var level = highest
        while level >= lowestOdd {
            var start = 0
            while start < levels.count {
                guard levels[start] >= level else {
                    start += 1
                    continue
                }
                var end = start
                while end < levels.count, levels[end] >= level { end += 1 }
                order[start..<end].reverse()
                start = end
            }
            level -= 1
        }
        return order
    }
}
