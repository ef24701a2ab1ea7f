// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CUnicode
import GlyphPage

/// An ICU break iterator of the root locale: the single owner of its handle.
///
/// The root locale makes breaks a function of the text alone; ICU's dictionaries find the words of Thai, Lao, Khmer
/// and Burmese in it too.
final class BreakIterator {
    enum Kind { case lines, graphemes }

    private let handle: OpaquePointer

    init(_ kind: Kind) throws {
        guard let opened = kind == .lines ? cunicode_open_lines() : cunicode_open_graphemes() else {
            throw InputError(
                at: "ICU",
                "its break rules cannot be opened",
                expected: "ICU's data beside its library",
                remedy: "Install it again: apt-get install --reinstall libicu-dev"
            )
        }
        handle = opened
    }

    deinit { cunicode_close(handle) }

    /// Calls `body` with every boundary after the start of `text`, in UTF-16 units, in order.
    func forEachBoundary(in text: [UInt16], _ body: (Int) -> Void) {
        text.withUnsafeBufferPointer { units in
            guard cunicode_set_text(handle, units.baseAddress, Int32(units.count)) == 0 else { return }
            var boundary = cunicode_next(handle)
            while boundary >= 0 {
                body(Int(boundary))
                boundary = cunicode_next(handle)
            }
        }
    }
}
