// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

/// One of the word patterns used by byte-level tokenizers, as parameters of a single hand-written scanner.
///
/// All patterns in use are variations of one: contractions, words, digits, punctuation, white space, tried in that
/// order at each position. What varies is listed here; ``WordScanner`` gives it meaning.
struct SplitRule: Sendable, Equatable {
    /// How `'s 't 're 've 'm 'll 'd` are recognised.
    enum Contractions: Sendable { case none, caseSensitive, ignoringCase, asWordEnding }

    /// What may stand before the letters of a word and belong to it.
    enum WordPrefix: Sendable { case space, anyButNewlineOrNumber }

    var contractions: Contractions
    var wordPrefix: WordPrefix
    /// The most digits in one piece; `nil` is a run of any length, with the space before it.
    var digits: Int?
    /// Combining marks continue a word (Qwen3.5) instead of counting as punctuation.
    var marksJoinWords = false
    /// `aB` splits between the cases (o200k).
    var splitsAtCase = false
    /// Newlines directly after punctuation join it.
    var punctuationTakesNewlines = true
    /// Slashes among those newlines join as well (o200k).
    var punctuationTakesSlashes = false
    /// White space is cut after its last newline.
    var cutsAfterNewlines = true

    static let gpt2 = SplitRule(
        contractions: .caseSensitive,
        wordPrefix: .space,
        digits: nil,
        punctuationTakesNewlines: false,
        cutsAfterNewlines: false
    )
    static let cl100k = SplitRule(contractions: .ignoringCase, wordPrefix: .anyButNewlineOrNumber, digits: 3)
    static let qwen2 = SplitRule(contractions: .ignoringCase, wordPrefix: .anyButNewlineOrNumber, digits: 1)
    static let qwen35 = SplitRule(
        contractions: .ignoringCase,
        wordPrefix: .anyButNewlineOrNumber,
        digits: 1,
        marksJoinWords: true
    )
    static let o200k = SplitRule(
        contractions: .asWordEnding,
        wordPrefix: .anyButNewlineOrNumber,
        digits: 3,
        splitsAtCase: true,
        punctuationTakesSlashes: true
    )
    static let tekken = SplitRule(
        contractions: .none,
        wordPrefix: .anyButNewlineOrNumber,
        digits: 1,
        splitsAtCase: true,
        punctuationTakesSlashes: true
    )

    /// The exact pattern strings seen in published `tokenizer.json` files and the rule each one denotes.
    ///
    /// The first spelling of a rule is the one written on export. `\s*[\r\n]` and `\s*[\r\n]+` cut alike, since `\s`
    /// already takes the newlines; so do possessive and plain quantifiers over disjoint classes.
    static let spellings: [(pattern: String, rule: SplitRule)] = [
        (#"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2),
        (#"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#, .gpt2),
        (lowerContractions + anyWord + #"\p{N}{1,3}"# + tail, .cl100k),
        (
            #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*"#
                + #"|\s*[\r\n]|\s+(?!\S)|\s+"#, .cl100k
        ),
        (lowerContractions + anyWord + #"\p{N}"# + tail, .qwen2),
        (
            lowerContractions + #"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"#
                + newlinesThenSpace, .qwen35
        ),
        (
            casedWord(#"*"#, #"+"#) + lowerContractions + "?|" + casedWord(#"+"#, #"*"#) + lowerContractions + "?"
                + #"|\p{N}{1,3}"# + slashTail, .o200k
        ),
        (casedWord(#"*"#, #"+"#) + "|" + casedWord(#"+"#, #"*"#) + #"|\p{N}"# + slashTail, .tekken),
    ]

    private static let lowerContractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    private static let anyWord = #"|[^\r\n\p{L}\p{N}]?\p{L}+|"#
    private static let newlinesThenSpace = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let tail = #"| ?[^\s\p{L}\p{N}]+[\r\n]*"# + newlinesThenSpace
    private static let slashTail = #"| ?[^\s\p{L}\p{N}]+[\r\n/]*"# + newlinesThenSpace

    private static func casedWord(_ upper: String, _ lower: String) -> String {
        #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"# + upper + #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"# + lower
    }

    /// The rule that a pattern string denotes, if it is one of the known ones.
    init?(pattern: String) {
        guard let known = Self.spellings.first(where: { $0.pattern == pattern }) else { return nil }
        self = known.rule
    }

    init(
        contractions: Contractions,
        wordPrefix: WordPrefix,
        digits: Int?,
        marksJoinWords: Bool = false,
        splitsAtCase: Bool = false,
        punctuationTakesNewlines: Bool = true,
        punctuationTakesSlashes: Bool = false,
        cutsAfterNewlines: Bool = true
    ) {
        self.contractions = contractions
        self.wordPrefix = wordPrefix
        self.digits = digits
        self.marksJoinWords = marksJoinWords
        self.splitsAtCase = splitsAtCase
        self.punctuationTakesNewlines = punctuationTakesNewlines
        self.punctuationTakesSlashes = punctuationTakesSlashes
        self.cutsAfterNewlines = cutsAfterNewlines
    }
}
