// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// What a list of options shows before one touches it: those that are chosen, or else the first.
struct ChoiceText {
    private struct Option {
        var text = ""
        var isSelected: Bool
    }

    private var options: [Option] = []

    /// The options in one line.
    var shown: String {
        let selected = options.filter(\.isSelected)
        let chosen = selected.isEmpty ? Array(options.prefix(1)) : selected
        return chosen.map(\.text.trimmed).joined(separator: ", ")
    }

    mutating func start(isSelected: Bool) { options.append(Option(isSelected: isSelected)) }

    mutating func add(_ text: String) {
        if !options.isEmpty { options[options.count - 1].text += text }
    }
}
