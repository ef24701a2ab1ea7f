// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
package import GlyphTensor

/// A model's parameters by name, as its layers ask for them.
///
/// Layers are built from a ``ParameterScope`` of the store: building, naming and loading are one step. When the model
/// is complete, ``finish()`` says in one error which names were missing, which had another shape, and which nobody
/// asked for.
package final class ParameterStore {
    /// How a parameter starts that is not read from a file.
    package enum Start {
        case zeros, ones
        /// Normal numbers, whose deviation follows from the number of inputs.
        case normal
    }

    private enum Source {
        case files([String: (file: SafetensorsFile, name: String)])
        case generator(TensorGenerator)
        case shared([String: Tensor])
    }

    /// The type that the model computes in; parameters are converted to it.
    package let computeType: DType
    package let device: Device
    /// All parameters in the order in which the layers asked for them.
    package private(set) var parameters: [(name: String, tensor: Tensor)] = []
    /// Matrices that were made 8 bits wide, in the same order; they are not among the parameters.
    package private(set) var quantized: [(name: String, weight: Int8Weight)] = []
    private let matrixForm: MatrixForm
    private let source: Source
    private let location: String
    private var taken: Set<String> = []
    private var missing: [String] = []
    private var misshapen: [String] = []
    private let unknown: [String]

    /// Opens the files of a checkpoint.
    ///
    /// - Throws: `InputError` for a damaged file or a name that is in two of them.
    package init(
        files paths: [String],
        computeType: DType,
        device: Device,
        matrixForm: MatrixForm = .computeType
    ) throws {
        var found: [String: (file: SafetensorsFile, name: String)] = [:]
        var unknown: [String] = []
        for path in paths {
            let file = try SafetensorsFile(path)
            for name in file.entries.keys {
                guard let wanted = WeightMap.name(of: name) else {
                    unknown.append(name)
                    continue
                }
                guard found.updateValue((file, name), forKey: wanted) == nil else {
                    throw InputError(at: path, "\(name) is in the checkpoint twice", expected: "every weight once")
                }
            }
        }
        source = .files(found)
        self.unknown = unknown
        location = paths.first ?? "checkpoint"
        self.matrixForm = matrixForm
        self.computeType = computeType
        self.device = device
    }

    /// Draws parameters instead of reading them: the same seed gives the same model.
    package init(generator: TensorGenerator, computeType: DType, device: Device) {
        source = .generator(generator)
        unknown = []
        location = "new model"
        matrixForm = .computeType
        self.computeType = computeType
        self.device = device
    }

    /// Takes the parameters of another model: the same memory, with gradients of its own.
    init(sharing parameters: [(name: String, tensor: Tensor)], computeType: DType, device: Device) {
        source = .shared(Dictionary(parameters.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first }))
        unknown = []
        location = "shared model"
        matrixForm = .computeType
        self.computeType = computeType
        self.device = device
    }

    /// The scope of the whole model.
    package var root: ParameterScope { ParameterScope(store: self, prefix: "") }

    /// Whether all that was asked for so far could be had.
    var isComplete: Bool { missing.isEmpty && misshapen.isEmpty }

    /// Marks names that begin with `prefix` as known without making parameters of them.
    func skip(_ prefix: String) {
        if case .files(let found) = source { taken.formUnion(found.keys.filter { $0.hasPrefix(prefix) }) }
    }

    func parameter(_ name: String, _ shape: [Int], _ start: Start) throws -> Tensor {
        taken.insert(name)
        let tensor = try make(name, shape, start)
        parameters.append((name, tensor))
        return tensor
    }

    /// A parameter that is used as a matrix only, in the form that the store was asked for.
    func matrix(_ name: String, _ shape: [Int], _ start: Start) throws -> Matrix {
        guard case .int8 = matrixForm, case .files(let found) = source, let stored = try read(name, shape, found)
        else { return .plain(try parameter(name, shape, start)) }
        taken.insert(name)
        let weight = try Int8Weight(quantizing: stored)
        release(name)
        let moved = Int8Weight(values: try weight.values.to(device), scales: try weight.scales.to(device))
        quantized.append((name, moved))
        return .int8(moved)
    }

    /// The tensor of a file, if it is there in this shape.
    private func read(
        _ name: String,
        _ shape: [Int],
        _ found: [String: (file: SafetensorsFile, name: String)]
    ) throws -> Tensor? {
        guard let place = found[name], let entry = place.file.entries[place.name], entry.shape == shape,
            entry.dtype.isFloatingPoint
        else { return nil }
        return try place.file.tensor(place.name)
    }

    /// Lets go of the file's memory of a parameter that was copied: a model should not be in memory twice.
    private func release(_ name: String) {
        if case .files(let found) = source, let place = found[name] { place.file.release(place.name) }
    }

    private func make(_ name: String, _ shape: [Int], _ start: Start) throws -> Tensor {
        switch source {
        case .files(let found):
            if let stored = try read(name, shape, found) {
                let converted = try stored.to(device, computeType)
                // Otherwise the file itself stays the weight's memory.
                if stored.dtype != computeType || device != .cpu { release(name) }
                return converted
            }
            if let place = found[name] {
                let entry = place.file.entries[place.name]
                misshapen.append("\(place.name) is \(entry.map { "\($0.dtype)\($0.shape)" } ?? "?"), not \(shape)")
            } else {
                missing.append(name)
            }
            return try placeholder()
        case .shared(let parameters):
            guard let parameter = parameters[name] else {
                missing.append(name)
                return try placeholder()
            }
            return try parameter.detach()
        case .generator(let generator):
            switch start {
            case .zeros: return try Tensor.zeros(shape, dtype: computeType, device: device)
            case .ones: return try Tensor.ones(shape, dtype: computeType, device: device)
            case .normal:
                // Each output starts as wide as the inputs: a small model learns many times faster than from the fixed
                // deviation of 0.02 that suits a wide one.
                let inputs = shape.dropFirst().reduce(1, *)
                let noise = try generator.normal(shape)
                return try (noise * (1 / Double(inputs).squareRoot())).to(device, computeType)
            }
        }
    }

    /// Stands in for a parameter that could not be read until `finish()` throws.
    private func placeholder() throws -> Tensor {
        try Tensor.zeros([0], dtype: computeType, device: device)
    }

    /// Throws one error that lists everything that does not fit.
    package func finish() throws {
        var unused = unknown
        if case .files(let found) = source {
            unused += found.filter { !taken.contains($0.key) }.map(\.value.name)
        }
        var problems: [String] = []
        for (names, what) in [(missing, "missing"), (misshapen, "of another shape"), (unused, "unknown")]
        where !names.isEmpty {
            problems.append("\(names.count) \(what): \(Self.list(names.sorted()))")
        }
        guard problems.isEmpty else {
            throw InputError(
                at: location,
                "the weights do not fit config.json: \(problems.joined(separator: "; "))",
                expected: "the weights of one model, each once",
                remedy: "Use config.json and weight files of the same checkpoint."
            )
        }
    }

    /// The first names of a list; a foreign checkpoint has thousands.
    private static func list(_ names: [String]) -> String {
        names.listed(atMost: 12)
    }
}

/// A part of a model's names: layers ask for their own parameters without knowing where they stand.
package struct ParameterScope {
    let store: ParameterStore
    let prefix: String

    /// The scope of a part: its names begin with `part` and a dot.
    static func / (scope: ParameterScope, part: String) -> ParameterScope {
        ParameterScope(store: scope.store, prefix: "\(scope.prefix)\(part).")
    }

    static func / (scope: ParameterScope, index: Int) -> ParameterScope {
        scope / String(index)
    }

    /// The parameter of this name and shape, used as a matrix only.
    func matrix(_ name: String, _ shape: [Int]) throws -> Matrix {
        try store.matrix(prefix + name, shape, .normal)
    }

    /// The parameter of this name and shape.
    func callAsFunction(
        _ name: String,
        _ shape: [Int],
        _ start: ParameterStore.Start
    ) throws -> Tensor {
        try store.parameter(prefix + name, shape, start)
    }
}
