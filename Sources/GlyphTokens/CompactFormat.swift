// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The form in which the standard tokenizer ships: merges only, 4 bytes each, ids implied by order.
///
/// Layout, little-endian: magic `GLYPHBP1`; u16 index of the word pattern in ``SplitRule/spellings``; u16 number of
/// special tokens; u32 number of merges; per merge u16 left id, u16 right id; per special token u16 length, UTF-8.
/// Ids are the 256 bytes, then merges in rank order, then special tokens. A `tokenizer.json` of the same content is
/// eight times larger and takes twenty times longer to load.
enum CompactFormat {
    static let magic = Array("GLYPHBP1".utf8)

    static func write(
        pattern: Int,
        merges: [(left: Int32, right: Int32)],
        specialTokens: [String]
    ) throws -> [UInt8] {
        guard 256 + merges.count <= 1 << 16 else {
            throw InputError(at: "tokenizer", "\(merges.count) merges do not fit", expected: "at most 65280 merges")
        }
        var bytes = magic
        func put(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(UInt16(pattern))
        put(UInt16(specialTokens.count))
        put(UInt32(merges.count))
        for merge in merges {
            put(UInt16(truncatingIfNeeded: merge.left))
            put(UInt16(truncatingIfNeeded: merge.right))
        }
        for token in specialTokens {
            put(UInt16(token.utf8.count))
            bytes += token.utf8
        }
        return bytes
    }

    static func read(_ bytes: UnsafeRawBufferPointer, source: String) throws -> TokenizerModel {
        var index = magic.count
        func fault(_ problem: String) -> InputError {
            InputError(
                at: "\(source): byte \(index)",
                problem,
                expected: "a compact tokenizer written by this version",
                remedy: "Reinstall or rebuild; the file ships with the program."
            )
        }
        func next<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Int {
            guard index + MemoryLayout<Integer>.size <= bytes.count else { throw fault("the file ends early") }
            defer { index += MemoryLayout<Integer>.size }
            return Int(Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: Integer.self)))
        }
        guard bytes.starts(with: magic) else {
            index = 0
            throw fault("the magic number is wrong")
        }
        let pattern = try next(UInt16.self)
        guard SplitRule.spellings.indices.contains(pattern) else { throw fault("word pattern \(pattern) is unknown") }
        let specialCount = try next(UInt16.self)
        let mergeCount = try next(UInt32.self)
        guard mergeCount <= (bytes.count - index) / 4 else { throw fault("the file ends early") }

        var pairs: [(left: Int32, right: Int32)] = []
        pairs.reserveCapacity(mergeCount)
        for id in 256..<256 + UInt32(mergeCount) {
            let pair = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            let (left, right) = (pair & 0xFFFF, pair >> 16)
            guard left < id, right < id else { throw fault("a merge uses a token that comes after it") }
            pairs.append((Int32(left), Int32(right)))
            index += 4
        }
        let specialTokens = try (0..<specialCount).map { offset in
            let length = try next(UInt16.self)
            guard index + length <= bytes.count else { throw fault("the file ends early") }
            defer { index += length }
            let content = String(decoding: bytes[index..<index + length], as: UTF8.self)
            return AddedToken(id: Int32(256 + mergeCount + offset), content: content, isSpecial: true)
        }
        guard index == bytes.count else { throw fault("there is more after the last token") }
        let (spelling, rule) = SplitRule.spellings[pattern]
        return TokenizerModel(
            tokens: DeferredVocabulary(count: 256 + mergeCount) { [pairs] in Vocabulary(joining: pairs) },
            merges: try MergeTable(pairs: pairs, source: source),
            byteIDs: (0..<256).map { $0 },
            addedTokens: specialTokens,
            stages: [.words(rule, spelling: spelling)]
        )
    }
}
