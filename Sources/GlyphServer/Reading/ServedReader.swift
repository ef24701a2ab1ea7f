// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphAPI
import GlyphHTTP
package import GlyphReading
package import GlyphTokens
package import GlyphTypeset

/// Who reads for the service's clients.
package struct ServedReader: Sendable {
    package var reader: any Reader
    /// The reader's models; the first answers.
    package var models: @Sendable () async throws -> [ModelList.Model]
    /// Whose rule counts visual tokens where a request does not say.
    package var family: ReaderFamily
    /// The pages it reads best, where a request does not say.
    package var preset: Preset { card?.namedPreset ?? .default }
    /// What a model that was trained for Glyph wants to be read with; nil for readers of any number of pages.
    package var card: ReadingCard?
    /// Who reads the text itself, to compare with; nil where nobody does.
    package var textReader: TextReader?
    /// Asks how many tokens the reader takes at once; nil if it does not tell.
    package var contextLength: @Sendable () async -> Int?

    /// A reader of text.
    package struct TextReader: Sendable {
        package var reader: any Reader
        /// What people know it by.
        package var name: String

        package init(_ reader: any Reader, name: String) { (self.reader, self.name) = (reader, name) }
    }

    package init(
        _ reader: any Reader,
        family: ReaderFamily,
        card: ReadingCard? = nil,
        textReader: TextReader? = nil,
        contextLength: @escaping @Sendable () async -> Int? = { nil },
        models: @escaping @Sendable () async throws -> [ModelList.Model]
    ) {
        (self.reader, self.family, self.models) = (reader, family, models)
        (self.card, self.textReader, self.contextLength) = (card, textReader, contextLength)
    }

    /// The name under which the service itself can always be asked for.
    static let alias = "glyph"

    /// Checks that a request means this reader.
    ///
    /// - Returns: The name to answer with.
    /// - Throws: `ServerFault` with status 404 for another model.
    func check(model: String?) async throws -> String {
        guard let model, model != Self.alias else { return model ?? Self.alias }
        let names = try await models().map(\.id)
        guard names.contains(model) else {
            throw ServerFault(
                404,
                "the model \"\(model.prefix(200))\" is not served here; there is "
                    + ([Self.alias] + names.prefix(20)).map { "\"\($0)\"" }.joined(separator: ", "),
                param: "model",
                code: "model_not_found"
            )
        }
        return model
    }
}
