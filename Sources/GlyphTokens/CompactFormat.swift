// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The form in which the standard tokenizer ships: its tables as they lie in memory, so that a file is mapped and used.
///
/// Layout, little-endian: magic `GLYPHBP2`; u16 index of the word pattern in ``SplitRule/spellings``; u16 number of
/// special tokens; u32 numbers of merges, of slots of the ``MergeTable`` and of slots of the ``WordTable``; the u64 slots
/// of the one; per merge u16 left id, u16 right id; the u16 slots of the other; per special token u16 length, UTF-8.
/// Ids are the 256 bytes, then merges in rank order, then special tokens.
enum CompactFormat {
    static let magic = Array("GLYPHBP2".utf8)

    static func write(pattern: Int, merges: MergeTable, specialTokens: [String]) throws -> [UInt8] {
        guard 256 + merges.count <= 1 << 16 else {
            throw InputError(at: "tokenizer", "\(merges.count) merges do not fit", expected: "at most 65280 merges")
        }
        let pairs = merges.pairs
        let words = WordTable.slots(joining: pairs, merges)
        var bytes = magic
        func put(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        put(UInt16(pattern))
        put(UInt16(specialTokens.count))
        for count in [merges.count, merges.slots.count, words.count] { put(UInt32(count)) }
        for slot in merges.slots { put(slot) }
        for pair in pairs {
            put(UInt16(truncatingIfNeeded: pair.left))
            put(UInt16(truncatingIfNeeded: pair.right))
        }
        for slot in words { put(slot) }
        for token in specialTokens {
            put(UInt16(token.utf8.count))
            bytes += token.utf8
        }
        return bytes
    }

    static func read(_ resource: TableBytes, source: String) throws -> TokenizerModel {
        let bytes = resource.raw
        var index = 0
        func fault(_ problem: String) -> InputError {
            InputError(
                at: "\(source): byte \(index)",
                problem,
                expected: "a compact tokenizer written by this version",
                remedy: "Reinstall or rebuild; the file ships with the program."
            )
        }
        func next<Integer: FixedWidthInteger>(_ type: Integer.Type) throws -> Int {
            let number = try UnsafeRawBufferPointer(table(1, of: type)).loadUnaligned(as: type)
            return Int(Integer(littleEndian: number))
        }
        func table<Integer: FixedWidthInteger>(_ count: Int, of type: Integer.Type) throws
            -> UnsafeBufferPointer<Integer>
        {
            guard count <= (bytes.count - index) / MemoryLayout<Integer>.size else {
                throw fault("the file ends early")
            }
            defer { index += count * MemoryLayout<Integer>.size }
            return UnsafeBufferPointer(
                start: bytes.baseAddress?.advanced(by: index).assumingMemoryBound(to: type),
                count: count
            )
        }
        guard bytes.starts(with: magic) else { throw fault("the magic number is wrong") }
        index = magic.count
        let pattern = try next(UInt16.self)
        guard SplitRule.spellings.indices.contains(pattern) else { throw fault("word pattern \(pattern) is unknown") }
        let specialCount = try next(UInt16.self)
        let (mergeCount, mergeSlots, wordSlots) = try (next(UInt32.self), next(UInt32.self), next(UInt32.self))
        guard mergeCount <= (1 << 16) - 256 else { throw fault("\(mergeCount) merges are too many") }

        let slots = try table(mergeSlots, of: UInt64.self)
        let pairs = try table(mergeCount, of: UInt32.self)
        for (id, pair) in zip(UInt32(256)..., pairs) {
            guard pair & 0xFFFF < id, pair >> 16 < id else { throw fault("a merge uses a token that comes after it") }
        }
        let words = try table(wordSlots, of: UInt16.self)
        guard let merges = MergeTable(slots: slots, pairs: pairs, in: resource), words.count.nonzeroBitCount == 1
        else { throw fault("the size of a table is not a power of two, or it is full") }
        let specialTokens = try (0..<specialCount).map { offset in
            let content = try table(next(UInt16.self), of: UInt8.self)
            return AddedToken(
                id: Int32(256 + mergeCount + offset),
                content: String(decoding: content, as: UTF8.self),
                isSpecial: true
            )
        }
        guard index == bytes.count else { throw fault("there is more after the last token") }
        let (spelling, rule) = SplitRule.spellings[pattern]
        return TokenizerModel(
            tokens: DeferredVocabulary(count: 256 + mergeCount) { Vocabulary(joining: merges.pairs) },
            merges: merges,
            words: WordTable(slots: words, pairs: pairs, in: resource),
            byteIDs: (0..<256).map { $0 },
            addedTokens: specialTokens,
            stages: [.words(rule, spelling: spelling)]
        )
    }
}
