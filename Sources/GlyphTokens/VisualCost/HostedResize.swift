// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// Claude's limits: the long edge and the number of 28 px patches, both after padding to whole patches.
struct BoundedPatches: Sendable {
    let longestEdge: Int
    let mostPatches: Int

    private func fits(_ width: Int, _ height: Int) -> Bool {
        let (columns, rows) = (width.dividedUp(by: 28), height.dividedUp(by: 28))
        return columns * 28 <= longestEdge && rows * 28 <= longestEdge && columns * rows <= mostPatches
    }

    /// The largest size of the same aspect ratio within the limits, found by bisecting the long edge.
    func size(width: Int, height: Int) -> (width: Int, height: Int) {
        if fits(width, height) { return (width, height) }
        let long = max(width, height)
        func scaled(_ edge: Int) -> (width: Int, height: Int) {
            let short = max(1, Int((Double(edge) * Double(min(width, height)) / Double(long)).rounded()))
            return width >= height ? (edge, short) : (short, edge)
        }
        var (fitting, tooLong) = (1, long)
        while tooLong - fitting > 1 {
            let middle = (fitting + tooLong) / 2
            let size = scaled(middle)
            if fits(size.width, size.height) { fitting = middle } else { tooLong = middle }
        }
        return scaled(fitting)
    }
}

/// OpenAI's patch rule: 32 px patches, shrunk to a budget so that whole patches fill one side.
struct PatchBudget: Sendable {
    /// The most patches before an image is shrunk; `nil` where no limit has been seen.
    let mostPatches: Int?

    /// The factor an image is shrunk by; 1 if it is within the budget.
    private func scale(_ width: Int, _ height: Int) -> Double {
        guard let mostPatches, width.dividedUp(by: 32) * height.dividedUp(by: 32) > mostPatches else { return 1 }
        let (width, height) = (Double(width), Double(height))
        let shrink = (32 * 32 * Double(mostPatches) / (width * height)).squareRoot()
        let (columns, rows) = (width * shrink / 32, height * shrink / 32)
        return shrink * max(min(columns.rounded(.down) / columns, rows.rounded(.down) / rows), 1 / max(columns, rows))
    }

    func patches(width: Int, height: Int) -> Int {
        let scale = scale(width, height)
        guard scale != 1 else { return width.dividedUp(by: 32) * height.dividedUp(by: 32) }
        // A side that was scaled to whole patches must not spill into one more by a rounding error.
        func cells(_ side: Int) -> Int { max(1, Int((Double(side) * scale / 32 - 1e-9).rounded(.up))) }
        return cells(width) * cells(height)
    }
}

/// OpenAI's tile rule: into a 2,048 px square, then the short side down to 768 px, then 512 px tiles.
enum OpenAITiles {
    static func size(width: Int, height: Int) -> (width: Int, height: Int) {
        var (width, height) = (Double(width), Double(height))
        let fit = min(1, 2048 / max(width, height))
        (width, height) = (width * fit, height * fit)
        let scale = min(1, 768 / min(width, height))
        func side(_ side: Double) -> Int { max(1, Int((side * scale).rounded())) }
        return (side(width), side(height))
    }
}

/// Gemini 3's rule: the largest whole grid of the image's aspect ratio within a budget of cells.
enum AspectGrid {
    static func cells(width: Int, height: Int, budget: Int) -> (columns: Int, rows: Int) {
        func cells(_ side: Int, _ other: Int) -> Int {
            max(1, Int((Double(budget) * Double(side) / Double(other)).squareRoot()))
        }
        return (cells(width, height), cells(height, width))
    }
}
