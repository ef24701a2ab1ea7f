// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// What a reasoning model says before its answer.
package enum Reasoning {
    /// The answer alone: what follows the last `</think>`, without white space around it.
    ///
    /// A text without that mark is returned as it is, also one that begins to think and never ends: then there is no
    /// answer in it, and it should score as what it is.
    package static func removed(from text: String) -> String {
        guard let mark = text.ranges(of: "</think>").last else { return text }
        return PythonText.stripped(String(text[mark.upperBound...]))
    }
}
