// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphTokens

/// How long a context may be: in tokens of a tokenizer, or in UTF-8 bytes.
package struct TextBudget: Sendable {
    /// The largest length allowed.
    package var limit: Int
    /// Counts tokens; without one, bytes count.
    package var tokenizer: Tokenizer?

    package static func bytes(_ limit: Int) -> Self { Self(limit: limit, tokenizer: nil) }

    package static func tokens(_ limit: Int, of tokenizer: Tokenizer) -> Self {
        Self(limit: limit, tokenizer: tokenizer)
    }

    /// The length of a text in the budget's unit.
    package func length(of text: String) -> Int {
        tokenizer?.count(text, specialTokens: .literal) ?? text.utf8.count
    }

    /// The unit, for messages.
    var unit: String { tokenizer == nil ? "bytes" : "tokens" }

    /// The largest number of units from 0 to `most` for which `text` makes a text that fits, and that text.
    ///
    /// `text` must grow with its argument. Few texts are made: the length of one is used to guess the next.
    /// Nothing is returned if not even no unit fits.
    func largest(upTo most: Int, guess: Int, _ text: (Int) -> String) -> (count: Int, text: String)? {
        var fitting: (count: Int, text: String)?
        var low = 0  // all below fit
        var high = most  // all above do not
        var next = min(max(guess, 0), most)
        while low <= high {
            let candidate = text(next)
            let length = length(of: candidate)
            if length <= limit {
                fitting = (next, candidate)
                low = next + 1
            } else {
                high = next - 1
            }
            guard low <= high else { break }
            // Units are of about the same length, so the rest of the budget says how many more or fewer fit; the
            // middle of what is open makes sure that the search ends soon also where they are not.
            let perUnit = max(Double(length) / Double(next + 1), 1e-3)
            let step = Int((Double(limit - length) / perUnit).rounded(.towardZero))
            let estimate = next + (step == 0 ? (length <= limit ? 1 : -1) : step)
            next = (low...high).contains(estimate) ? estimate : (low + high) / 2
        }
        return fitting
    }

    /// As `largest`, for units of about `unit` bytes and without another bound than the budget.
    func fill(unit: Int, _ text: (Int) -> String) -> (count: Int, text: String)? {
        // Four bytes a token is a first guess; a unit has one token at least.
        let guess = limit * (tokenizer == nil ? 1 : 4) / max(unit, 1)
        return largest(upTo: max(limit, 0), guess: guess, text)
    }
}
