// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import Foundation
import GlyphPage
import GlyphTensor

/// What a run was begun with: the content of its `run.json`.
struct RunManifest {
    let json: String

    /// Describes a run.
    ///
    /// - Parameters:
    ///   - c: What it does.
    ///   - start: The model's folder.
    ///   - corpus: The text to learn from.
    ///   - heldOut: The text to test on.
    ///   - overlap: What the two have in common.
    ///   - device: Where this process computes.
    ///   - threads: How many batches of a step it may compute at the same time.
    ///   - group: The processes that train together.
    ///   - commit: The program's version.
    init(
        _ c: TrainingConfiguration,
        start: String,
        corpus: Corpus,
        heldOut: Corpus,
        _ overlap: Overlap,
        _ device: Device,
        threads: Int,
        _ group: ProcessGroup?,
        _ commit: String?
    ) {
        let sideBySide = Self.sideBySide(c, device: device, threads: threads, processes: group?.size ?? 1)
        // Each process has a device of its own; the leader's stands for all.
        let leading: Device = group == nil || device == .cpu ? device : .cuda(0)
        json = """
            {
              "configuration": "\(c.digest)",
              "seed": \(c.seed),
              "steps": \(c.stepCount),
              "model": \(start.jsonLiteral),
              "commit": \(commit?.jsonLiteral ?? "null"),
              "libtorch": \(Runtime.version.jsonLiteral),
              "device": \(leading.description.jsonLiteral),
              "side-by-side": \(sideBySide.jsonLiteral),
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

    /// How many batches of a step are computed side by side, which decides in what order their gradients are added, and
    /// so the last bits of the sum.
    ///
    /// One process with several threads adds as several processes with one thread each do; threads without a batch change
    /// nothing.
    static func sideBySide(
        _ c: TrainingConfiguration,
        device: Device,
        threads: Int,
        processes: Int
    ) -> String {
        let batches = c.stages.map(\.accumulation).max() ?? 1
        let learners = device == .cpu ? max(1, min(threads, (batches + processes - 1) / processes)) : 1
        return learners == 1 || processes == 1 ? "\(learners * processes)" : "\(processes) × \(learners)"
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
        // A run that was begun before this was noted goes on with any number.
        if let old = then.sideBySide, let new = now.sideBySide, old != new {
            names.append(
                "how many batches are computed side by side, by --threads and --processes (\(old) then, \(new) now)"
            )
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
        let sideBySide: String?
        let corpus: [File]
        let heldOut: [File]

        enum CodingKeys: String, CodingKey {
            case configuration, model, libtorch, device, corpus
            case sideBySide = "side-by-side"
            case heldOut = "held-out"
        }
    }
}
