// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTypeset
import GlyphVLM

/// What a stage needs that its configuration alone does not tell, to be checked before a run begins.
extension TrainingStage {
    /// Refuses more processes than a step has batches.
    ///
    /// - Throws: `InputError` that names the stage.
    func check(processes: Int) throws {
        guard accumulation < processes else { return }
        throw InputError(
            at: "stage \"\(name)\"",
            "a step has fewer batches (\"accumulate\": \(accumulation)) than the \(processes) processes",
            expected: "a batch for each process",
            remedy: "Raise \"accumulate\", or train with fewer processes"
        )
    }

    /// Refuses texts that have too few words for the stage's pages, or for those that it is tested on.
    ///
    /// - Throws: `InputError` that says which text it is and what it needs.
    func check(_ corpus: Corpus, heldOut: Corpus) throws {
        try check(words: corpus, at: "corpus")
        if textLoss > 0 { try plain.check(words: heldOut, at: "held-out") }
    }

    private func check(words corpus: Corpus, at location: String) throws {
        let tasks = tasks.items.map(\.item)
        // Other questions are asked about passages and draw no texts.
        let drawsTexts = tasks.contains { !$0.isQuestion || $0 == .phrase }
        if drawsTexts, texts.items.contains(where: { $0.item == .shuffled }), corpus.words.isEmpty {
            throw InputError(
                at: location,
                "it has no words that stage \"\(name)\" could shuffle",
                expected: "words of at most 13 characters for the texts \"shuffled\"",
                remedy: "Add running text, or leave these texts out with \"texts\""
            )
        }
        if tasks.contains(.field) { try Fields(corpus: corpus).check(at: location) }
    }

    /// Refuses pages that the model's image processor would scale where the glyph loss has to find their cells.
    ///
    /// - Throws: `InputError` with the stage, the page and the sizes that fit.
    func check(_ processor: ImageProcessor) throws {
        guard glyphLoss > 0 else { return }
        let side = GridGeometry.visualToken
        for shape in pages.items.map(\.item.shape) {
            let grid = try processor.grid(width: shape.columns * side, height: shape.rows * side)
            guard (grid.tokenColumns, grid.tokenRows) != (shape.columns, shape.rows) else { continue }
            let cut = processor.configuration
            let (token, pixels) = (cut.patchSize * cut.mergeSize, cut.framesPerPatch * side * side)
            let least = (cut.pixels.lowerBound + pixels - 1) / pixels
            throw InputError(
                at: "stage \"\(name)\"",
                "of a page of \(shape.columns) × \(shape.rows) visual tokens the model's image processor makes "
                    + "\(grid.tokenColumns) × \(grid.tokenRows), whose cells the glyph loss cannot name",
                expected: token == side
                    ? "\(least) to \(cut.pixels.upperBound / pixels) visual tokens on a page"
                    : "a model whose visual tokens have sides of \(side) pixels, not \(token)",
                remedy: "Choose another \"size\", or \"losses\": {\"glyphs\": 0}"
            )
        }
    }
}
