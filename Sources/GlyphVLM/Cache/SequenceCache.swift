// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
package import GlyphTensor

/// Keys and values of one sequence in all layers.
///
/// Lies in one piece of memory, [layers, 2, key heads, capacity, head size], and grows by half when it is full. A step
/// that fails leaves it as it was: positions count only when all layers have written them.
package final class SequenceCache {
    /// What a cache must agree on with the model.
    struct Layout: Equatable {
        var layers: Int
        var heads: Int
        var headSize: Int
        var dtype: DType
        var device: Device

        /// Bytes of keys and values of one position, in all layers.
        var bytesPerPosition: Int { layers * 2 * heads * headSize * dtype.byteCount }
    }

    let layout: Layout
    private var storage: Tensor
    /// Views of the storage for each layer, [1, key heads, capacity, head size].
    private var layers: [(keys: Tensor, values: Tensor)] = []

    /// The number of positions held.
    package private(set) var count = 0
    /// The rotary position of the token that comes next, once a whole prompt has been read.
    package internal(set) var nextPosition: Int32?
    /// The number of positions that fit without growing.
    package private(set) var capacity: Int

    private static let smallest = 64

    init(_ layout: Layout, capacity: Int) throws(TensorError) {
        self.layout = layout
        self.capacity = max(capacity, Self.smallest)
        storage = try Self.allocate(layout, self.capacity)
        layers = try Self.views(storage, layout)
    }

    private static func allocate(_ layout: Layout, _ capacity: Int) throws(TensorError) -> Tensor {
        try Tensor.empty(
            [layout.layers, 2, layout.heads, capacity, layout.headSize],
            dtype: layout.dtype,
            device: layout.device
        )
    }

    private static func views(
        _ storage: Tensor,
        _ layout: Layout
    ) throws(TensorError) -> [(keys: Tensor, values: Tensor)] {
        var views: [(keys: Tensor, values: Tensor)] = []
        for layer in 0..<layout.layers {
            let both = try storage.select(0, layer)
            views.append((try both.select(0, 0).unsqueeze(0), try both.select(0, 1).unsqueeze(0)))
        }
        return views
    }

    /// Makes room for `positions` in all.
    package func reserve(_ positions: Int) throws(TensorError) {
        guard positions > capacity else { return }
        let larger = max(positions, capacity + capacity / 2)
        let grown = try Self.allocate(layout, larger)
        if count > 0 {
            try grown.narrow(3, start: 0, length: count).copy(from: storage.narrow(3, start: 0, length: count))
        }
        layers = try Self.views(grown, layout)
        storage = grown
        capacity = larger
    }

    /// Writes a layer's keys and values behind those that count, and returns all of them.
    ///
    /// - Parameters:
    ///   - layer: The layer's number.
    ///   - keys: [1, key heads, new positions, head size], already turned.
    ///   - values: As `keys`.
    /// - Returns: Views of all keys and values, [1, key heads, positions, head size].
    /// - Throws: `TensorError` where the shapes do not fit.
    func write(
        _ layer: Int,
        keys: Tensor,
        values: Tensor
    ) throws(TensorError) -> (keys: Tensor, values: Tensor) {
        let new = keys.size(2)
        let (allKeys, allValues) = layers[layer]
        try allKeys.narrow(2, start: count, length: new).copy(from: keys)
        try allValues.narrow(2, start: count, length: new).copy(from: values)
        let length = count + new
        return (try allKeys.narrow(2, start: 0, length: length), try allValues.narrow(2, start: 0, length: length))
    }

    /// The cache as a ``StepDecoder`` takes it.
    var stepMemory: StepDecoder.Memory { StepDecoder.Memory(storage: storage, length: count) }

    /// Counts positions that all layers have written.
    func commit(_ positions: Int, next: Int32?) {
        count += positions
        nextPosition = next
    }

    // MARK: - Blocks

    /// A copy of the keys and values of some positions, to begin another sequence with.
    package func block(_ positions: Range<Int>) throws -> CacheBlock {
        guard positions.lowerBound >= 0, positions.upperBound <= count else {
            throw InputError(at: "cache block", "\(positions) is not filled", expected: "positions below \(count)")
        }
        let part = try storage.narrow(3, start: positions.lowerBound, length: positions.count)
        return CacheBlock(tensor: try part.clone().contiguous(), layout: layout)
    }

    /// Appends the positions of a block, which must have followed the same tokens that this cache holds.
    package func append(_ block: CacheBlock) throws {
        guard block.layout == layout else {
            throw InputError(at: "cache block", "it is of another model or type", expected: "a block of this model")
        }
        try reserve(count + block.length)
        try storage.narrow(3, start: count, length: block.length).copy(from: block.tensor)
        count += block.length
        nextPosition = nil
    }
}

/// Keys and values of consecutive positions in all layers, taken out of a cache.
package final class CacheBlock {
    /// [layers, 2, key heads, positions, head size].
    let tensor: Tensor
    let layout: SequenceCache.Layout

    init(tensor: Tensor, layout: SequenceCache.Layout) {
        self.tensor = tensor
        self.layout = layout
    }

    /// The number of positions.
    package var length: Int { tensor.size(3) }

    /// The values as bytes in the machine's order, for keeping on disk.
    package func bytes() throws -> [UInt8] {
        try tensor.bytes()
    }
}
