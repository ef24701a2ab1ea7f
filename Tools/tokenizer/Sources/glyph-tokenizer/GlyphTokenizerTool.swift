// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTokens

/// Trains the standard tokenizer, converts tokenizers and measures them.
///
/// ```
/// glyph-tokenizer train OUTPUT.bpe SIZE CORPUS...   # each line of a corpus file is weighted alike
/// glyph-tokenizer export INPUT.bpe OUTPUT.json      # for Python
/// glyph-tokenizer ids INPUT TEXTS.json OUTPUT.json  # for Tools/reference/tokenizer_fixtures.py --check
/// glyph-tokenizer measure INPUT FILE...             # chars per token, MB/s
/// ```
@main
enum GlyphTokenizerTool {
    /// In GLM-4's order of use; the reserved ones leave room without changing ids.
    static let specialTokens =
        [
            "<|endoftext|>", "<|pad|>", "<|system|>", "<|user|>", "<|assistant|>", "<|observation|>",
            "<|begin_of_image|>", "<|image|>", "<|end_of_image|>",
        ] + (0..<7).map { "<|reserved_\($0)|>" }

    static func main() throws {
        let arguments = CommandLine.arguments
        switch (arguments.dropFirst().first, arguments.count) {
        case ("train", 5...):
            try train(Array(arguments[3...]), output: arguments[2])
        case ("export", 4):
            try write(load(arguments[2]).huggingFaceJSON(), to: arguments[3])
        case ("ids", 5):
            try writeIDs(load(arguments[2]), texts: arguments[3], to: arguments[4])
        case ("measure", 3...):
            let start = ContinuousClock.now
            let tokenizer = arguments[2] == "standard" ? try Tokenizer.standard() : try load(arguments[2])
            report(["loadMilliseconds": milliseconds(since: start), "vocabulary": Double(tokenizer.vocabularySize)])
            for file in arguments[3...] { try measure(tokenizer, file) }
        default:
            throw InputError(
                at: "arguments",
                "unknown command",
                expected: "train, export, ids, measure; see the source"
            )
        }
    }

    /// Encodes a JSON array of texts and writes pairs of text and ids.
    private static func writeIDs(_ tokenizer: Tokenizer, texts path: String, to output: String) throws {
        struct Row: Encodable {
            var text: String
            var ids: [Int32]

            func encode(to encoder: any Encoder) throws {
                var row = encoder.unkeyedContainer()
                try row.encode(text)
                try row.encode(ids)
            }
        }
        let texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        let rows = texts.map { Row(text: $0, ids: tokenizer.encode($0)) }
        try write([UInt8](JSONEncoder().encode(rows)), to: output)
    }

    private static func train(_ arguments: [String], output: String) throws {
        guard let size = Int(arguments[0]) else { throw InputError(at: "SIZE", "\(arguments[0]) is no number") }
        var trainer = TokenizerTrainer(pattern: .cl100k)
        let start = ContinuousClock.now
        var bytes = 0
        for path in arguments.dropFirst() {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes += data.count
            data.withUnsafeBytes { trainer.add($0.bindMemory(to: UInt8.self)) }
        }
        report(["words": Double(trainer.distinctWordCount), "countMilliseconds": milliseconds(since: start)])
        let tokenizer = try trainer.train(vocabularySize: size, specialTokens: specialTokens)
        try write(tokenizer.compactForm(), to: output)
        report(["bytes": Double(bytes), "totalMilliseconds": milliseconds(since: start)])
    }

    private static func measure(_ tokenizer: Tokenizer, _ file: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let characters = String(decoding: bytes, as: UTF8.self).unicodeScalars.count
        var best = (cold: 0.0, count: Double.infinity, encode: Double.infinity)
        var tokens = 0
        for round in 0..<10 {
            var start = ContinuousClock.now
            tokens = tokenizer.count(bytes)
            let elapsed = milliseconds(since: start)
            if round == 0 { best.cold = elapsed }
            best.count = min(best.count, elapsed)
            start = .now
            let ids = tokenizer.encode(bytes)
            best.encode = min(best.encode, milliseconds(since: start))
            guard ids.count == tokens, try tokenizer.decode(ids) == bytes else {
                throw InputError(at: file, "decoding does not give the file back")
            }
        }
        let megabytes = Double(bytes.count) / 1e6
        report([
            "bytes": Double(bytes.count), "tokens": Double(tokens),
            "charactersPerToken": Double(characters) / Double(tokens),
            "firstCountMBps": megabytes / best.cold * 1e3, "countMBps": megabytes / best.count * 1e3,
            "encodeMBps": megabytes / best.encode * 1e3,
        ])
    }

    private static func load(_ path: String) throws -> Tokenizer {
        if path.hasSuffix(".json") { return try Tokenizer(contentsOfFile: path) }
        return try Tokenizer(compact: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))), source: path)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private static func milliseconds(since start: ContinuousClock.Instant) -> Double {
        let elapsed = start.duration(to: .now).components
        return Double(elapsed.seconds) * 1e3 + Double(elapsed.attoseconds) / 1e15
    }

    private static func report(_ values: [String: Double]) {
        let fields = values.sorted { $0.key < $1.key }.map { "\"\($0)\": \(($1 * 1000).rounded() / 1000)" }
        print("{\(fields.joined(separator: ", "))}")
    }
}
