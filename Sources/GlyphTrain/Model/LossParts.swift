// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

/// What a batch costs, and how much of it was right.
struct LossParts: Sendable {
    /// The text's cross-entropy in nats a byte, and the glyphs' in nats a cell; nothing for a loss of weight 0.
    var text: Double?
    var glyphs: Double?
    /// The share of bytes that were the most likely ones, each told what was before.
    var textRight: Double?
    /// The share of cells with ink whose character was the most likely one.
    var glyphsRight: Double?
}

/// A loss and what it found right, not read yet: reading makes the processor wait for the device.
struct LossTensors {
    let loss: Tensor
    /// How many of `count` were right; of none, nothing.
    let right: Tensor?
    let count: Int

    func read() throws(TensorError) -> (loss: Double, right: Double) {
        (try loss.item(), try right.map { right throws(TensorError) in try right.item() / Double(count) } ?? 0)
    }
}

extension LossParts {
    init(text: LossTensors?, glyphs: LossTensors?) throws(TensorError) {
        if let text { (self.text, textRight) = try text.read() }
        if let glyphs { (self.glyphs, glyphsRight) = try glyphs.read() }
    }

    /// Weight of the cells without ink in the glyphs' loss: they are many and easy.
    static let blankWeight = 0.1

    /// The loss of glyph alignment.
    ///
    /// - Parameters:
    ///   - scores: [cells, classes] in f32.
    ///   - classes: The right class of each cell.
    /// - Returns: The loss, with gradients, and the cells with ink that are right.
    /// - Throws: `TensorError` where computing fails.
    static func glyphLoss(_ scores: Tensor, _ classes: [Int64]) throws -> LossTensors {
        let blank = Int64(GlyphClasses.blank)
        let want = try Tensor(classes).to(scores.device)
        let inked = classes.filter { $0 != blank }.count
        let hits = inked > 0 ? try right(scores, want, where: classes.map { $0 != blank }) : nil
        var loss = try Tensor.zeros([], device: scores.device)
        if inked > 0 { loss = try loss + scores.crossEntropy(want, ignoreIndex: GlyphClasses.blank) }
        if inked < classes.count {
            let empty = try Tensor(classes.map { $0 == blank ? blank : -100 }).to(scores.device)
            loss = try loss + scores.crossEntropy(empty) * blankWeight
        }
        return LossTensors(loss: loss, right: hits, count: inked)
    }

    /// The loss of the next token.
    static func textLoss(_ logits: Tensor, _ targets: [Int64]) throws -> LossTensors {
        let want = try Tensor(targets).to(logits.device)
        let hits = targets.isEmpty ? nil : try right(logits, want, where: nil)
        return LossTensors(loss: try logits.crossEntropy(want), right: hits, count: targets.count)
    }

    /// How many of the rows have their highest score where it is wanted.
    private static func right(_ scores: Tensor, _ want: Tensor, where mask: [Bool]?) throws -> Tensor {
        try Tensor.withoutGrad {
            var hits = try scores.detach().argmax(-1).equal(want)
            if let mask { hits = try hits.logicalAnd(Tensor(mask).to(scores.device)) }
            return try hits.to(.f32).sum()
        }
    }
}
