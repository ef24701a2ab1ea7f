// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

extension ReadingCard {
    /// What may be wanted of a reader that not every model with a card was trained for.
    public enum Demand: Sendable, Equatable {
        /// All pages in one prompt.
        case allPages
        /// Pages of a preset.
        case preset(String)
        /// A task that was thought out beforehand.
        case task(String)
        /// An answer in JSON.
        case json
    }

    /// Refuses what the model was not trained for: it would answer all the same, and wrongly.
    ///
    /// - Parameters:
    ///   - demand: What is wanted.
    ///   - location: Where that was said: a flag, or a field of a request.
    ///   - remedy: What can be done instead.
    /// - Throws: `InputError`.
    public func check(_ demand: Demand, at location: String, remedy: String) throws {
        let problem: String
        let expected: String?
        switch demand {
        case .allPages:
            problem = "this model reads \(window == 1 ? "1 page" : "\(window) pages") at a time"
            expected = "windowed or auto"
        case .preset(let name):
            guard name != preset else { return }
            problem = "this model was trained on pages of the preset \(preset) and no others"
            expected = preset
        case .task(let name):
            guard quote != nil, name != TaskLibrary.transcription else { return }
            problem = "this model answers with words of the text, and knows no task but writing pages down"
            expected = "a question, or the task \(TaskLibrary.transcription)"
        case .json:
            guard quote != nil else { return }
            problem = "this model answers with words of the text and not with JSON"
            expected = nil
        }
        throw InputError(at: location, problem, expected: expected, remedy: remedy)
    }
}
