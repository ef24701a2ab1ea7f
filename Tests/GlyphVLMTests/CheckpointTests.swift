// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphTensor
import Testing

@testable import GlyphVLM

@Suite struct CheckpointTests {
    /// The loss of a prompt with images and every gradient of it; `between` runs before the backward pass.
    private func results(
        _ name: String,
        recomputes: Bool,
        between: (GLM4V) throws -> Void = { _ in }
    ) throws -> [[Float]] {
        let reference = try ReferenceModel(name)
        let model = reference.model
        model.recomputesBlocks = recomputes
        for (_, parameter) in model.parameters { try parameter.requiringGrad() }
        let images = try reference.recordedVectors()
        let hidden = try model.forward([reference.prompt], images: [images], padToken: 1)
        let targets = try Tensor((0..<reference.prompt.tokens.count).map { $0 % 300 })
        let loss = try model.logits(hidden.select(0, 0)).crossEntropy(targets)
        try between(model)
        try loss.backward()
        return try [[Float(loss.item())]]
            + model.parameters.map { try #require(try $0.tensor.grad(), "\($0.name)").floats() }
    }

    @Test(
        "The loss and every gradient are the same to the last bit when blocks are computed again",
        arguments: ["pages", "ocr"]
    )
    func sameBits(_ name: String) throws {
        #expect(try results(name, recomputes: true) == results(name, recomputes: false))
    }

    @Test("No block keeps anything but its input for the backward pass")
    func nothingKept() throws {
        let names = try ReferenceModel("pages").model.parameters.map(\.name)
        let inner = names.filter {
            $0.hasSuffix("down_proj.weight") && ($0.contains(".layers.") || $0.contains(".blocks."))
        }
        #expect(inner.contains { $0.contains(".layers.") } && inner.contains { $0.contains(".blocks.") })
        for name in inner {
            // A tensor that a graph keeps must not be written to until it was used; adding zero is writing.
            let touch: (GLM4V) throws -> Void = { model in
                let tensor = try #require(model.parameters.first { $0.name == name }).tensor
                try Tensor.withoutGrad { try tensor.accumulate(Tensor.zeros(tensor.shape), factor: 1) }
            }
            #expect(throws: TensorError.self, "\(name)") {
                try results("pages", recomputes: false, between: touch)
            }
            #expect(throws: Never.self, "\(name)") { try results("pages", recomputes: true, between: touch) }
        }
    }

    @Test("A model that shares weights computes blocks again when the first one does")
    func sharing() throws {
        let model = try ReferenceModel("single").model
        #expect(try GLM4V(sharing: model).recomputesBlocks == false)
        model.recomputesBlocks = true
        #expect(try GLM4V(sharing: model).recomputesBlocks)
    }
}
