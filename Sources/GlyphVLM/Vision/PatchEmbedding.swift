// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

/// The projection of patches: a 3-D convolution whose stride is its size, computed as one matrix product.
struct PatchEmbedding {
    let weight: Tensor
    let bias: Tensor
    private let patchLength: Int

    init(_ c: VisionConfiguration, _ w: ParameterScope) throws {
        let shape = [c.hiddenSize, c.channels, c.framesPerPatch, c.patchSize, c.patchSize]
        weight = try w("proj.weight", shape, .normal)
        bias = try w("proj.bias", [c.hiddenSize], .zeros)
        patchLength = c.patchLength
    }

    /// [patches, channels × frames × side × side] → [patches, hidden].
    func callAsFunction(_ pixels: Tensor) throws(TensorError) -> Tensor {
        let kernel = try weight.reshape([-1, patchLength])
        return try pixels.to(weight.dtype).linear(kernel, bias: bias)
    }
}

/// The learned position table, sampled bicubically at every patch's place in its image.
struct PositionTable {
    private let table: Tensor
    private let side: Int

    init(_ c: VisionConfiguration, _ w: ParameterScope) throws {
        side = c.positionsPerSide
        table = try w("position_embedding.weight", [side * side, c.hiddenSize], .normal)
    }

    /// [patches, hidden].
    func callAsFunction(_ places: PatchPlaces) throws(TensorError) -> Tensor {
        let width = table.size(1)
        let picture = try table.to(.f32).reshape([1, side, side, width]).permute([0, 3, 1, 2])
        let grid = try places.samples.reshape([1, -1, 1, 2])
        let sampled = try picture.gridSample(grid)  // [1, hidden, patches, 1]
        return try sampled.reshape([width, -1]).transpose(0, 1).to(table.dtype)
    }
}

/// Where the patches of some images are: in their images, and which of them belong together.
struct PatchPlaces {
    /// Rows, then columns, [2, patches] in f32.
    private let places: Tensor
    /// Places in the learned table as (x, y) from −1 to 1, [patches, 2].
    let samples: Tensor
    /// The patch at which each image begins, and the number of all: [images + 1].
    let segments: Tensor

    init(_ grids: [ImageGrid], device: Device) throws(TensorError) {
        var rows: [Float] = []
        var columns: [Float] = []
        var samples: [Float] = []
        var ends: [Int64] = [0]
        for grid in grids {
            for (row, column) in grid.patchPlaces {
                rows.append(Float(row))
                columns.append(Float(column))
                samples.append((Float(column) + 0.5) / Float(grid.columns) * 2 - 1)
                samples.append((Float(row) + 0.5) / Float(grid.rows) * 2 - 1)
            }
            ends.append(Int64(rows.count))
        }
        places = try Tensor(rows + columns, [2, rows.count]).to(device)
        self.samples = try Tensor(samples, [rows.count, 2]).to(device)
        segments = try Tensor(ends)
    }

    /// The first half of a head's pairs turns with the row, the second with the column.
    func rotation(_ c: VisionConfiguration) throws(TensorError) -> Rotation {
        let pairs = c.headSize / 4
        let frequencies = try rotaryFrequencies(base: c.ropeBase, size: c.headSize / 2, device: places.device)
        let angles = try places.unsqueeze(-1) * frequencies  // [2, patches, pairs]
        let joined = try angles.transpose(0, 1).reshape([-1, 2 * pairs])
        return Rotation(cos: try joined.cos(), sin: try joined.sin())
    }
}

/// 1 / base^(2i / size) for i below size / 2.
func rotaryFrequencies(base: Double, size: Int, device: Device) throws(TensorError) -> Tensor {
    let exponents = try Tensor.arange(0, Double(size), step: 2, dtype: .f32) / Double(size)
    return try (1 / Tensor.pow(base, exponents)).to(device)
}
