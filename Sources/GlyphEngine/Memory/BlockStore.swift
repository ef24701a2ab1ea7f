// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Keeps blocks of keys and values between runs of the engine.
///
/// Only a cache: what cannot be written is not kept, and what cannot be read is read from the document again. So
/// nothing here throws.
package protocol BlockStore: Sendable {
    /// The bytes kept under a name; nil if there are none, or if they are damaged.
    func read(_ name: String) -> [UInt8]?

    /// Keeps bytes under a name; may return before they are written.
    func write(_ bytes: [UInt8], as name: String)
}
