// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// How an answer is compared with what was expected; every score is between 0 (wrong) and 1 (right).
///
/// A benchmark's own metric gives that benchmark's own number, to the last digit; `Tools/reference/metric_fixtures.py`
/// writes what the original implementations say. Where several texts are expected, LongBench's metrics take the best.
package enum Metric: String, Sendable, Codable, CaseIterable {
    /// The share of the expected strings that the answer contains, whatever their case. RULER's `string_match_all`.
    case matchesAll = "match_all"
    /// 1 if the answer contains one of the expected strings, whatever its case. RULER's `string_match_part`.
    case matchesAny = "match_any"
    /// 1 if the answer is one of the expected texts, white space, quotation marks around it and its case set aside.
    case sameText = "same_text"
    /// 1 minus the character error rate, white space collapsed; 0 where more edits are needed than there are characters.
    case characterAccuracy = "char_accuracy"
    /// LongBench's `qa_f1_score`: overlap of words without case, punctuation and articles.
    case questionF1 = "qa_f1"
    /// LongBench's `qa_f1_zh_score`.
    case chineseQuestionF1 = "qa_f1_zh"
    /// LongBench's `rouge_score`: ROUGE-L of the package `rouge`.
    case rougeL = "rouge_l"
    /// LongBench's `rouge_zh_score`.
    case chineseRougeL = "rouge_l_zh"
    /// LongBench's `classification_score`; the details are the classes.
    case classification
    /// LongBench's `count_score`.
    case count
    /// LongBench's `retrieval_score`.
    case retrieval
    /// LongBench's `retrieval_zh_score`.
    case chineseRetrieval = "retrieval_zh"
    /// LongBench's `code_sim_score`.
    case codeSimilarity = "code_sim"
    /// OpenAI MRCR: 0 without the prefix, which is the first detail; after it, difflib's ratio.
    case prefixedSimilarity = "mrcr"

    /// The score of an answer.
    ///
    /// - Parameters:
    ///   - answer: What the reader said.
    ///   - expected: What it should have said.
    ///   - details: What some metrics need besides.
    ///   - chinese: How the Chinese metrics cut text into words; only jieba gives LongBench's numbers.
    /// - Returns: From 0 to 1; 0 if nothing is expected.
    package func score(
        _ answer: String,
        expected: [String],
        details: [String] = [],
        chinese: ChineseWords = .characters
    ) -> Double {
        func best(_ score: (String) -> Double) -> Double { expected.reduce(0) { max($0, score($1)) } }
        let metrics = LongBenchMetric.self
        return switch self {
        case .matchesAll: Containment.share(of: expected, in: answer)
        case .matchesAny: Containment.any(of: expected, in: answer)
        case .sameText: Containment.isSame(answer, as: expected) ? 1 : 0
        case .characterAccuracy: best { max(0, 1 - ErrorCount.characters(read: answer, written: $0).rate) }
        case .questionF1: best { metrics.questionF1(answer, $0) }
        case .chineseQuestionF1: best { metrics.questionF1(answer, $0, cut: chinese.cut) }
        case .rougeL: best { metrics.rouge(answer, $0) }
        case .chineseRougeL: best { metrics.rouge(answer, $0, cut: chinese.cut) }
        case .classification: best { metrics.classification(answer, $0, classes: details) }
        case .count: best { metrics.count(answer, $0) }
        case .retrieval: best { metrics.retrieval(answer, $0, label: "Paragraph ") }
        case .chineseRetrieval: best { metrics.retrieval(answer, $0, label: "段落") }
        case .codeSimilarity: best { metrics.code(answer, $0) }
        case .prefixedSimilarity: best { Self.prefixed(answer, $0, prefix: details.first ?? "") }
        }
    }

    /// The rule of the data set openai/mrcr: both texts lose the prefix, and an answer without it scores 0.
    private static func prefixed(_ answer: String, _ expected: String, prefix: String) -> Double {
        let prefix = PythonText.codePoints(prefix)
        let answer = PythonText.codePoints(answer)
        var expected = PythonText.codePoints(expected)
        guard answer.starts(with: prefix) else { return 0 }
        if expected.starts(with: prefix) { expected.removeFirst(prefix.count) }
        return SequenceSimilarity.ratio(Array(answer.dropFirst(prefix.count)), expected)
    }
}
