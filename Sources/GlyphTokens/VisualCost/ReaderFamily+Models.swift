// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Models by the names that they are published and served under.
extension ReaderFamily {
    private var names: [String] { [name] + aliases }

    /// The family with exactly this name or alias.
    static func known(_ name: String) -> ReaderFamily? {
        let wanted = name.lowercased()
        return all.first { $0.names.contains(wanted) }
    }

    /// The family of a model, as in `Qwen/Qwen2.5-VL-7B-Instruct`: who published it is left out, and what follows the
    /// longest known name must not make another model of it.
    static func ofModel(_ name: String) -> ReaderFamily? {
        guard let model = name.lowercased().split(separator: "/", omittingEmptySubsequences: false).last else {
            return nil
        }
        if let family = known(String(model)) { return family }
        var longest: (name: String, family: ReaderFamily)?
        for family in all {
            for stem in family.names where continues(stem, in: model) && stem.count > longest?.name.count ?? 0 {
                longest = (stem, family)
            }
        }
        guard let (stem, family) = longest else { return nil }
        return isAnotherModel(model.dropFirst(stem.count), after: stem) ? nil : family
    }

    /// Whether a model's name goes on behind a known one with a new word.
    private static func continues(_ stem: String, in model: Substring) -> Bool {
        guard model.hasPrefix(stem), let next = model.dropFirst(stem.count).first else { return false }
        return "-.:".contains(next)
    }

    /// Whether what follows a name tells of another model than the one of that name.
    ///
    /// A further number does, unless it is as long as a year: `gpt-5.9`, but not `gpt-5-2025-08-07`. So does a word by
    /// which known models are in different families, as `mini` does.
    private static func isAnotherModel(_ rest: Substring, after stem: String) -> Bool {
        let words = rest.split { "-.:".contains($0) }
        if let first = words.first, stem.last?.isNumber == true, first.allSatisfy(\.isNumber), first.count < 4 {
            return true
        }
        return words.contains { word in
            all.contains { family in
                family.names.contains { name in
                    guard name.hasSuffix("-\(word)"), let other = known(String(name.dropLast(word.count + 1))) else {
                        return false
                    }
                    return other.name != family.name
                }
            }
        }
    }
}
