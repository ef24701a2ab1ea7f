// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import CTorch

extension Tensor {
    /// Whether operations on this tensor are recorded for ``backward(gradient:retainGraph:)``.
    package var requiresGrad: Bool { ct_requires_grad(handle) }

    /// Makes a leaf of the graph record gradients, or stop doing so; returns itself.
    @discardableResult
    package func requiringGrad(_ required: Bool = true) throws(TensorError) -> Tensor {
        try Tensor.run(self) { ct_set_requires_grad(handle, required) }
        return self
    }

    /// The same storage outside of the graph.
    package func detach() throws(TensorError) -> Tensor { try Tensor.make(self) { ct_detach($0, $1) } }

    /// What backward passes have added up for this leaf, if there was one.
    package func grad() throws(TensorError) -> Tensor? {
        defer { withExtendedLifetime(self) {} }
        var handle: OpaquePointer?
        try TensorError.check(ct_grad(self.handle, &handle))
        return handle.map(Tensor.init(owning:))
    }

    /// Forgets the gradient.
    package func zeroGrad() throws(TensorError) { try Tensor.run(self) { ct_set_grad(handle, nil) } }

    /// Adds to the gradients of the leaves that this tensor was computed from.
    ///
    /// - Parameters:
    ///   - gradient: Of this tensor; one if it has a single element and none is given.
    ///   - retainGraph: Keep what a second pass over the same graph needs.
    /// - Throws: If no graph leads here, or a gradient is needed and missing.
    package func backward(gradient: Tensor? = nil, retainGraph: Bool = false) throws(TensorError) {
        try Tensor.run(self, gradient) { ct_backward(handle, gradient?.handle, retainGraph) }
    }

    /// Gradients with respect to inputs, without touching those of the leaves; nil for an input that was not used.
    package func gradients(
        of inputs: [Tensor],
        gradient: Tensor? = nil,
        retainGraph: Bool = false
    ) throws(TensorError) -> [Tensor?] {
        var results = [OpaquePointer?](repeating: nil, count: inputs.count)
        try Tensor.run(self, gradient) {
            Tensor.withHandles(inputs) { handles, count in
                ct_gradients(handle, gradient?.handle, handles, count, retainGraph, &results)
            }
        }
        return results.map { $0.map(Tensor.init(owning:)) }
    }

    /// Runs a body whose operations are not recorded.
    ///
    /// The scope holds for the calling thread; do not await in it.
    package static func withoutGrad<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let before = ct_set_grad_enabled(false)
        defer { _ = ct_set_grad_enabled(before) }
        return try body()
    }

    /// As ``withoutGrad(_:)``, and cheaper for each operation; tensors made inside can never take part in a graph.
    package static func inference<Result>(
        _ body: () throws(TensorError) -> Result
    ) throws(TensorError) -> Result {
        var scope: OpaquePointer?
        try TensorError.check(ct_inference_begin(&scope))
        defer { ct_inference_end(scope) }
        return try body()
    }
}
