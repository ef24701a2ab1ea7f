// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTokens

/// How a model wants to be read with: the file `glyph.json` in its folder, for models that are trained for Glyph.
///
/// | key | meaning |
/// |---|---|
/// | `preset` | the pages it was trained on |
/// | `window` | the most pages it reads at a time |
/// | `absent` | what it answers when its pages do not tell |
/// | `facts` | whether it was trained with exact strings beside its pages; false if it is not there |
public struct ReadingCard: Sendable, Equatable {
    public var preset: String
    public var window: Int
    public var absent: String
    public var facts: Bool

    public init(preset: String, window: Int, absent: String, facts: Bool = false) {
        self.preset = preset
        self.window = window
        self.absent = absent
        self.facts = facts
    }

    /// The card in a model's folder, if it has one.
    ///
    /// - Throws: `InputError` for a card that is not one.
    public init?(inModel folder: String) throws {
        let path = "\(folder)/glyph.json"
        guard let bytes = ResourceFile.read(path) else { return nil }
        var fields = try JSONFields(file: bytes, source: path)
        guard case .string(let preset) = try fields.required("preset", "the name of a preset"),
            case .string(let absent) = try fields.required("absent", "an answer")
        else {
            throw InputError(at: path, "preset or absent is not text", expected: "a preset's name and an answer")
        }
        self.init(
            preset: preset,
            window: try fields.int("window", in: 1...1_000_000),
            absent: absent,
            facts: try fields.bool("facts", default: false)
        )
        try fields.finish("a reading card", remedy: "docs/training.md lists them")
    }
}
