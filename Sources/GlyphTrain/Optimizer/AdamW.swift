// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphTensor

/// AdamW with f32 masters: decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
///
/// Parameters in bf16 are updated through masters in f32, because a step of 1e-4 of a weight is below what bf16 can tell
/// apart; parameters in f32 are their own masters. Vectors (norms and biases) do not decay.
final class AdamW {
    /// One parameter with its state.
    final class Slot {
        let name: String
        /// The parameter as each learner has it: the same memory, gradients apart.
        let parameters: [Tensor]
        /// What is updated: the parameter itself if that is f32.
        let master: Tensor
        let firstMoment: Tensor
        let secondMoment: Tensor
        /// Whether this belongs to the vision tower, whose rate is its own.
        let isVision: Bool

        var parameter: Tensor { parameters[0] }

        init(_ name: String, _ parameters: [Tensor], isVision: Bool) throws(TensorError) {
            self.name = name
            self.parameters = parameters
            self.isVision = isVision
            let parameter = parameters[0]
            master = parameter.dtype == .f32 ? parameter : try parameter.detach().to(.f32)
            firstMoment = try Tensor.zeros(parameter.shape, device: parameter.device)
            secondMoment = try Tensor.zeros(parameter.shape, device: parameter.device)
        }

        /// The sum of the learners' gradients in f32, or nothing if the parameter took no part; forgets them.
        func takeGradient() throws(TensorError) -> Tensor? {
            var sum: Tensor?
            for parameter in parameters {
                guard let part = try parameter.grad() else { continue }
                let gradient = try part.to(.f32)
                if let sum { try sum.accumulate(gradient) } else { sum = gradient }
                try parameter.zeroGrad()
            }
            return sum
        }
    }

    let slots: [Slot]
    private let betas: (first: Double, second: Double)
    private let weightDecay: Double
    private let epsilon = 1e-8

    /// Makes every parameter record gradients.
    ///
    /// - Parameters:
    ///   - learners: The parameters of each learner, in the same order.
    ///   - isVision: Whether a parameter belongs to the vision tower, by its name.
    ///   - betas: How slowly the moments forget.
    ///   - weightDecay: What weights lose in a step, times the rate.
    /// - Throws: `TensorError` where memory is short.
    init(
        _ learners: [[(name: String, tensor: Tensor)]],
        isVision: (String) -> Bool,
        betas: (first: Double, second: Double),
        weightDecay: Double
    ) throws(TensorError) {
        self.betas = betas
        self.weightDecay = weightDecay
        var slots: [Slot] = []
        for (index, first) in (learners.first ?? []).enumerated() {
            var parameters: [Tensor] = []
            for learner in learners { parameters.append(try learner[index].tensor.requiringGrad()) }
            slots.append(try Slot(first.name, parameters, isVision: isVision(first.name)))
        }
        self.slots = slots
    }

    /// The gradients, by slot, or nothing where a parameter took no part; forgets them.
    func takeGradients() throws(TensorError) -> [Tensor?] {
        try Tensor.withoutGrad { () throws(TensorError) in
            var gradients: [Tensor?] = []
            for slot in slots { gradients.append(try slot.takeGradient()) }
            return gradients
        }
    }

    /// Updates every parameter that has a gradient.
    ///
    /// - Parameters:
    ///   - step: Counted from 1, for the correction of the moments' start at zero.
    ///   - gradients: By slot.
    ///   - largestNorm: What the norm of all gradients together is clipped to.
    ///   - rate: The learning rate, by whether a parameter is the vision tower's.
    /// - Returns: The norm before clipping. When it is not finite, nothing is changed.
    /// - Throws: `TensorError` where computing fails.
    func step(
        _ step: Int,
        _ gradients: [Tensor?],
        largestNorm: Double,
        rate: (_ isVision: Bool) -> Double
    ) throws(TensorError) -> Double {
        let firstCorrection = 1 - pow(betas.first, Double(step))
        let secondCorrection = (1 - pow(betas.second, Double(step))).squareRoot()
        return try Tensor.withoutGrad { () throws(TensorError) in
            let norm = try Self.norm(gradients.compactMap(\.self))
            guard norm.isFinite else { return norm }
            let scale = min(1, largestNorm / max(norm, 1e-12))
            for (slot, gradient) in zip(slots, gradients) {
                guard let gradient else { continue }
                let rate = rate(slot.isVision)
                try slot.firstMoment.accumulate(gradient, factor: (1 - betas.first) * scale, scale: betas.first)
                try slot.secondMoment.accumulate(
                    product: gradient,
                    gradient,
                    factor: (1 - betas.second) * scale * scale,
                    scale: betas.second
                )
                let spread = try slot.secondMoment.sqrt() * (1 / secondCorrection) + epsilon
                let master = try slot.master.detach()
                if master.rank > 1, weightDecay > 0 { try master.accumulate(master, factor: -rate * weightDecay) }
                try master.accumulate(quotient: slot.firstMoment, spread, factor: -rate / firstCorrection)
                if slot.parameter.dtype != .f32 { try slot.parameter.detach().copy(from: master) }
            }
            return norm
        }
    }

    /// The norm of all gradients together; read once, because a device works off all that waits before it answers.
    private static func norm(_ gradients: [Tensor]) throws(TensorError) -> Double {
        guard !gradients.isEmpty else { return 0 }
        var norms: [Tensor] = []
        for gradient in gradients { norms.append(try gradient.norm()) }
        return try Tensor.stack(norms, dim: 0).floats().reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
}
