// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import ArgumentParser

/// Refuses command lines that ArgumentParser would take for others.
enum CommandLineCheck {
    /// - Parameters:
    ///   - words: The command line behind the program's name.
    ///   - commands: The names of the commands.
    /// - Throws: `ValidationError` for a command that there is none of, whose options would be called unknown instead,
    ///   and for an option with one dash, whose letters would count as options, an h among them as `--help`.
    static func check(_ words: some Collection<String>, commands: [String]) throws {
        guard let command = words.first else { return }
        guard command.hasPrefix("-") || command == "help" || commands.contains(command) else {
            throw ValidationError("\(command) is no command; there are \(commands.joined(separator: ", ")).")
        }
        for word in words.prefix(while: { $0 != "--" }) where hasOneDash(word) {
            throw ValidationError(
                "\(word) has one dash; options have two, as -\(word). A file of that name is ./\(word), and behind -- "
                    + "words may begin with dashes."
            )
        }
    }

    /// Whether a word is like `-dpi`, and not like `-o`, `-o=pages`, `-5` or `-`.
    private static func hasOneDash(_ word: String) -> Bool {
        let rest = word.dropFirst()
        guard word.hasPrefix("-"), rest.count > 1, let first = rest.first, first.isASCII, first.isLetter else {
            return false
        }
        return rest.dropFirst().first != "="
    }
}
