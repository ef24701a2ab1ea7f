// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphAPI
import GlyphPage
import GlyphReading

/// What result files call a reader: a short name, and what tells it from others of that name.
enum ReaderIdentity {
    /// A server's model, and where it is.
    ///
    /// - Parameters:
    ///   - model: the model that was named, if one was.
    ///   - reader: asks the server for its models otherwise.
    ///   - endpoint: the server's address.
    /// - Returns: as in `glm-4.1v @ http://localhost:8000/v1`; the address alone where the server has not one model, which
    ///   the first question then says.
    /// - Throws: `ReadingError`, `CancellationError`.
    static func of(_ model: String?, _ reader: EndpointReader, at endpoint: Endpoint) async throws -> String {
        if let model { return "\(model) @ \(endpoint)" }
        let models = try await reader.models()
        guard models.count == 1, let model = models.first else { return endpoint.description }
        return "\(model.id) @ \(endpoint)"
    }

    /// A model that runs here: the folder's name, and six digits of a digest.
    ///
    /// Checkpoints are told apart as by `Digest.ofCheckpoint`, so a copy with another age counts as another reader.
    ///
    /// - Parameters:
    ///   - folder: the model's.
    ///   - options: how it computes.
    /// - Returns: as in `step-0007000 #1a2b3c`.
    /// - Throws: `InputError` for a folder or settings that cannot be read.
    static func ofModel(in folder: String, _ options: EngineOptions) throws -> String {
        let way = "\(options.dtype ?? "auto") \(options.device ?? "")"
        let digest = try Digest.ofCheckpoint(in: folder, computing: way)
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        return "\(name) #\(digest.prefix(6))"
    }
}
