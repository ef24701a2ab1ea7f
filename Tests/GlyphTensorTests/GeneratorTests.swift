// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@Suite struct GeneratorTests {
    private func draws(_ generator: TensorGenerator) throws -> [[UInt8]] {
        try [generator.normal([33]), generator.normal([7], dtype: .bf16)].map { try $0.bytes() }
    }

    @Test("The same seed gives the same numbers and another seed gives others")
    func seeds() throws {
        let first = try draws(TensorGenerator(seed: 1))
        #expect(try draws(TensorGenerator(seed: 1)) == first)
        #expect(try draws(TensorGenerator(seed: 2))[0] != first[0])
    }
}
