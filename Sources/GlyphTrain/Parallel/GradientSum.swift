// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor

extension ProcessGroup {
    /// The sum of every process's gradients.
    ///
    /// - Parameters:
    ///   - gradients: In the order of `slots`; nothing where a parameter took no part here.
    ///   - slots: The parameters.
    ///   - numbers: Summed with them, as many everywhere.
    /// - Returns: The sums; nothing where a parameter took part nowhere.
    /// - Throws: As `sum`, and `TensorError`.
    func sum(
        _ gradients: [Tensor?],
        of slots: [AdamW.Slot],
        beside numbers: [Float]
    ) throws -> (gradients: [Tensor?], numbers: [Float]) {
        let device = slots.first?.parameter.device ?? .cpu
        let flat = try zip(gradients, slots).map { gradient, slot in
            try (gradient ?? Tensor.zeros(slot.parameter.shape, device: device)).reshape([-1])
        }
        let present: [Float] = gradients.map { $0 == nil ? 0 : 1 }
        let total = try sum(numbers + present + (flat.isEmpty ? [] : Tensor.cat(flat, dim: 0).floats()))
        var start = numbers.count + present.count
        let sums = try slots.enumerated().map { index, slot -> Tensor? in
            let shape = slot.parameter.shape
            let end = start + shape.reduce(1, *)
            defer { start = end }
            guard total[numbers.count + index] > 0 else { return nil }
            return try Tensor(Array(total[start..<end]), shape).to(device)
        }
        return (sums, Array(total.prefix(numbers.count)))
    }
}
