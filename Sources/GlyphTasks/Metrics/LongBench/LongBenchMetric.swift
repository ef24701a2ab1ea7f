// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// The metrics of LongBench, as its `metrics.py` computes them (THUDM/LongBench, commit 2e00731).
///
/// Quirks of the original are kept, because scores are compared with published ones. Each takes one reference; a
/// question's score is the best over its references.
enum LongBenchMetric {
    typealias Text = PythonText

    /// `qa_f1_score`: overlap of words without case, punctuation and articles.
    static func questionF1(_ answer: String, _ reference: String) -> Double {
        f1(englishWords(answer), englishWords(reference))
    }

    /// `qa_f1_zh_score`, given a way to cut Chinese into words.
    static func questionF1(_ answer: String, _ reference: String, cut: (Text.Word) -> [Text.Word]) -> Double {
        func words(_ text: String) -> [Text.Word] {
            cut(Text.codePoints(text)).map(bareChinese).filter { !$0.isEmpty }
        }
        return f1(words(answer), words(reference))
    }

    /// `rouge_score`.
    static func rouge(_ answer: String, _ reference: String) -> Double {
        RougeL.f(answer: Text.codePoints(answer), reference: Text.codePoints(reference))
    }

    /// `rouge_zh_score`, given a way to cut Chinese into words.
    static func rouge(_ answer: String, _ reference: String, cut: (Text.Word) -> [Text.Word]) -> Double {
        func spaced(_ text: String) -> Text.Word { Text.Word(cut(Text.codePoints(text)).joined(separator: [0x20])) }
        return RougeL.f(answer: spaced(answer), reference: spaced(reference))
    }

    /// `classification_score`: 1 by the number of classes named, if the right one is among them.
    ///
    /// Of classes named, those that are part of the right one's name are dropped - while the list is walked, so that the
    /// one after a dropped one is skipped.
    static func classification(_ answer: String, _ reference: String, classes: [String]) -> Double {
        let answer = Text.codePoints(answer)
        let reference = Text.codePoints(reference)
        var named = classes.map(Text.codePoints).filter { Text.contains(answer, $0) }
        var index = 0
        while index < named.count {
            let term = named[index]
            if Text.contains(reference, term), term != reference, let first = named.firstIndex(of: term) {
                named.remove(at: first)
            }
            index += 1
        }
        return named.contains(reference) ? 1.0 / Double(named.count) : 0
    }

    /// `count_score`: the share of the numbers in the answer that are the right one.
    static func count(_ answer: String, _ reference: String) -> Double {
        share(of: Text.codePoints(reference), in: answer)
    }

    /// `retrieval_score` and `retrieval_zh_score`: as `count`, for the number after `Paragraph ` or `段落`.
    ///
    /// The original fails on a reference without such a number; here nothing matches it.
    static func retrieval(_ answer: String, _ reference: String, label: String) -> Double {
        let reference = Text.codePoints(reference)
        let label = Text.codePoints(label)
        for start in reference.indices where reference[start...].starts(with: label) {
            let digits = reference[(start + label.count)...].prefix(while: Text.isDigit)
            if !digits.isEmpty { return share(of: Array(digits), in: answer) }
        }
        return 0
    }

    /// `code_sim_score`: similarity of the first line without `` ` ``, `#` or `//`, in whole percent.
    ///
    /// `fuzz.ratio` of `fuzzywuzzy` uses python-Levenshtein where it is installed and difflib where not. LongBench's
    /// requirements do not list the former, so this is difflib's.
    static func code(_ answer: String, _ reference: String) -> Double {
        let lines = Text.codePoints(answer).drop { $0 == 0x0A }.split(separator: 0x0A, omittingEmptySubsequences: false)
        let line = lines.map(Array.init).first { line in
            !line.contains(0x60) && !line.contains(0x23) && !Text.contains(line, [0x2F, 0x2F])
        }
        let reference = Text.codePoints(reference)
        let answer = line ?? []
        if answer == reference { return 1 }
        if answer.isEmpty || reference.isEmpty { return 0 }
        return (100 * SequenceSimilarity.ratio(answer, reference)).rounded(.toNearestOrEven) / 100
    }

    /// The first line, which is all that counts of answers to few-shot tasks.
    static func firstLine(_ answer: String) -> String {
        let line = answer.unicodeScalars.drop { $0 == "\n" }.prefix { $0 != "\n" }
        return String(String.UnicodeScalarView(line))
    }

    // MARK: - Parts

    private static func share(of number: Text.Word, in answer: String) -> Double {
        let numbers = Text.digitRuns(Text.codePoints(answer))
        return numbers.isEmpty ? 0 : Double(numbers.count { $0 == number }) / Double(numbers.count)
    }

    private static func f1(_ answer: [Text.Word], _ reference: [Text.Word]) -> Double {
        var left = Dictionary(reference.map { ($0, 1) }, uniquingKeysWith: +)
        var same = 0
        for word in answer {
            guard let count = left[word], count > 0 else { continue }
            left[word] = count - 1
            same += 1
        }
        guard same > 0 else { return 0 }
        let precision = Double(same) / Double(answer.count)
        let recall = Double(same) / Double(reference.count)
        return (2 * precision * recall) / (precision + recall)
    }

    private static let articles: Set<Text.Word> = Set(["a", "an", "the"].map(Text.codePoints))

    /// `normalize_answer(...).split()`.
    private static func englishWords(_ text: String) -> [Text.Word] {
        let bare = Text.lower(Text.codePoints(text)).filter { !Text.isASCIIPunctuation($0) }
        var kept: Text.Word = []
        var index = 0
        while index < bare.count {
            guard Text.isWord(bare[index]) else {
                kept.append(bare[index])
                index += 1
                continue
            }
            let word = Array(bare[index...].prefix(while: Text.isWord))
            kept += articles.contains(word) ? [0x20] : word
            index += word.count
        }
        return Text.split(kept)
    }

    private static let chinesePunctuation = Set(
        Text.codePoints(
            "！？｡。＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､、〃》「」『』【】〔〕〖〗〘〙〚〛〜〝〞〟〰〾〿–—‘’‛“”„‟…‧﹏."
        )
    )

    /// `normalize_zh_answer`.
    private static func bareChinese(_ word: Text.Word) -> Text.Word {
        Text.lower(word).filter {
            !Text.isASCIIPunctuation($0) && !chinesePunctuation.contains($0) && !Text.isSpace($0)
        }
    }
}
