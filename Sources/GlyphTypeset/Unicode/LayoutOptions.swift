// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Switches that must not change a single glyph; tests turn them off to prove it.
struct LayoutOptions {
    /// Whether plain ASCII skips the Unicode algorithms.
    var takesShortWay = true
    /// Whether shaped runs are remembered.
    var remembersShapes = true
    /// The longest piece of a paragraph that is analysed at once, in bytes; at least 4096, four of the longest atoms.
    var windowLimit = 32 * 1024
}
