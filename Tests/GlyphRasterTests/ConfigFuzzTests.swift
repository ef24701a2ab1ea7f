// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTypeset
import Testing

/// Whatever the bytes, reading a configuration ends in a value or an `InputError`; seeds are fixed.
@Suite struct ConfigFuzzTests {
    private static let seed = """
        {"page-size": "300,400", "dpi": 96.5, "font-path": "Sources/GlyphTypeset/Resources/Fonts/DejaVuSans.ttf",
        "font-size": 9, "alignment": "LEFT", "font-color": "#00FF7f", "auto-crop-width": true, "left-indent": -1e1,
        "newline-markup": "<font color=\\"#FF0000\\"> \\\\n </font>", "layout": "unicode", "tab-width": 4,
        "font-fallback": [], "newline-mark": "\\u00b6", "cell-size": "7,14", "page-text-tokens": 100}
        """

    /// Reads bytes; a configuration that is accepted must also survive being written.
    private func tryReading(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
        do {
            let config = try RenderConfig(json: bytes, at: "fuzz.json", relativeTo: repository)
            let copy = try RenderConfig(json: Array(config.json.utf8), at: "copy.json", relativeTo: repository)
            #expect(copy == config, sourceLocation: sourceLocation)
        } catch let error as InputError {
            #expect(!error.description.isEmpty, sourceLocation: sourceLocation)
        } catch {
            Issue.record("\(error) for \(String(decoding: bytes, as: UTF8.self))", sourceLocation: sourceLocation)
        }
    }

    @Test("Random bytes are refused with an explanation")
    func randomBytes() {
        var generator = SplitMix64(state: UInt64(fuzzFactor))
        for _ in 0..<1500 * fuzzFactor {
            let count = Int.random(in: 0...80, using: &generator)
            tryReading((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
            let alphabet = Array("{}[]\",:0123456789.eE+-truefalsn\\u \n\0".utf8)
            tryReading((0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 })
        }
    }

    @Test("A configuration with bytes changed, lost, repeated or added is read or refused")
    func mutatedConfiguration() {
        var generator = SplitMix64(state: 2 * UInt64(fuzzFactor))
        let pieces = [
            "\\uD800", "\\uDC00", "\\ud83d\\ud83d", "\\u0000", "\0", "\u{FEFF}", "1e400", "-1e400", "1e-400", "-0",
            "nan",
            "99999999999999999999999999", "0x10", "01", "[[[[", "{\"a\":", "\"", "\\", ",", "null", "🙂", "#2", "../",
        ].map { Array($0.utf8) }
        for _ in 0..<2500 * fuzzFactor {
            var bytes = Array(Self.seed.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                let end = min(bytes.count, at + Int.random(in: 1...12, using: &generator))
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.removeSubrange(at..<end)
                case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
                case 3: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: at)
                default: bytes.replaceSubrange(at..<end, with: pieces.randomElement(using: &generator) ?? [])
                }
                if bytes.isEmpty { bytes = [0] }
            }
            tryReading(bytes)
        }
    }

    @Test("Every key takes every kind of value or refuses it")
    func everyKindOfValue() {
        let values = [
            "null", "true", "0", "-1", "1e308", "1e400", "-1e-320", "9007199254740993", "\"\"", "\"\\u0000\"",
            "\"\\uD800\"",
            "\"nan,nan\"", "\"inf,inf\"", "\"1e400,1\"", "\"0x10,0x20\"", "\"-0,1\"", "\"#GGGGGG\"", "\"#٠٠٠٠٠٠\"",
            "[]", "[[]]",
            "[\"\\u0000\"]", "{}", "{\"a\": {}}", "\"<font color=#FF0000></font>\"", "\"/dev\"", "\"/\"", "\"~\"",
        ]
        let font = "\"font-path\": \"Sources/GlyphTypeset/Resources/Fonts/DejaVuSans.ttf\""
        for key in ConfigKey.allCases {
            for value in values {
                tryReading(Array("{\(font), \"\(key.rawValue)\": \(value)}".utf8))
                tryReading(Array("{\"\(key.rawValue)\": \(value)}".utf8))
                var config = RenderConfig(font: FontFile(path: "/none"))
                do { try config.set(["\(key.rawValue)=\(value)"]) } catch { #expect(error is InputError) }
            }
        }
    }

    @Test("Nesting of any depth is refused without using up the stack", arguments: ["[", "{\"a\":", "[{\"dpi\":"])
    func deepNesting(opening: String) {
        for depth in [100, 511, 512, 513, 5000, 100_000] {
            let open = String(repeating: opening, count: depth)
            tryReading(Array(open.utf8))
            tryReading(Array("{\"dpi\": \(open)".utf8))
            let closing = opening.reversed().compactMap { ["[": "]", "{": "}"][$0] }.joined()
            tryReading(Array("{\"dpi\": \(open)1\(String(repeating: closing, count: depth))}".utf8))
        }
    }

    @Test("Very long keys, texts and numbers are refused with a short message")
    func longValues() throws {
        let long = String(repeating: "9", count: 200_000)
        let font = "\"font-path\": \"Sources/GlyphTypeset/Resources/Fonts/DejaVuSans.ttf\""
        for member in [
            "\"dpi\": \(long)", "\"alignment\": \"\(long)\"", "\"\(long)\": 1", "\"font-color\": \"\(long)\"",
        ] {
            let error = #expect(throws: InputError.self) {
                try RenderConfig(json: Array("{\(font), \(member)}".utf8), at: "long.json", relativeTo: repository)
            }
            #expect((error?.description.utf8.count ?? 0) < 2000)
        }
    }
}
