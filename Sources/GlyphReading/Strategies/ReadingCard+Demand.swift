// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage
public import GlyphTypeset

extension ReadingCard {
    /// What may be wanted of a reader that not every model with a card was trained for.
    public enum Demand: Sendable, Equatable {
        /// All pages in one prompt.
        case allPages
        /// So many pages at a time.
        case window(Int)
        /// That answers of several windows are joined in a second reading.
        case notes
        /// Pages of a preset.
        case preset(String)
        /// Pages whose size depends on the document.
        case fittedPages
        /// Pages that look like this.
        case look(RenderConfig)
        /// An answer to a question.
        case question(String)
        /// A task that was thought out beforehand.
        case task(String)
        /// An answer in JSON.
        case json
    }

    /// The keys that change nothing of what it was trained on.
    package static let freeKeys: [ConfigKey] = [.reflow, .imageFormat]

    /// Refuses what the model was not trained for: it would answer all the same, and wrongly.
    ///
    /// - Parameters:
    ///   - demand: What is wanted.
    ///   - location: Where that was said: a flag, or a field of a request.
    ///   - remedy: What can be done instead.
    /// - Throws: `InputError`.
    public func check(_ demand: Demand, at location: String, remedy: String?) throws {
        let fewPages = "this model reads \(window == 1 ? "1 page" : "\(window) pages") at a time"
        let problem: String
        let expected: String?
        switch demand {
        case .allPages:
            problem = fewPages
            expected = "windowed or auto"
        case .window(let pages):
            guard pages > window else { return }
            problem = fewPages
            expected = "at most \(window)"
        case .notes:
            guard quote != nil else { return }
            problem = "this model answers with words of the text, and cannot join answers"
            expected = "best, all or auto"
        case .fittedPages:
            problem = "this model was trained on pages of the preset \(preset), whose size is given"
            expected = nil
        case .look(let config):
            guard let preset = namedPreset else { return }
            let keys = try config.keys(differingFrom: preset.configuration(), besides: Set(Self.freeKeys))
            guard let key = keys.first else { return }
            problem =
                "\(key.rawValue) is not as in the preset \(preset.rawValue), and this model was trained on no other pages"
            expected = nil
        case .preset(let name):
            guard name != preset else { return }
            problem = "this model was trained on pages of the preset \(preset) and no others"
            expected = preset
        case .question(let question):
            guard quote != nil, !question.contains(where: { $0.isLetter || $0.isNumber }) else { return }
            problem = "has no word to look for"
            expected = "what you want to know, in words"
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
