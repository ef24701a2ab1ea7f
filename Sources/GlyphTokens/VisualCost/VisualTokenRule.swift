// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// A way of charging for an image.
enum VisualTokenRule: Sendable {
    /// Sides rounded to a grid, then one token per cell.
    case grid(SmartResize)
    /// 28 px patches after shrinking into limits, plus a constant per image and per request.
    case boundedPatches(BoundedPatches, perImage: Int, perRequest: Int)
    /// 32 px patches, times a multiplier in percent, after shrinking to a budget of patches.
    case scaledPatches(PatchBudget, percent: Int)
    /// A constant and a price per 512 px tile.
    case tiles(base: Int, perTile: Int)
    /// A budget of cells spread over the aspect ratio, whatever the size.
    case aspect(budget: Int)
    /// 32 px patches and a constant, no resize.
    case plainPatches(perImage: Int)

    var tokensPerRequest: Int {
        if case .boundedPatches(_, _, let perRequest) = self { perRequest } else { 0 }
    }

    func tokens(width: Int, height: Int) throws -> Int {
        switch self {
        case .grid(let grid):
            let size = try grid.size(width: width, height: height)
            return size.width / grid.cell * (size.height / grid.cell)
        case .boundedPatches(let patches, let perImage, _):
            let size = patches.size(width: width, height: height)
            return perImage + size.width.dividedUp(by: 28) * size.height.dividedUp(by: 28)
        case .scaledPatches(let budget, let percent):
            return (budget.patches(width: width, height: height) * percent).dividedUp(by: 100)
        case .tiles(let base, let perTile):
            let size = OpenAITiles.size(width: width, height: height)
            return base + perTile * size.width.dividedUp(by: 512) * size.height.dividedUp(by: 512)
        case .aspect(let budget):
            let cells = AspectGrid.cells(width: width, height: height, budget: budget)
            return cells.columns * cells.rows
        case .plainPatches(let perImage):
            return perImage + width.dividedUp(by: 32) * height.dividedUp(by: 32)
        }
    }
}

extension Int {
    /// Division of non-negative numbers, rounded up.
    func dividedUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
