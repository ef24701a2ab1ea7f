// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@Suite struct TensorTests {
    private func matrix() throws -> Tensor { try Tensor([1, 2, 3, 4, 5, 6] as [Float], [2, 3]) }

    @Test("Numbers come back as they went in, for every element type")
    func roundTrip() throws {
        #expect(try Tensor([1.5, -2] as [Float]).floats() == [1.5, -2])
        #expect(try Tensor([1, -(1 << 40)] as [Int64]).int64s() == [1, -(1 << 40)])
        #expect(try Tensor([true, false]).bytes() == [1, 0])
        for dtype in DType.allCases {
            let tensor = try Tensor([0, 1, 1, 0] as [Float], [2, 2]).to(dtype)
            #expect(tensor.dtype == dtype && tensor.shape == [2, 2])
            #expect(tensor.byteCount == 4 * dtype.byteCount)
            #expect(try tensor.floats() == [0, 1, 1, 0])
            let again = try tensor.bytes().withUnsafeBytes { try Tensor(bytes: $0, [2, 2], dtype: dtype) }
            #expect(try again.bytes() == tensor.bytes())
        }
    }

    @Test("Shape and description tell the layout")
    func layout() throws {
        let a = try matrix()
        #expect(a.shape == [2, 3] && a.count == 6 && a.rank == 2 && a.size(-1) == 3)
        let b = try a.transpose(0, 1)
        #expect(b.shape == [3, 2])
        #expect(try b.floats() == [1, 4, 2, 5, 3, 6])
        #expect("\(b)" == "f32[3, 2] on cpu")
        #expect(try Tensor.zeros([]).shape == [])
    }

    @Test("Views show the elements they name")
    func views() throws {
        let a = try matrix()
        #expect(try a.reshape([3, -1]).shape == [3, 2])
        #expect(try a.permute([1, 0]).floats() == [1, 4, 2, 5, 3, 6])
        #expect(try a.narrow(1, start: 1, length: 2).floats() == [2, 3, 5, 6])
        #expect(try a.slice(1, 0..<1).floats() == [1, 4])
        #expect(try a.select(0, 1).floats() == [4, 5, 6])
        #expect(try a.unsqueeze(0).expand([2, 2, 3]).shape == [2, 2, 3])
        #expect(try a.split([1, 2], dim: 1).map { try $0.floats() } == [[1, 4], [2, 3, 5, 6]])
        #expect(try a.repeatInterleave(2, dim: 0).floats() == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
        #expect(try Tensor.cat([a, a], dim: 0).shape == [4, 3])
        #expect(try Tensor.stack([a, a], dim: 2).floats() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
    }

    @Test("Indexing reads and writes where the index says")
    func indexing() throws {
        let a = try matrix()
        #expect(try a.indexSelect(1, Tensor([2, 0])).floats() == [3, 1, 6, 4])
        let zeros = try Tensor.zeros([2, 3])
        #expect(try zeros.indexCopy(0, Tensor([1]), a.slice(0, 0..<1)).floats() == [0, 0, 0, 1, 2, 3])
        #expect(try a.maskedFill(a.greater(Tensor.full([], 4)), -1).floats() == [1, 2, 3, 4, -1, -1])
        let cache = try Tensor.zeros([2, 3])
        try cache.slice(0, 1..<2).copy(from: a.slice(0, 0..<1))
        #expect(try cache.floats() == [0, 0, 0, 1, 2, 3])
    }

    @Test("Arithmetic broadcasts, and a whole number leaves whole numbers whole")
    func arithmetic() throws {
        let a = try matrix()
        let row = try Tensor([10, 20, 30] as [Float])
        #expect(try (a + row).floats() == [11, 22, 33, 14, 25, 36])
        #expect(try (row - a).floats() == [9, 18, 27, 6, 15, 24])
        #expect(try (1 - a * 2).floats() == [-1, -3, -5, -7, -9, -11])
        #expect(try (6 / a).floats() == [6, 3, 2, 1.5, 1.2, 1])
        #expect(try (-a).floats() == [-1, -2, -3, -4, -5, -6])
        #expect(try (Tensor([1, 2]) + 1).dtype == .i64)
        #expect(try Tensor.pow(2, a).floats() == [2, 4, 8, 16, 32, 64])
        let sums = try Tensor.ones([2])
        try sums.accumulate(Tensor([1, 2] as [Float]), factor: 10, scale: 0.5)
        #expect(try sums.floats() == [10.5, 20.5])
    }

    @Test(
        "Numbers that no whole number can be stay what they are",
        arguments: [0x1p53, -0x1p63, 0x1p63, 1e300, .infinity, -.infinity, .nan, -0.5]
    )
    func scalars(_ number: Double) throws {
        let ones = try Tensor.ones([2]).to(.f64)
        for tensor in try [Tensor.full([2], number, dtype: .f64), ones * number, number * ones] {
            let found = try tensor.select(0, 1).item()
            #expect(found == number || found.isNaN && number.isNaN)
        }
    }

    @Test("Reductions agree with sums done by hand")
    func reductions() throws {
        let a = try matrix()
        #expect(try a.sum().item() == 21)
        #expect(try a.sum([1]).floats() == [6, 15])
        #expect(try a.mean([0], keepDims: true).floats() == [2.5, 3.5, 4.5])
        #expect(try a.max([1]).floats() == [3, 6])
        #expect(try a.argmax().ints() == [2, 2])
        #expect(try a.all().item() == 1 && a.greater(Tensor.full([], 5)).all().item() == 0)
        #expect(try Tensor.arange(2, 8, step: 2).ints() == [2, 4, 6])
    }

    @Test("A tensor over memory copies nothing and keeps the owner alive until the last view is gone")
    func foreignMemory() throws {
        final class Owner: Sendable {
            let bytes: UInt
            init() { bytes = UInt(bitPattern: UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)) }
            deinit { UnsafeMutableRawPointer(bitPattern: bytes)?.deallocate() }
        }
        weak var owner: Owner?
        var view: Tensor?
        do {
            let strong = Owner()
            owner = strong
            let memory = try #require(UnsafeMutableRawPointer(bitPattern: strong.bytes))
            memory.initializeMemory(as: Float.self, repeating: 3, count: 4)
            let buffer = UnsafeRawBufferPointer(start: memory, count: 16)
            let tensor = try Tensor.over(buffer, [2, 2], dtype: .f32, owner: strong)
            memory.storeBytes(of: 7, as: Float.self)
            view = try tensor.select(0, 0)
            #expect(throws: TensorError.self) { try Tensor.over(buffer, [2, 3], dtype: .f32, owner: strong) }
        }
        #expect(owner != nil)
        #expect(try view?.floats() == [7, 3])
        view = nil
        #expect(owner == nil)
    }
}
