// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// The mutable half of a tokenizer: caches and buffers that one call at a time uses.
///
/// `@unchecked Sendable`: a ``Tokenizer`` lends it to one call and takes it back under a lock.
final class WordEncoder: @unchecked Sendable {
    /// What the pieces of a text are turned into.
    enum Output { case ids, count }

    private enum Step {
        case words(WordScanner)
        case pattern(PatternSplitter)
        case literal(LiteralSplitter)
        case digits(individual: Bool)
        case spaceBefore
    }

    private let model: TokenizerModel
    private let classes = ScalarClassCache()
    private let cache = WordCache()
    /// The vocabulary, where a word that is a token is taken whole.
    private let wholeWords: Vocabulary?
    private let steps: [Step]
    private var merger: PairMerger
    private var scratch: [Int32] = []
    private var output = Output.ids
    private(set) var ids: [Int32] = []
    private(set) var count = 0

    init(_ model: TokenizerModel) throws {
        self.model = model
        wholeWords = model.ignoresMergesForWholeWords ? model.vocabulary : nil
        merger = PairMerger(model.merges, byteIDs: model.byteIDs)
        let classes = classes
        steps = try model.stages.map { stage in
            switch stage {
            case .words(let rule, _): .words(WordScanner(rule, classes))
            case .pattern(let pattern, let behavior, let inverted):
                .pattern(try PatternSplitter(pattern, behavior, inverted: inverted))
            case .literal(let literal, let behavior, let inverted):
                .literal(LiteralSplitter(literal, behavior, inverted: inverted))
            case .digits(let individual): .digits(individual: individual)
            case .spaceBefore: .spaceBefore
            }
        }
    }

    /// Forgets the result of the call before and chooses what the next one collects.
    func begin(_ output: Output) {
        self.output = output
        ids.removeAll(keepingCapacity: true)
        count = 0
    }

    /// Adds a token that was matched as a whole.
    func add(_ id: Int32) {
        count += 1
        if output == .ids { ids.append(id) }
    }

    /// Adds the tokens of text without added tokens in it.
    func add(_ text: UnsafeBufferPointer<UInt8>) { run(0, text) }

    /// The ids collected since ``begin(_:)``, handed over.
    func takeIDs() -> [Int32] {
        defer { ids = [] }
        return ids
    }

    /// Runs the steps from `index` on over one piece.
    private func run(_ index: Int, _ piece: UnsafeBufferPointer<UInt8>) {
        guard let base = piece.baseAddress, !piece.isEmpty else { return }
        guard index < steps.count else {
            addWord(piece, readable: piece.count)
            return
        }
        switch steps[index] {
        case .words(let scanner):
            let isLast = index + 1 == steps.count
            var start = 0
            while start < piece.count {
                let end = scanner.wordEnd(base, from: start, to: piece.count)
                let word = UnsafeBufferPointer(start: base + start, count: end - start)
                if isLast { addWord(word, readable: piece.count - start) } else { run(index + 1, word) }
                start = end
            }
        case .pattern(let splitter):
            for range in splitter.pieces(piece) { run(index + 1, UnsafeBufferPointer(rebasing: piece[range])) }
        case .literal(let splitter):
            for range in splitter.pieces(piece) { run(index + 1, UnsafeBufferPointer(rebasing: piece[range])) }
        case .digits(let individual): splitDigits(index, piece, base, individual: individual)
        case .spaceBefore:
            guard base[0] != UInt8(ascii: " ") else { return run(index + 1, piece) }
            ([UInt8(ascii: " ")] + piece).withUnsafeBufferPointer { run(index + 1, $0) }
        }
    }

    private func splitDigits(
        _ index: Int,
        _ piece: UnsafeBufferPointer<UInt8>,
        _ base: UnsafePointer<UInt8>,
        individual: Bool
    ) {
        var start = 0
        var position = 0
        var wasNumber = false
        while position < piece.count {
            let (kind, length) = classes.classify(base, at: position, end: piece.count)
            let isNumber = kind.contains(.number)
            if position > start, isNumber != wasNumber || (isNumber && individual) {
                run(index + 1, UnsafeBufferPointer(rebasing: piece[start..<position]))
                start = position
            }
            wasNumber = isNumber
            position += length
        }
        run(index + 1, UnsafeBufferPointer(rebasing: piece[start...]))
    }

    @inline(__always)
    private func addWord(_ word: UnsafeBufferPointer<UInt8>, readable: Int) {
        guard word.count <= WordCache.longestWord else {
            mergeWord(word)
            append(scratch)
            return
        }
        let key = WordCache.Key(word, readable: readable)
        if let known = cache[key] {
            count += known.count
            if output == .ids { ids.append(contentsOf: known) }
            return
        }
        if let id = model.words?.id(of: word, key) {
            take(id)
        } else {
            mergeWord(word)
        }
        cache.store(key, scratch)
        append(scratch)
    }

    private func append(_ newIDs: [Int32]) {
        count += newIDs.count
        if output == .ids { ids.append(contentsOf: newIDs) }
    }

    private func mergeWord(_ word: UnsafeBufferPointer<UInt8>) {
        if let id = wholeWords?.id(of: word) { return take(id) }
        merger.merge(word, into: &scratch)
    }

    private func take(_ id: Int32) {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(id)
    }
}
