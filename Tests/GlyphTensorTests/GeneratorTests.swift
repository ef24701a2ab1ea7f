// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@Suite struct GeneratorTests {
    private func draws(_ generator: TensorGenerator) throws -> [[UInt8]] {
        try [
            generator.normal([33]), generator.uniform([7], dtype: .bf16), generator.integers(-3..<9, [50]),
        ].map { try $0.bytes() }
    }

    @Test("The same seed gives the same numbers and another seed gives others")
    func seeds() throws {
        let first = try draws(TensorGenerator(seed: 1))
        #expect(try draws(TensorGenerator(seed: 1)) == first)
        #expect(try draws(TensorGenerator(seed: 2))[0] != first[0])
    }

    @Test("Drawn numbers lie where they should")
    func ranges() throws {
        let generator = try TensorGenerator(seed: 5)
        let whole = try generator.integers(-3..<9, [2000]).ints()
        #expect(whole.min() == -3 && whole.max() == 8)
        let uniform = try generator.uniform([2000]).floats()
        #expect(uniform.allSatisfy { (0..<1).contains($0) })
    }
}
