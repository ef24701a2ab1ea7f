// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// How an answer is compared with what was expected; every score is between 0 (wrong) and 1 (right).
public enum Metric: String, Sendable, Codable, CaseIterable {
    /// The share of the expected strings that the answer contains, whatever their case. RULER's `string_match_all`.
    case matchesAll = "match_all"
    /// 1 if the answer contains one of the expected strings, whatever its case. RULER's `string_match_part`.
    case matchesAny = "match_any"
    /// 1 if the answer is one of the expected texts, white space, quotation marks around it and its case set aside.
    case sameText = "same_text"

    /// The score of an answer.
    public func score(_ answer: String, expected: [String], choices: [String] = []) -> Double {
        switch self {
        case .matchesAll: Containment.share(of: expected, in: answer)
        case .matchesAny: Containment.any(of: expected, in: answer)
        case .sameText: Containment.isSame(answer, as: expected) ? 1 : 0
        }
    }
}
