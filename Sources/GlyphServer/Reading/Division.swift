// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphReading

/// How a document is divided for the reader, and what becomes of the answers of its parts.
///
/// | field | meaning |
/// |---|---|
/// | `strategy` | `auto`; `whole`: all pages in one prompt; `windowed`: a few at a time; and where it is asked for `focus` |
/// | `window` | the most pages at a time |
/// | `combine` | `best`: the most probable answer; `notes`: all are read once more; `all`: one after another; `auto` |
struct Division: Sendable {
    enum Strategy: String, CaseIterable {
        /// As the model's folder says; otherwise all pages in one prompt, or a few at a time where that does not fit.
        case auto
        case whole
        case windowed
        /// All pages coarse, then a few closely.
        case focus
    }

    var strategy: Strategy
    var window: Int?
    var combination: DividedReading.Combination

    init(_ fields: inout JSONFields, _ limits: ServiceLimits, strategies: [Strategy] = Strategy.allCases) throws {
        let name = try fields.word("strategy", oneOf: strategies.map(\.rawValue))
        strategy = Strategy(rawValue: name) ?? .auto
        window = try fields.optionalInt("window", in: 1...limits.pages)
        let ways = DividedReading.Combination.allCases.map(\.rawValue)
        combination = .init(rawValue: try fields.word("combine", oneOf: ways)) ?? .auto
    }
}
