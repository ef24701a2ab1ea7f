// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor

/// What a run was begun with: the content of its `run.json`.
struct RunManifest {
    let json: String

    init(
        _ c: TrainingConfiguration,
        start: String,
        corpus: Corpus,
        heldOut: Corpus,
        _ overlap: Overlap,
        _ device: Device,
        _ commit: String?
    ) {
        json = """
            {
              "configuration": "\(c.digest)",
              "seed": \(c.seed),
              "steps": \(c.stepCount),
              "model": \(start.jsonLiteral),
              "commit": \(commit?.jsonLiteral ?? "null"),
              "libtorch": \(Runtime.version.jsonLiteral),
              "device": \(device.description.jsonLiteral),
              "corpus": [\(Self.list(corpus))
              ],
              "corpus-skipped": \(corpus.skipped.map(\.jsonLiteral).jsonArray),
              "held-out": [\(Self.list(heldOut))
              ],
              "held-out-skipped": \(heldOut.skipped.map(\.jsonLiteral).jsonArray),
              "held-out-overlap": {"passages": \(overlap.passages), "found": \(overlap.found)}
            }

            """
    }

    private static func list(_ corpus: Corpus) -> String {
        corpus.sources.map { source in
            "\n    {\"path\": \(source.path.jsonLiteral), \"sha256\": \"\(source.digest)\", "
                + "\"characters\": \(source.count)}"
        }.joined(separator: ",")
    }

    /// What differs from another manifest so that a run would not go on as it would have; nil where that is none.
    ///
    /// The commit may differ: a run may go on after the program was corrected.
    func differences(from other: [UInt8]) -> [String]? {
        let decoder = JSONDecoder()
        guard let then = try? decoder.decode(Facts.self, from: Data(other)),
            let now = try? decoder.decode(Facts.self, from: Data(json.utf8))
        else { return nil }
        var names: [String] = []
        if then.configuration != now.configuration { names.append("the configuration") }
        for (name, old, new) in [
            ("the model", then.model, now.model), ("the device", then.device, now.device),
            ("libtorch", then.libtorch, now.libtorch),
        ] where old != new {
            names.append("\(name) (\(old.jsonLiteral) then, \(new.jsonLiteral) now)")
        }
        if then.corpus != now.corpus { names.append("the text to learn from") }
        if then.heldOut != now.heldOut { names.append("the text to test on") }
        return names
    }

    /// What must be the same for a run to go on with the same bytes.
    private struct Facts: Decodable {
        struct File: Decodable, Equatable {
            let path: String
            let sha256: String
        }

        let configuration: String
        let model: String
        let libtorch: String
        let device: String
        let corpus: [File]
        let heldOut: [File]

        enum CodingKeys: String, CodingKey {
            case configuration, model, libtorch, device, corpus
            case heldOut = "held-out"
        }
    }
}
