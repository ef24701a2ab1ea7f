// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// How the names in weight files become the names that the layers ask for.
///
/// The layers use today's names of `transformers`. The first releases of the family had the tower beside the model and
/// the decoder at its top. The first rule whose prefix fits counts; a name that none fits is unknown.
enum WeightMap {
    static let rules: [(prefix: String, becomes: String)] = [
        ("model.visual.", "model.visual."),
        ("model.language_model.", "model.language_model."),
        ("lm_head.", "lm_head."),
        ("visual.", "model.visual."),
        ("model.", "model.language_model."),
    ]

    /// The name a layer asks for, or nil for a name that no member of the family has.
    static func name(of fileName: String) -> String? {
        rules.first { fileName.hasPrefix($0.prefix) }.map { $0.becomes + fileName.dropFirst($0.prefix.count) }
    }
}
