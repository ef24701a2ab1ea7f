// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@Suite struct ErrorTests {
    @Test("A shape that does not fit names the operation and the shapes")
    func shapes() throws {
        let a = try Tensor.zeros([2, 3])
        let b = try Tensor.zeros([4, 5])
        let error = try #require(throws: TensorError.self) { try a.matmul(b) }
        #expect(error.kind == .shape)
        #expect(error.message.hasPrefix("matmul(f32[2, 3], f32[4, 5]): "))
        // One try covers a statement, and the first failure leaves it.
        let sum = try #require(throws: TensorError.self) { try (a + b).sin().sum() }
        #expect(sum.kind == .shape && sum.message.hasPrefix("add(f32[2, 3], f32[4, 5]): "))
    }

    @Test(
        "Bad arguments are errors of kind shape",
        arguments: [
            { try $0.reshape([7]) }, { try $0.permute([0, 0]) }, { try $0.select(0, 9) },
            { try $0.narrow(1, start: 2, length: 5) }, { try $0.transpose(0, 5) }, { try $0.softmax(4) },
            { try $0.split([1, 1], dim: 1)[0] }, { try $0.linear(Tensor.zeros([4, 2])) },
            { try $0.rmsNorm(Tensor.zeros([2]), epsilon: 1e-5) }, { try $0.indexSelect(0, Tensor([5])) },
            { try Tensor.attention(query: $0, key: $0, value: $0) },
        ] as [@Sendable (Tensor) throws -> Tensor]
    )
    func badArguments(_ operation: @Sendable (Tensor) throws -> Tensor) throws {
        let error = try #require(throws: TensorError.self) { try operation(Tensor.zeros([2, 3])) }
        #expect(error.kind == .shape, "\(error)")
    }

    @Test("Memory that cannot be had is an error, and the process goes on")
    func outOfMemory() throws {
        for shape in [[1 << 50], [1 << 40, 1 << 40]] {
            let error = try #require(throws: TensorError.self) { try Tensor.empty(shape) }
            #expect(error.kind == .outOfMemory, "\(error)")
        }
        let huge = try Tensor.zeros([1]).expand([1 << 50])
        #expect(try #require(throws: TensorError.self) { try huge.sin() }.kind == .outOfMemory)
        #expect(try (Tensor.ones([3]) + 1).floats() == [2, 2, 2])
    }

    @Test("A CUDA device that is not there is an error of kind device")
    func missingDevice() throws {
        guard Runtime.cudaDeviceCount == 0 else { return }
        #expect(Device.best == .cpu)
        let error = try #require(throws: TensorError.self) { try Tensor.zeros([1], device: .cuda(0)) }
        #expect(error.kind == .device, "\(error)")
        #expect(throws: TensorError.self) { try Runtime.memory(of: .cuda(0)) }
    }

    @Test("Bytes of another length than the shape takes are refused")
    func wrongLength() throws {
        #expect(throws: TensorError.self) { try Tensor([1, 2, 3] as [Float], [2, 2]) }
        #expect(throws: TensorError.self) { try Tensor.zeros([2]).item() }
        #expect(throws: TensorError.self) { try Runtime.setThreadCount(0) }
    }
}
