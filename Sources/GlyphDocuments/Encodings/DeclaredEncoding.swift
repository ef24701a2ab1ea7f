// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The encoding that HTML says it is in; other text says nothing reliable.
enum DeclaredEncoding {
    /// The declared name, or nil where there is none, where the bytes are UTF-8 anyway or where the text is no HTML.
    static func find(_ bytes: [UInt8], name: String) -> String? {
        guard FileFormat(textNamed: name) == .html || looksLikeHTML(bytes) else { return nil }
        let start = String(decoding: bytes.prefix(4096), as: UTF8.self)
        let hasMark =
            bytes.starts(with: [0xEF, 0xBB, 0xBF]) || bytes.starts(with: [0xFF, 0xFE])
            || bytes.starts(with: [0xFE, 0xFF])
        guard !hasMark, let match = start.firstMatch(of: /(?i)charset\s*=\s*["']?\s*([a-z0-9_\-:]+)/) else {
            return nil
        }
        // A page that was saved as UTF-8 often keeps the declaration it was served with.
        guard UTF8Validation.firstInvalidOffset(in: bytes) != nil else { return nil }
        let declared = String(match.1).lowercased()
        return declared == "utf-8" || declared == "utf8" ? nil : declared
    }

    private static func looksLikeHTML(_ bytes: [UInt8]) -> Bool {
        // Compared byte by byte: searching in strings is slow the first time, and every text comes here.
        let start = bytes.prefix(512).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return ["<!doctype html", "<html"].contains { mark in
            start.indices.contains { start[$0...].starts(with: mark.utf8) }
        }
    }
}
