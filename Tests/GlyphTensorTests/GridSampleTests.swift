// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@Suite struct GridSampleTests {
    @Test("Pictures whose channels are adjacent are sampled as others are", arguments: [1, 3, 24], [1, 5, 70])
    func adjacentChannels(side: Int, channels: Int) throws {
        let generator = try TensorGenerator(seed: 3)
        let picture = try generator.normal([2, channels, side, side + 2])
        let adjacent = try picture.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
        // Most places lie inside; of the others, some are so far away that all neighbours are the border.
        let grid = try generator.normal([2, 40, 3, 2])
        try expectClose(adjacent.gridSample(grid), picture.gridSample(grid), within: 2e-5)
        // Places so far away that their pixels have no whole number show what places less far do: a corner.
        let corners = try grid / grid.abs() * 100
        try expectClose(adjacent.gridSample(grid * 1e9), picture.gridSample(corners), within: 2e-5)
    }

    @Test("The centre of a pixel gives that pixel")
    func centres() throws {
        let picture = try TensorGenerator(seed: 4).normal([4, 4, 8]).permute([2, 0, 1]).unsqueeze(0)
        let places = (0..<4).flatMap { y in (0..<4).flatMap { x in [x, y].map { (Float($0) + 0.5) / 2 - 1 } } }
        let found = try picture.gridSample(Tensor(places, [1, 4, 4, 2]))
        try expectClose(found, picture, within: 1e-6)
    }

    @Test("Gradients of a picture whose channels are adjacent agree with finite differences")
    func gradients() throws {
        let generator = try TensorGenerator(seed: 5)
        let grid = try generator.normal([1, 6, 1, 2])
        try expectGradients([generator.normal([1, 4, 5, 6])], within: 2e-2) {
            try $0[0].permute([0, 3, 1, 2]).gridSample(grid)
        }
    }
}
