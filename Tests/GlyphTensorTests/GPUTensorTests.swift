// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphTensor
import Testing

/// Whether the suites named GPU… run: with a CUDA device, or on the processor where GLYPH_GPU_REHEARSAL is set, to try
/// the tests themselves.
private let hasGPU =
    Runtime.cudaDeviceCount > 0 || ProcessInfo.processInfo.environment["GLYPH_GPU_REHEARSAL"] != nil

@Suite(.enabled(if: hasGPU), .serialized)
struct GPUTensorTests {
    private let device = Device.best

    init() throws { try Runtime.setNarrowProducts(false) }

    @Test(
        "An operation and its gradients give on a GPU what they give on the processor",
        arguments: Operation.simple + Operation.layers + Operation.attention
    )
    func operations(_ operation: Operation) throws {
        let results = try [Device.cpu, device].map(operation.results)
        for (expected, found) in zip(results[0], results[1]) {
            #expect(found.value.dtype == expected.value.dtype)
            let scale = try max(1, expected.value.to(.f64).abs().max().item())
            let tolerance = operation.tolerance * (expected.what == "result" ? 1 : 10) * scale
            try expectClose(found.value, expected.value, within: tolerance, "\(operation.name): \(expected.what)")
        }
    }

    @Test("Tensors come back from a GPU as they went there", arguments: DType.allCases)
    func transfers(_ dtype: DType) throws {
        let values = try (TensorGenerator(seed: 1).normal([5, 9]) * 9).to(dtype)
        let there = try values.to(device)
        #expect(there.device == device && there.dtype == dtype)
        #expect(try there.bytes() == values.bytes())
        #expect(try there.transpose(0, 1).bytes() == values.transpose(0, 1).bytes())
        #expect(try Tensor.full([3], 2, dtype: dtype, device: device).to(.f64).sum().item() == (dtype == .bool ? 3 : 6))
    }

    @Test("The same seed gives the same numbers on a GPU")
    func generators() throws {
        func draws(_ generator: TensorGenerator) throws -> [[UInt8]] {
            try [generator.normal([33]), generator.normal([7], dtype: .bf16)].map { tensor in
                #expect(tensor.device == device)
                return try tensor.bytes()
            }
        }
        let generator = try TensorGenerator(seed: 1, device: device)
        let first = try draws(generator)
        #expect(try draws(TensorGenerator(seed: 1, device: device)) == first)
        #expect(try draws(TensorGenerator(seed: 2, device: device))[0] != first[0])
        #expect(try draws(generator) != first)
    }

    @Test("Memory that a GPU does not have is an error, and the device works on")
    func outOfMemory() throws {
        let elements = device == .cpu ? 1 << 50 : try Runtime.memory(of: device).total / 4 + 1
        let error = try #require(throws: TensorError.self) { try Tensor.empty([elements], device: device) }
        #expect(error.kind == .outOfMemory, "\(error)")
        let wide = try Tensor.ones([1], device: device).expand([elements])
        #expect(try #require(throws: TensorError.self) { try wide.sin() }.kind == .outOfMemory)
        #expect(try (Tensor.ones([3], device: device) + 1).floats() == [2, 2, 2])
        try Runtime.synchronize(device)
    }

    @Test("Operands on different devices are an error of kind device", .enabled(if: Runtime.cudaDeviceCount > 0))
    func mixedDevices() throws {
        let (here, there) = (try Tensor.ones([2, 2]), try Tensor.ones([2, 2], device: device))
        for operation in [
            { try here + there }, { try there.matmul(here) }, { try there.linear(here) },
            { try there.rmsNorm(here.select(0, 0), epsilon: 1e-5) },
        ] as [() throws -> Tensor] {
            let error = try #require(throws: TensorError.self) { try operation() }
            #expect(error.kind == .device, "\(error)")
        }
        #expect(throws: TensorError.self) { try Tensor.zeros([1], device: .cuda(Runtime.cudaDeviceCount)) }
    }

    @Test("A file of tensors does not tell where they were")
    func safetensors() throws {
        let values = try TensorGenerator(seed: 2).normal([4, 6])
        let files = try [Device.cpu, device].map { device in
            let path = NSTemporaryDirectory() + "glyph-gpu-\(UUID().uuidString).safetensors"
            defer { try? FileManager.default.removeItem(atPath: path) }
            let tensors = [("a", try values.to(device)), ("b", try values.to(device, .bf16).transpose(0, 1))]
            try SafetensorsWriter.write(tensors, to: path)
            return try Data(contentsOf: URL(fileURLWithPath: path))
        }
        #expect(files[0] == files[1])
    }
}
