// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage

@testable import GlyphTokens

/// Files written by `Tools/reference/tokenizer_fixtures.py`; `Fixtures/MANIFEST.json` says by which versions.
enum Fixtures {
    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name)"))
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        try JSONDecoder().decode(type, from: data(name))
    }

    static func tokenizer(_ name: String) throws -> Tokenizer {
        try Tokenizer(huggingFaceJSON: Array(data("\(name).tokenizer.json")), source: name)
    }

    /// One reference tokenizer per layout in use.
    static let layouts = [
        "gpt2", "gpt2-space", "gpt2-grouped", "cl100k", "qwen2", "qwen35", "o200k", "tekken", "bytes", "digits",
        "digit-runs", "literal", "unknown",
    ]
}

extension SplitMix64 {
    /// Bytes that are rarely valid UTF-8, with stretches that are.
    mutating func bytes(upTo limit: Int) -> [UInt8] {
        let pieces: [[UInt8]] = [
            Array("the cat's ".utf8), Array("中文 ".utf8), Array("e\u{301}\r\n\n".utf8), Array("12345".utf8),
            [0xFF], [0xC3], [0xE4, 0xB8], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC0, 0x80], [0],
        ]
        var result: [UInt8] = []
        let length = Int.random(in: 0...limit, using: &self)
        while result.count < length {
            if Bool.random(using: &self) {
                result += pieces[Int.random(in: 0..<pieces.count, using: &self)]
            } else {
                result.append(UInt8.random(in: .min ... .max, using: &self))
            }
        }
        return result
    }
}
