// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The encoding that HTML or XML says it is in; other text says nothing reliable.
enum DeclaredEncoding {
    /// What a declaration is worth.
    enum Finding: Equatable {
        /// A name that ICU knows.
        case known(String)
        /// A name that says nothing of these bytes: unknown, or that of an encoding they cannot be in.
        case useless(String)

        var encoding: String? {
            switch self {
            case .known(let name): name
            case .useless: nil
            }
        }

        /// What a person should know of it.
        var note: String? {
            switch self {
            case .known: nil
            case .useless(let name): "declares the encoding \"\(name)\", which it cannot be in; that was ignored"
            }
        }
    }

    /// The declared name, or nil where there is none, where a byte-order mark tells, where the bytes are UTF-8 anyway or
    /// where the text is no mark-up.
    static func find(_ bytes: [UInt8], name: String) -> Finding? {
        guard EncodingGuess.marked(bytes) == nil, let declared = declaration(in: bytes, name: name)?.lowercased() else {
            return nil
        }
        // A page that was saved as UTF-8 often keeps the declaration it was served with.
        guard UTF8Validation.firstInvalidOffset(in: bytes) != nil else { return nil }
        guard declared != "utf-8", declared != "utf8" else { return nil }
        // The declaration itself was read as ASCII.
        return Decoding.containsASCII(declared) ? .known(declared) : .useless(declared)
    }

    private static func declaration(in bytes: [UInt8], name: String) -> String? {
        let isXML = bytes.starts(with: "<?xml".utf8)
        let isHTML = FileFormat(textNamed: name) == .html || looksLikeHTML(bytes)
        guard isXML || isHTML else { return nil }
        let start = String(decoding: bytes.prefix(4096), as: UTF8.self)
        if isXML, let match = start.prefixMatch(of: /<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9_\-.:]+)["']/) {
            return String(match.1)
        }
        guard isHTML, let match = start.firstMatch(of: /(?i)charset\s*=\s*["']?\s*([a-z0-9_\-:]+)/) else { return nil }
        return String(match.1)
    }

    private static func looksLikeHTML(_ bytes: [UInt8]) -> Bool {
        // Compared byte by byte: searching in strings is slow the first time, and every text comes here.
        let start = bytes.prefix(512).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return ["<!doctype html", "<html"].contains { mark in
            start.indices.contains { start[$0...].starts(with: mark.utf8) }
        }
    }
}
