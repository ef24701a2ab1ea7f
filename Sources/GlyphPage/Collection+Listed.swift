// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

extension Collection<String> {
    /// The first of them in a row of words, and dots where there are more.
    package func listed(atMost most: Int) -> String {
        prefix(most).joined(separator: ", ") + (count > most ? ", …" : "")
    }
}
