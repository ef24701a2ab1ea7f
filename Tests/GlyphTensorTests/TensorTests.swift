// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@Suite struct TensorTests {
    @Test("Sums broadcast a row over a matrix")
    func addBroadcasts() throws {
        let a = try Tensor([1, 2, 3, 4] as [Float], [2, 2])
        let b = try Tensor([10, 20] as [Float])
        #expect(try (a + b).floats() == [11, 22, 13, 24])
    }
}
