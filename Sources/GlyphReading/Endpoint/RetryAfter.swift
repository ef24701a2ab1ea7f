// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The pause a server asks for (RFC 9110, section 10.2.3, and OpenAI's `retry-after-ms`).
enum RetryAfter {
    /// Reads the headers.
    ///
    /// - Parameters:
    ///   - headers: Looks a header up by its lower-case name.
    ///   - now: Seconds since 1970.
    /// - Returns: The pause, or nil when there is none or it makes no sense.
    static func pause(headers: (String) -> String?, now: Double) -> Duration? {
        if let milliseconds = headers("retry-after-ms").flatMap(Double.init) {
            return sensible(seconds: milliseconds / 1000)
        }
        guard let value = headers("retry-after") else { return nil }
        if let seconds = Double(value) { return sensible(seconds: seconds) }
        guard let date = secondsSince1970(value) else { return nil }
        return sensible(seconds: max(0, Double(date) - now))
    }

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, the only form of date that servers may write (RFC 9110, section 5.6.7).
    static func secondsSince1970(_ date: String) -> Int? {
        let words = date.split { " :".contains($0) }
        guard words.count == 8, words[7] == "GMT",
            let day = Int(words[1]), let month = months.firstIndex(of: String(words[2])), let year = Int(words[3]),
            let hour = Int(words[4]), let minute = Int(words[5]), let second = Int(words[6]),
            (1...31).contains(day), (1970...9999).contains(year),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)  // 60 is a leap second
        else { return nil }
        // Days since 1970 in a calendar whose year begins in March, so that the leap day comes last (Richards 2013).
        let (y, m) = month < 2 ? (year - 1, month + 10) : (year, month - 2)
        let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719_469
        return ((days * 24 + hour) * 60 + minute) * 60 + second
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func sensible(seconds: Double) -> Duration? {
        // A year is more than anyone waits, and far below what a Duration holds.
        guard seconds.isFinite, seconds >= 0 else { return nil }
        return .seconds(min(seconds, 31_536_000))
    }
}
