// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What an answer is called, and when it was begun, as OpenAI's objects have both.
package struct AnswerID: Sendable {
    private static let lastNumber = Mutex(0)

    /// The name, which no other answer of this process has.
    package let text: String
    /// Seconds since 1970.
    package let created: Int

    package init() {
        created = Int(Date.now.timeIntervalSince1970)
        let number = Self.lastNumber.withLock { last in
            last += 1
            return last
        }
        text = "chatcmpl-\(created)-\(number)"
    }
}
