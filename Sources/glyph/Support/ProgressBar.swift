// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// A line on standard error that shows how far a long job is; silent when standard error is not a terminal.
struct ProgressBar {
    private let total: Int
    /// The bar, percentage and page count must fit one line: a longer one could not be overwritten.
    private let isVisible = (Terminal.columns ?? 0) > 60
    private var lastShown: ContinuousClock.Instant?
    private let start = ContinuousClock.now

    init(total: Int) { self.total = max(1, total) }

    /// Shows progress at most ten times a second, first after a tenth of a second.
    mutating func show(_ done: Int, pages: Int) {
        let now = ContinuousClock.now
        guard isVisible, now - (lastShown ?? start) > .milliseconds(100) else { return }
        lastShown = now
        let share = min(1, Double(done) / Double(total))
        let filled = Int(share * 30)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        Terminal.say("\r\(bar) \(Int(share * 100)) %  \(Summary.grouped(pages)) pages")
    }

    /// Removes the bar.
    mutating func clear() {
        guard isVisible, lastShown != nil else { return }
        Terminal.say("\r\u{1B}[K")
        lastShown = nil
    }
}
