// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// An answer, or a line of one, that is looked for in the text because its reader quoted nothing.
struct SoughtAnswer {
    let text: NormalizedText
    /// How many places have to be looked for: a second one where only a single place would tell something.
    let places: Int
    /// Whether it says anything that a text can say.
    let isWorthSeeking: Bool

    init(_ answer: String) {
        text = NormalizedText(answer, foldsCase: true)
        // A number is one word, whatever separates its digits.
        let words = answer.lowercased().replacing(/(\d)[,.](?=\d)/) { $0.1 }
            .split { !$0.isLetter && !$0.isNumber }
        let ideographs = answer.unicodeScalars.count(where: \.isIdeographic)
        places = words.count >= Self.words || ideographs >= Self.ideographs ? 1 : 2
        isWorthSeeking = text.weight >= 3 && words.contains { !Self.verdicts.contains($0) }
    }

    /// So many words, or Chinese characters, stand together for one reason only.
    private static let (words, ideographs) = (3, 6)

    /// Words that agree, deny or point, and quote nothing.
    private static let verdicts: Set<Substring> = [
        "yes", "no", "not", "none", "nothing", "nobody", "never", "always", "both", "neither", "true", "false", "maybe",
        "unknown", "correct", "incorrect", "right", "wrong", "it", "they", "this", "that", "the", "a", "is", "are",
        "was", "were", "does", "do", "did", "can", "cannot", "是", "是的", "不是", "否", "有", "没有", "对",
        "不对", "错", "正确", "错误", "未知",
    ]
}
