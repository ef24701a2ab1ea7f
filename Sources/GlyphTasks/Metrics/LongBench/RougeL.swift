// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// ROUGE-L as the Python package `rouge` 1.0.1 computes it, which LongBench uses.
///
/// It differs from other implementations: sentences end at every `.`, the longest common subsequences of a reference
/// sentence with all sentences of the answer are united as *sets* of words, and lengths are numbers of different words.
/// Which longest subsequence is taken where there are several is part of the score. The package recurses along the
/// subsequence and LongBench scores 0 where Python's recursion limit of 1000 is reached (two sentences of about 500 words
/// without a full stop); here such texts are scored.
enum RougeL {
    /// The F-measure of two texts whose words stand between white space.
    static func f(answer: PythonText.Word, reference: PythonText.Word) -> Double {
        var numbers: [PythonText.Word: Int] = [:]
        let answer = sentences(answer, &numbers)
        let reference = sentences(reference, &numbers)
        guard !answer.isEmpty, !reference.isEmpty else { return 0 }
        var union: Set<Int> = []
        for sentence in reference {
            for other in answer { commonSubsequence(sentence, other, into: &union) }
        }
        let recall = Double(union.count) / Double(Set(reference.joined()).count)
        let precision = Double(union.count) / Double(Set(answer.joined()).count)
        return 2.0 * ((precision * recall) / (precision + recall + 1e-8))
    }

    /// Sentences of numbered words; one of white space only holds the empty word, as in the package.
    private static func sentences(_ text: PythonText.Word, _ numbers: inout [PythonText.Word: Int]) -> [[Int]] {
        text.split(separator: 0x2E).map { sentence in
            let words = PythonText.split(sentence)
            return (words.isEmpty ? [[]] : words).map { word in
                let number = numbers[word] ?? numbers.count
                numbers[word] = number
                return number
            }
        }
    }

    /// Adds the words of one longest common subsequence; on a tie the walk back leaves the second sequence's word.
    private static func commonSubsequence(_ x: [Int], _ y: [Int], into union: inout Set<Int>) {
        let width = y.count + 1
        var table = [Int32](repeating: 0, count: (x.count + 1) * width)
        for i in 1...x.count {
            for j in 1...y.count {
                table[i * width + j] =
                    x[i - 1] == y[j - 1]
                    ? table[(i - 1) * width + j - 1] + 1
                    : max(table[(i - 1) * width + j], table[i * width + j - 1])
            }
        }
        var (i, j) = (x.count, y.count)
        while i > 0, j > 0 {
            if x[i - 1] == y[j - 1] {
                union.insert(x[i - 1])
                (i, j) = (i - 1, j - 1)
            } else if table[(i - 1) * width + j] > table[i * width + j - 1] {
                i -= 1
            } else {
                j -= 1
            }
        }
    }
}
