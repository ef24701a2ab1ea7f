// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphReading
import GlyphTypeset

/// How an example is put before the reader.
enum BenchmarkStrategy: String, CaseIterable {
    /// As the model wants; without a card whole, or windowed where that does not fit.
    case auto
    /// All pages in one prompt.
    case whole
    /// A few pages at a time; the best supported answer.
    case windowed
    /// All pages coarse, then a few closely.
    case focus
    /// No pages: the full text in the prompt, the baseline.
    case text
    /// Every page by itself, the answers joined: transcription.
    case pages

    /// Whether exact strings can ride beside what is read.
    var takesFacts: Bool { self != .text && self != .pages }
}

/// One way in which every example is asked: a row of the report for each task.
struct BenchmarkWay: Sendable {
    /// How pages look.
    struct Look: Sendable {
        var name: String
        var config: RenderConfig
        /// In the first pass of `focus`; nil if no strategy asks for it.
        var coarse: RenderConfig?
    }

    var strategy: BenchmarkStrategy
    var facts: FactBook.Choice
    /// What tells apart readings with other options than usual.
    var variant = ""
    /// Which of the looks; text needs no pages, so it is asked once and not for every look.
    var look: Int?

    /// What result files call it.
    var name: String {
        let parts = [strategy.rawValue, variant, facts == .off ? "" : facts == .all ? "facts=all" : "facts"]
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
