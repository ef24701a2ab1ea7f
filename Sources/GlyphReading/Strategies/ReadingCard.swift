// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
import GlyphTokens
public import GlyphTypeset

/// How a model wants to be read with: the file `glyph.json` in its folder, for models that are trained for Glyph.
///
/// | key | meaning |
/// |---|---|
/// | `preset` | the pages it was trained on |
/// | `window` | the most pages it reads at a time |
/// | `absent` | what it answers when its pages do not tell |
/// | `transcribe` | the request to write a page down, for a reader that finds things only in what it wrote |
/// | `stop` | what is on none of its pages, so that what it writes down ends there |
/// | `quote` | the most tokens of an answer, for a reader that answers with words of the question and how the text goes on |
/// | `answers` | whether it answers questions, or can only write pages down; true if it is not there |
/// | `facts` | whether it was trained with exact strings beside its pages; false if it is not there |
public struct ReadingCard: Sendable, Equatable {
    public var preset: String
    public var window: Int
    public var absent: String
    public var facts: Bool
    /// Whether it answers questions; otherwise it can only write pages down.
    public var answers = true
    /// What a window is asked first; the question follows as the next turn.
    public var transcribe: String?
    /// What is on none of its pages: where it would write this down, it has written all.
    public var stop: String?
    /// The most tokens of an answer; one that does not begin with a word of the question, names too little of what is
    /// asked for or does not stand, but for a sign, in what the reader wrote down, is none.
    public var quote: Int?

    /// The preset itself, if there is one of this name.
    public var namedPreset: Preset? { Preset(rawValue: preset) }

    public init(preset: String, window: Int, absent: String, facts: Bool = false, transcribe: String? = nil) {
        self.preset = preset
        self.window = window
        self.absent = absent
        self.facts = facts
        self.transcribe = transcribe
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
        _ = try Preset.named(preset, at: "\(path): preset")
        func text(_ key: String, _ expected: String) throws -> String? {
            guard fields.has(key) else { return nil }
            guard case .string(let text) = try fields.required(key, expected), !text.isEmpty else {
                throw InputError(at: "\(path): \(key)", "is not text", expected: expected)
            }
            return text
        }
        let transcribe = try text("transcribe", "a request to write a page down")
        self.init(
            preset: preset,
            window: try fields.int("window", in: 1...1_000_000),
            absent: absent,
            facts: try fields.bool("facts", default: false),
            transcribe: transcribe
        )
        stop = try text("stop", "what is on none of its pages")
        answers = try fields.bool("answers", default: true)
        quote = fields.has("quote") ? try fields.int("quote", in: 1...1_000_000) : nil
        if stop != nil, transcribe == nil {
            throw InputError(at: path, "says where to stop, but not what to ask", expected: "\"transcribe\"")
        }
        if quote != nil, transcribe == nil {
            throw InputError(at: path, "quotes from nothing that was written down", expected: "\"transcribe\"")
        }
        if !answers, transcribe == nil {
            throw InputError(at: path, "says neither what to ask nor that it answers", expected: "\"transcribe\"")
        }
        try fields.finish("a reading card", remedy: "docs/training.md lists them")
    }

    /// The card in a folder, for a reader that is to answer questions.
    ///
    /// - Throws: `InputError` for a model that can only write pages down.
    public static func answering(inModel folder: String) throws -> ReadingCard? {
        let card = try ReadingCard(inModel: folder)
        guard card?.answers ?? true else {
            throw InputError(
                at: folder,
                "this model writes pages down, but does not answer questions",
                expected: "a reader that does: a server with --endpoint, or a model's folder with --model",
                remedy: "Or have the pages written down: glyph ask FILE --task transcribe"
            )
        }
        return card
    }
}
