// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

extension Tensor {
    /// Computes a layer, but keeps only this tensor, its input, for the backward pass, which computes the layer again.
    ///
    /// Memory for time: of many layers one after the other, the intermediate results of one are held at a time, and each
    /// is computed twice. Results and gradients are those of `layer(self)` to the last bit. Without recording it is just
    /// `layer(self)`.
    ///
    /// - Parameter layer: Must compute the same each time, and may be called by another thread. What it uses besides its
    ///   input must be leaves, such as parameters, or need no gradients. It lives as long as the graph.
    /// - Returns: What the layer returns.
    /// - Throws: What the layer throws; in the second run, from ``backward(gradient:retainGraph:)``. A graph with
    ///   checkpoints refuses ``gradients(of:gradient:retainGraph:)``.
    package func checkpointed(
        _ layer: @escaping (Tensor) throws(TensorError) -> Tensor
    ) throws(TensorError) -> Tensor {
        let context = Unmanaged.passRetained(CheckpointedLayer(layer)).toOpaque()
        return try Tensor.make(self) { x, result in
            ct_checkpoint(
                x,
                { context, x, result in
                    guard let context, let x, let result else { return ct_status(CT_ERROR) }
                    let layer = Unmanaged<CheckpointedLayer>.fromOpaque(context).takeUnretainedValue()
                    return layer.run(Tensor(owning: x), result)
                },
                { context in
                    guard let context else { return }
                    Unmanaged<CheckpointedLayer>.fromOpaque(context).release()
                },
                context,
                result
            )
        }
    }
}

/// A layer as the shim holds it.
private final class CheckpointedLayer {
    private let layer: (Tensor) throws(TensorError) -> Tensor

    init(_ layer: @escaping (Tensor) throws(TensorError) -> Tensor) { self.layer = layer }

    func run(_ x: Tensor, _ result: Out) -> ct_status {
        do throws(TensorError) {
            let value = try layer(x)
            return withExtendedLifetime(value) { ct_share(value.handle, result) }
        } catch {
            return error.report()
        }
    }
}
