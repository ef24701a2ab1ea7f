// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphTokens

/// What a model reads: tokens, and the images that stand in for some of them.
package struct EnginePrompt: Sendable {
    /// An image and the placeholder tokens it stands in for.
    package struct PlacedImage: Sendable {
        package var file: ImageFile
        /// Where its placeholders are in `tokens`.
        package var range: Range<Int>

        package init(file: ImageFile, range: Range<Int>) {
            self.file = file
            self.range = range
        }
    }

    /// The ids that the model receives, each image's placeholder as often as the image has tokens.
    package var tokens: [Int32]
    /// In the order of their ranges, which do not overlap.
    package var images: [PlacedImage]

    package init(tokens: [Int32], images: [PlacedImage] = []) {
        self.tokens = tokens
        self.images = images
    }

    /// The images that a range of tokens touches, as indices.
    func images(in range: Range<Int>) -> [Int] {
        images.indices.filter { images[$0].range.overlaps(range) }
    }
}

/// One turn of a conversation, its images fetched and checked.
package struct EngineTurn: Sendable {
    package enum Role: Sendable {
        case system, user, assistant
    }

    package enum Part: Sendable {
        case text(String)
        case image(ImageFile)
    }

    package var role: Role
    package var parts: [Part]

    package init(role: Role, parts: [Part]) {
        self.role = role
        self.parts = parts
    }
}

/// Turns conversations into prompts as a family of models was trained to read them.
///
/// Separate from the model, because it needs no tensors and runs beside it: counting a prompt's tokens must not wait
/// for a page that is being read.
package protocol PromptEncoder: Sendable {
    var tokenizer: Tokenizer { get }
    /// What to use where a request says nothing, from the checkpoint's `generation_config.json`.
    var defaults: SamplingParameters { get }

    /// How many tokens an image takes in a prompt, delimiters not included.
    ///
    /// - Throws: `InputError` for a size that the model cannot read.
    func tokenCount(width: Int, height: Int) throws -> Int

    /// The prompt of a conversation.
    ///
    /// - Parameters:
    ///   - turns: The conversation, oldest turn first.
    ///   - addsGenerationPrompt: Whether the prompt ends where the model's answer begins.
    /// - Returns: The tokens, with image placeholders expanded.
    /// - Throws: `InputError` for a conversation that the template cannot express; its location is `prompt` for one
    ///   that is longer than the model's context.
    func prompt(of turns: [EngineTurn], addsGenerationPrompt: Bool) throws -> EnginePrompt
}
