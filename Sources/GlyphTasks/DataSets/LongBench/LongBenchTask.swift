// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import GlyphPage

/// One of the 21 tasks of LongBench, or of the 13 of them that LongBench-E has, whose names end in `_e`.
///
/// Bai et al. 2023, arXiv:2308.14508. Read from the published files `NAME.jsonl`, one object a line with `input`,
/// `context`, `answers`, `length`, `dataset`, `language`, `all_classes` and `_id`. See docs/benchmarks.md.
package struct LongBenchTask: Sendable, Equatable {
    /// Of the task and of its file.
    package let name: String
    package let metric: Metric
    package let isChinese: Bool
    /// LongBench cuts the answers of these tasks after the first line.
    package let countsFirstLineOnly: Bool

    private init(
        _ name: String,
        _ metric: Metric,
        isChinese: Bool = false,
        countsFirstLineOnly: Bool = false
    ) {
        self.name = name
        self.metric = metric
        self.isChinese = isChinese
        self.countsFirstLineOnly = countsFirstLineOnly
    }

    /// All tasks, in the order of LongBench's table.
    ///
    /// Metrics from `eval.py` of THUDM/LongBench (commit 2e00731).
    package static let all: [LongBenchTask] = [
        LongBenchTask("narrativeqa", .questionF1),
        LongBenchTask("qasper", .questionF1),
        LongBenchTask("multifieldqa_en", .questionF1),
        LongBenchTask("multifieldqa_zh", .chineseQuestionF1, isChinese: true),
        LongBenchTask("hotpotqa", .questionF1),
        LongBenchTask("2wikimqa", .questionF1),
        LongBenchTask("musique", .questionF1),
        LongBenchTask("dureader", .chineseRougeL, isChinese: true),
        LongBenchTask("gov_report", .rougeL),
        LongBenchTask("qmsum", .rougeL),
        LongBenchTask("multi_news", .rougeL),
        LongBenchTask("vcsum", .chineseRougeL, isChinese: true),
        LongBenchTask("trec", .classification, countsFirstLineOnly: true),
        LongBenchTask("triviaqa", .questionF1, countsFirstLineOnly: true),
        LongBenchTask("samsum", .rougeL, countsFirstLineOnly: true),
        LongBenchTask("lsht", .classification, isChinese: true, countsFirstLineOnly: true),
        LongBenchTask("passage_count", .count),
        LongBenchTask("passage_retrieval_en", .retrieval),
        LongBenchTask("passage_retrieval_zh", .chineseRetrieval, isChinese: true),
        LongBenchTask("lcc", .codeSimilarity),
        LongBenchTask("repobench-p", .codeSimilarity),
    ]

    /// The tasks of LongBench-E, which has other texts of the same form, their lengths spread evenly.
    package static let extended: [LongBenchTask] = [
        "qasper", "multifieldqa_en", "hotpotqa", "2wikimqa", "gov_report", "multi_news", "trec", "triviaqa", "samsum",
        "passage_count", "passage_retrieval_en", "lcc", "repobench-p",
    ].compactMap { name in
        all.first { $0.name == name }.map { task in
            LongBenchTask(task.name + "_e", task.metric, countsFirstLineOnly: task.countsFirstLineOnly)
        }
    }

    /// The task of a name.
    ///
    /// - Throws: `InputError` that lists the names.
    package static func named(_ name: String) throws -> LongBenchTask {
        try (all + extended).named(name, among: "LongBench's tasks", \.name)
    }

    private var isExtended: Bool { Self.extended.contains(self) }

    /// The name without what marks LongBench-E: both have the same prompts.
    private var plainName: String { isExtended ? String(name.dropLast(2)) : name }

    /// The examples of the task's file.
    ///
    /// - Parameters:
    ///   - path: `NAME.jsonl`.
    ///   - limit: The most examples to read, from the first.
    /// - Returns: One example for each line, in order.
    /// - Throws: `InputError` for a file that cannot be read, a line that is not LongBench's or an `_id` that an
    ///   earlier line has, with the line's number.
    package func examples(at path: String, limit: Int = .max) throws -> [TaskExample] {
        var examples: [TaskExample] = []
        var ids: Set<String> = []
        guard limit > 0 else { return [] }
        try JSONLines(path: path, remedy: DataFile.remedy).forEach { row in
            let example = try example(row)
            guard ids.insert(example.id).inserted else {
                throw InputError(
                    at: row.source,
                    "\"_id\" is \"\(example.id.prefix(80))\", as on a line before",
                    expected: "an _id of its own, by which answers are told apart"
                )
            }
            examples.append(example)
            return examples.count < limit
        }
        return examples
    }

    private func example(_ row: JSONRow) throws -> TaskExample {
        let found = try row.string("dataset")
        guard found == name || found == plainName else {
            throw InputError(at: row.source, "\"dataset\" is \"\(found)\"", expected: "\"\(name)\"")
        }
        let id = try row.string("_id")
        let input = try row.string("input")
        let context = try row.string("context")
        let pages = LongBenchPagePrompts.all[plainName] ?? "{input}"
        let text = Self.split(LongBenchTextPrompts.all[plainName] ?? "{context}{input}", at: "{context}")
        return TaskExample(
            // Both sets may be measured in one folder, where an id names one example.
            id: isExtended ? "\(name)-\(id)" : id,
            task: name,
            // The page prompts were published with scripts that strip context, input and prompt.
            context: PythonText.stripped(context),
            question: PythonText.stripped(pages.replacing("{input}", with: PythonText.stripped(input))),
            textForm: TaskExample.TextForm(
                before: text.0.replacing("{input}", with: input),
                after: text.1.replacing("{input}", with: input)
            ),
            expected: try answers(row),
            metric: metric,
            details: try classes(row),
            countsFirstLineOnly: countsFirstLineOnly
        )
    }

    /// The answers of a row: without any, nothing a reader says would be right.
    private func answers(_ row: JSONRow) throws -> [String] {
        let answers = try row.strings("answers")
        guard answers.contains(where: { !PythonText.stripped($0).isEmpty }) else {
            throw InputError(at: row.source, "\"answers\" holds no answer", expected: "the right answers")
        }
        return answers
    }

    /// The classes among which an answer is looked for, where that is how answers are scored.
    private func classes(_ row: JSONRow) throws -> [String] {
        let classes = row.value("all_classes") == nil ? [] : try row.strings("all_classes")
        guard metric != .classification || !classes.isEmpty else {
            throw InputError(at: row.source, "\"all_classes\" names no class", expected: "the classes of \(name)")
        }
        return classes
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
