// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphTensor

/// A GLM-4.1V or GLM-OCR model with its weights: images and tokens in, logits out.
///
/// Serving reads a prompt with ``prefill(_:_:images:into:wantsLogits:)`` in as many parts as it likes and goes on with
/// ``decode(_:)``; training calls ``forward(_:images:padToken:)``. All of it computes in one type, chosen when the
/// model is made. Not `Sendable`: one task uses a model at a time.
package final class GLM4V {
    package let configuration: ModelConfiguration
    /// The parameters, under the names of the checkpoint, in a fixed order; without matrices of 8 bits.
    package let parameters: [(name: String, tensor: Tensor)]
    /// The matrices that are held in 8 bits.
    package let quantized: [(name: String, weight: Int8Weight)]
    /// The type that weights are held and activations computed in.
    package let computeType: DType
    package let device: Device
    let vision: VisionTower
    let decoder: TextDecoder

    /// Loads a checkpoint.
    ///
    /// - Parameters:
    ///   - folder: The checkpoint.
    ///   - computeType: The type of activations and weights.
    ///   - device: Where to compute.
    ///   - matrices: How to hold the decoder's matrices, nearly all of a large model's weights.
    /// - Throws: One `InputError` that lists every weight that is missing, unknown or of another shape.
    package convenience init(
        _ folder: ModelFolder,
        computeType: DType = .f32,
        device: Device = .cpu,
        matrices: MatrixForm = .computeType
    ) throws {
        let store = try ParameterStore(
            files: folder.weightFiles,
            computeType: computeType,
            device: device,
            matrixForm: matrices
        )
        try self.init(folder.configuration, store)
    }

    /// Makes a new model with weights drawn from a generator.
    package convenience init(
        _ configuration: ModelConfiguration,
        generator: TensorGenerator,
        computeType: DType = .f32,
        device: Device = .cpu
    ) throws {
        try self.init(
            configuration,
            ParameterStore(generator: generator, computeType: computeType, device: device)
        )
    }

    /// A second model over the same weights, so that two threads can compute gradients at the same time.
    ///
    /// What one of them changes, both see; gradients are kept apart.
    package convenience init(sharing model: GLM4V) throws {
        let (type, device) = (model.computeType, model.device)
        try self.init(
            model.configuration,
            ParameterStore(sharing: model.parameters, computeType: type, device: device)
        )
        recomputesBlocks = model.recomputesBlocks
    }

    private init(_ configuration: ModelConfiguration, _ store: ParameterStore) throws {
        self.configuration = configuration
        computeType = store.computeType
        device = store.device
        let root = store.root
        vision = try VisionTower(configuration.vision, root / "model" / "visual")
        decoder = try TextDecoder(configuration.text, isHeadTied: configuration.isHeadTied, root)
        try store.finish()
        parameters = store.parameters
        quantized = store.quantized
    }

    /// The number of weights, a shared head counted once.
    package var parameterCount: Int {
        parameters.reduce(0) { $0 + $1.tensor.count } + quantized.reduce(0) { $0 + $1.weight.values.count }
    }
}
