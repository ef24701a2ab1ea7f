// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// Alternatives with weights, to draw from.
struct Mixture<Item: Sendable>: Sendable {
    let items: [(item: Item, weight: Double)]

    /// Takes alternatives of which at least one has a weight above 0.
    init(_ items: [(item: Item, weight: Double)]) {
        self.items = items.filter { $0.weight > 0 }
    }

    /// Takes alternatives that a file gives at `location`, if their weights can be drawn by.
    init(_ items: [(item: Item, weight: Double)], at location: String, expected: String) throws {
        let sum = items.reduce(0.0) { $0 + $1.weight }
        guard sum > 0, sum.isFinite else {
            throw InputError(
                at: location,
                sum > 0 ? "the weights add up to more than a number can hold" : "no weight is above 0",
                expected: expected
            )
        }
        self.init(items)
    }

    func draw(_ random: inout SplitMix64) -> Item {
        var rest = Double.random(in: 0..<items.reduce(0) { $0 + $1.weight }, using: &random)
        for (item, weight) in items.dropLast() {
            if rest < weight { return item }
            rest -= weight
        }
        return items[items.count - 1].item
    }
}

/// What training pages are filled with.
enum TextKind: String, Sendable, CaseIterable {
    /// A passage of the corpus.
    case prose
    /// Words of the corpus in random order.
    case shuffled
    /// Strings of letters and digits.
    case random
    /// Numbers, hexadecimal strings and UUIDs.
    case keys
    /// A passage of the corpus, set in ``TypesetSigns``.
    case signs
}

typealias TextMixture = Mixture<TextKind>

extension Mixture where Item: RawRepresentable & CaseIterable, Item.RawValue == String {
    /// Reads an object of weights, such as `{"prose": 0.6, "random": 0.4}`.
    init(_ fields: JSONFields) throws {
        var fields = fields
        var items: [(item: Item, weight: Double)] = []
        for item in Item.allCases {
            if let weight = try fields.optionalNumber(item.rawValue) { items.append((item, weight)) }
        }
        let names = Item.allCases.map(\.rawValue).joined(separator: ", ")
        // First: where the only name is unknown, that is what is wrong, not the sum.
        try fields.finish("a mixture of \(names)", remedy: TrainingConfiguration.remedy)
        try self.init(items, at: fields.path, expected: "weights for \(names), with a finite sum above 0")
    }
}
