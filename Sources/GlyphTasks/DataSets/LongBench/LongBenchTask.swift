// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// One of the 21 tasks of LongBench.
///
/// Bai et al. 2023, arXiv:2308.14508. Read from the published files `NAME.jsonl`, one object a line with `input`, `context`, `answers`, `length`, `dataset`,
/// `language`, `all_classes` and `_id`. See docs/benchmarks.md.
public struct LongBenchTask: Sendable, Equatable {
    /// LongBench's six groups.
    public enum Category: String, Sendable, CaseIterable {
        case singleDocument = "single-document QA"
        case multiDocument = "multi-document QA"
        case summary = "summarisation"
        case fewShot = "few-shot learning"
        case synthetic
        case code
    }

    public let name: String
    public let category: Category
    public let metric: Metric
    public let isChinese: Bool
    /// How many tokens of an answer LongBench allows.
    public let answerTokens: Int
    /// LongBench cuts the answers of these tasks after the first line.
    public let countsFirstLineOnly: Bool

    private init(
        _ name: String,
        _ category: Category,
        _ metric: Metric,
        _ answerTokens: Int,
        isChinese: Bool = false,
        countsFirstLineOnly: Bool = false
    ) {
        self.name = name
        self.category = category
        self.metric = metric
        self.answerTokens = answerTokens
        self.isChinese = isChinese
        self.countsFirstLineOnly = countsFirstLineOnly
    }

    /// All tasks, in the order of LongBench's table.
    ///
    /// Metrics from `eval.py`, lengths from `config/dataset2maxlen.json` of THUDM/LongBench (commit 2e00731).
    public static let all: [LongBenchTask] = [
        LongBenchTask("narrativeqa", .singleDocument, .questionF1, 128),
        LongBenchTask("qasper", .singleDocument, .questionF1, 128),
        LongBenchTask("multifieldqa_en", .singleDocument, .questionF1, 64),
        LongBenchTask("multifieldqa_zh", .singleDocument, .chineseQuestionF1, 64, isChinese: true),
        LongBenchTask("hotpotqa", .multiDocument, .questionF1, 32),
        LongBenchTask("2wikimqa", .multiDocument, .questionF1, 32),
        LongBenchTask("musique", .multiDocument, .questionF1, 32),
        LongBenchTask("dureader", .multiDocument, .chineseRougeL, 128, isChinese: true),
        LongBenchTask("gov_report", .summary, .rougeL, 512),
        LongBenchTask("qmsum", .summary, .rougeL, 512),
        LongBenchTask("multi_news", .summary, .rougeL, 512),
        LongBenchTask("vcsum", .summary, .chineseRougeL, 512, isChinese: true),
        LongBenchTask("trec", .fewShot, .classification, 64, countsFirstLineOnly: true),
        LongBenchTask("triviaqa", .fewShot, .questionF1, 32, countsFirstLineOnly: true),
        LongBenchTask("samsum", .fewShot, .rougeL, 128, countsFirstLineOnly: true),
        LongBenchTask("lsht", .fewShot, .classification, 64, isChinese: true, countsFirstLineOnly: true),
        LongBenchTask("passage_count", .synthetic, .count, 32),
        LongBenchTask("passage_retrieval_en", .synthetic, .retrieval, 32),
        LongBenchTask("passage_retrieval_zh", .synthetic, .chineseRetrieval, 32, isChinese: true),
        LongBenchTask("lcc", .code, .codeSimilarity, 64),
        LongBenchTask("repobench-p", .code, .codeSimilarity, 64),
    ]

    /// The task of a name.
    ///
    /// - Throws: `InputError` that lists the names.
    public static func named(_ name: String) throws -> LongBenchTask {
        try all.named(name, among: "LongBench's tasks", \.name)
    }

    /// The examples of the task's file.
    ///
    /// - Parameters:
    ///   - path: `NAME.jsonl`, or `NAME_e.jsonl` of LongBench-E.
    ///   - limit: The most examples to read, from the first.
    /// - Returns: One example for each line, in order.
    /// - Throws: `InputError` for a file that cannot be read or a line that is not LongBench's, with its number.
    public func examples(at path: String, limit: Int = .max) throws -> [TaskExample] {
        var examples: [TaskExample] = []
        guard limit > 0 else { return [] }
        try JSONLines(path: path).forEach { row in
            examples.append(try example(row))
            return examples.count < limit
        }
        return examples
    }

    private func example(_ row: JSONRow) throws -> TaskExample {
        let found = try row.string("dataset")
        guard found == name || found == name + "_e" else {
            throw InputError(at: row.source, "\"dataset\" is \"\(found)\"", expected: "\"\(name)\"")
        }
        let input = try row.string("input")
        let context = try row.string("context")
        let pages = LongBenchPagePrompts.all[name] ?? "{input}"
        let text = Self.split(LongBenchTextPrompts.all[name] ?? "{context}{input}", at: "{context}")
        return TaskExample(
            id: try row.string("_id"),
            task: name,
            // The page prompts were published with scripts that strip context, input and prompt.
            context: PythonText.stripped(context),
            question: PythonText.stripped(pages.replacing("{input}", with: PythonText.stripped(input))),
            textForm: TaskExample.TextForm(
                before: text.0.replacing("{input}", with: input),
                after: text.1.replacing("{input}", with: input)
            ),
            expected: try row.strings("answers"),
            metric: metric,
            details: row.value("all_classes") == nil ? [] : try row.strings("all_classes"),
            countsFirstLineOnly: countsFirstLineOnly
        )
    }

    private static func split(_ template: String, at mark: String) -> (String, String) {
        guard let range = template.firstRange(of: mark) else { return (template, "") }
        return (String(template[..<range.lowerBound]), String(template[range.upperBound...]))
    }
}

extension Array {
    /// The element of a name, or an error that lists all names.
    func named(_ name: String, among place: String, _ nameOf: (Element) -> String) throws -> Element {
        guard let found = first(where: { nameOf($0) == name }) else {
            throw InputError(
                at: place,
                "there is no \"\(name)\"",
                expected: "one of " + map(nameOf).joined(separator: ", ")
            )
        }
        return found
    }
}
