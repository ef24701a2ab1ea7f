// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

package import GlyphAPI

extension ModelList {
    /// The model of a name, for `GET /v1/models/{model}`.
    ///
    /// - Throws: `ServerFault` with status 404, in OpenAI's words, for one that is not in the list.
    package func model(named name: String) throws -> Model {
        if let model = data.first(where: { $0.id == name }) { return model }
        throw ServerFault(
            404,
            "The model `\(name.prefix(200))` does not exist",
            param: "model",
            code: "model_not_found"
        )
    }
}
