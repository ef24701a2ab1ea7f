// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation

/// A line on standard error that shows how far a long job is; silent when standard error is not a terminal.
struct ProgressBar {
    private let total: Int
    private let isVisible = isatty(STDERR_FILENO) == 1
    private var lastShown: ContinuousClock.Instant?
    private let start = ContinuousClock.now

    init(total: Int) { self.total = max(1, total) }

    /// Shows progress at most ten times a second, and not at all for jobs that end at once.
    mutating func show(_ done: Int, pages: Int) {
        let now = ContinuousClock.now
        guard isVisible, now - (lastShown ?? start) > .milliseconds(100) else { return }
        lastShown = now
        let share = min(1, Double(done) / Double(total))
        let filled = Int(share * 30)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        Terminal.say("\r\(bar) \(Int(share * 100)) %  \(pages) pages")
    }

    /// Removes the bar.
    mutating func clear() {
        guard isVisible, lastShown != nil else { return }
        Terminal.say("\r\u{1B}[K")
        lastShown = nil
    }
}
