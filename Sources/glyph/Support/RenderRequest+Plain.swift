// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension RenderRequest {
    /// Reads the command lines that scripts repeat, for which ArgumentParser needs as long as for drawing ten pages.
    ///
    /// Plain are `render`, inputs, and the options below, each at most once and with its value as the next word.
    /// Everything else gives nil and is left to ArgumentParser, above all what has to be refused or explained.
    init?(plain words: some Sequence<String>) {
        var words = words.makeIterator()
        guard words.next() == "render" else { return nil }
        self.init(inputs: [], output: "")

        func setOnce(_ flag: inout Bool) -> Bool {
            defer { flag = true }
            return !flag
        }
        func takeOnce(_ option: inout String?) -> Bool {
            guard option == nil, let value = words.next(), !value.isEmpty, !value.hasPrefix("-") else { return false }
            option = value
            return true
        }
        var folder: String?
        while let word = words.next() {
            let isPlain =
                switch word {
                case "-o", "--output": takeOnce(&folder)
                case "--config": takeOnce(&look.config)
                case "--preset": takeOnce(&look.preset)
                case "--strict": setOnce(&strict)
                case "--force": setOnce(&force)
                case "--json": setOnce(&json)
                default: !word.isEmpty && (word == "-" || !word.hasPrefix("-"))
                }
            guard isPlain else { return nil }
            if !word.hasPrefix("-") || word == "-" { inputs.append(word) }
        }
        guard let folder, !inputs.isEmpty else { return nil }
        output = folder
    }
}
