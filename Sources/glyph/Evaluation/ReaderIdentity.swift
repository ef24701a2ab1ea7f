// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
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
    /// Checkpoints are told apart without reading gigabytes: by what settings say, and by size and age of every file of
    /// weights, so a copy with another age counts as another reader.
    ///
    /// - Parameters:
    ///   - folder: the model's.
    ///   - options: how it computes.
    /// - Returns: as in `step-0007000 #1a2b3c`.
    /// - Throws: `InputError` for settings that cannot be read.
    static func ofModel(in folder: String, _ options: EngineOptions) throws -> String {
        let place = URL(fileURLWithPath: folder).resolvingSymlinksInPath()
        let files = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
        var facts = "\(options.dtype ?? "auto") \(options.device ?? "")\n"
        for name in files.sorted() {
            // A model's files may be links into a cache, whose own age says nothing.
            let path = place.appendingPathComponent(name).resolvingSymlinksInPath().path
            if name.hasSuffix(".json") {
                facts += "\(name) \(try Digest.sha256(ofFile: path))\n"
            } else if name.hasSuffix(".safetensors") {
                let attributes = try? FileManager.default.attributesOfItem(atPath: path)
                let age = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
                facts += "\(name) \((attributes?[.size] as? NSNumber)?.int64Value ?? 0) \(age)\n"
            }
        }
        let name = folder.split(separator: "/").last.map(String.init) ?? folder
        return "\(name) #\(Digest.sha256(Array(facts.utf8)).prefix(6))"
    }
}
