# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Writes what the original implementations of the benchmarks' metrics say about thousands of pairs of texts.

    pip install rouge==1.0.1 jieba==0.42.1 fuzzywuzzy==0.18.0      # and no python-Levenshtein, as LongBench
    python3 Tools/reference/metric_fixtures.py LONGBENCH RULER GLYPH       # writes Tests/GlyphTasksTests/Fixtures

LONGBENCH is a checkout of THUDM/LongBench at commit 2e00731 (its LongBench/metrics.py is imported, its prompts are
digested), RULER one of NVIDIA/RULER at c3f5e3b (its scripts/eval/synthetic/constants.py is imported), GLYPH one of
thu-coai/Glyph at 61afa7f (its prompts for images are digested). MRCR's rule is that of the data set card of openai/mrcr, over Python's difflib.

The pairs are not stored: `Pairs` below and `MetricPairs` of the tests draw the same ones from a seeded generator and
the vocabulary in the fixture, so that a few kilobytes of scores stand for thousands of texts.
"""

import difflib
import hashlib
import importlib.metadata
import importlib.util
import json
import pathlib
import platform
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import jieba_tables

FIXTURES = pathlib.Path(__file__).parents[2] / "Tests/GlyphTasksTests/Fixtures"
PINNED = {"rouge": "1.0.1", "jieba": "0.42.1", "fuzzywuzzy": "0.18.0"}
MASK = (1 << 64) - 1

ENGLISH = (
    "a an the The AN of to and in Reader married him quiet wedding café cafe\u0301 naïve co-operate don't U.S. e.g. 3.14 "
    "1847 42 007 ½ ² ٣٤ ４２ x_y __init__ well... (yes) \"no\" A.B. «oui» ΟΔΟΣ Σ ΑΣ. İstanbul STRASSE straße ǅ ŉ ﬁn "
    "été Ünïcode ☃ 👩🏽‍🚀 क्षत्रिय สวัสดี 한국어 مرحبا Paragraph 段落 number 7 12 30"
).split(" ")
CHINESE = (
    "的 了 在 是 我们 他来到 网易 杭研 大厦 研究生命 起源 南京市 长江大桥 中国 人民 银行 北京 大学 学生 前来 应聘 计算机 科学 "
    "技术 小明 硕士 毕业 于 中国科学院 计算所 后 日本 京都 深造 今天 天气 很 好 ， 。 ！ 「 」 《 》 、 ： 3.5% 2024年 AI GPT-4 "
    "C++ e.g. 段落3 段落 12 红楼梦 贾宝玉 林黛玉 乒乓球 拍卖 完了 雷人 蹡 𠮷 . ABC"
).split(" ")
CODE = (
    "for|(int i = 0; i < n; ++i)| {|}|\n|\n|    |return|x|+=| y|;|// note|# note|`|```python|def f(a, b):|self.|data|"
    "[index]|if|!=|None|\"text\"|0xFF|变量|é|\t"
).split("|")
SPACES = [" ", " ", " ", " ", "  ", "\n", "\r\n", "\t", "\u00a0", "\u3000", "\u2028", "\x1c", "", ". ", ", ", "。"]
CLASSES = ["Food", "Fast food", "food", "Animal", "An", "Other animal", "体育", "体育新闻", "新闻", "Date", "Other date", ""]


class Pairs:
    """The generator SplitMix64 and the texts drawn from it; `MetricPairs.swift` does the same."""

    def __init__(self, seed):
        self.state = seed

    def next(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return (z ^ (z >> 31)) % bound

    def pieces(self, words, spaces, most):
        result = []
        for _ in range(self.next(most + 1)):
            result.append(words[self.next(len(words))])
            result.append(spaces[self.next(len(spaces))])
        return result

    def changed(self, pieces, words, rate):
        result = []
        for piece in pieces:
            chance = self.next(100)
            if chance >= 3 * rate:
                result.append(piece)
            elif chance >= 2 * rate:
                result.append(words[self.next(len(words))])
            elif chance >= rate:
                result += [piece, piece]
        return result

    def pair(self, words, spaces, most):
        """Two texts: unrelated, or one a changed copy of the other, a little or a lot."""
        first = self.pieces(words, spaces, most)
        kind = self.next(4)
        if kind == 0:
            second = self.pieces(words, spaces, most)
        else:
            second = self.changed(first, words, [0, 1, 4, 12][kind])
        return "".join(first), "".join(second)


def module(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def mrcr(answer, expected, prefix):
    """The grading function of the data set card of openai/mrcr, in other words."""
    if not answer.startswith(prefix):
        return 0.0
    return difflib.SequenceMatcher(None, answer.removeprefix(prefix), expected.removeprefix(prefix)).ratio()


def prompts(path):
    """The digest of each prompt of a file."""
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in json.loads(path.read_text()).items()}


def main(longbench, ruler, glyph):
    for name, version in PINNED.items():
        if importlib.metadata.version(name) != version:
            sys.exit(f"{name} {version} is needed")
    metrics = module(pathlib.Path(longbench) / "LongBench/metrics.py")
    ruler = module(pathlib.Path(ruler) / "scripts/eval/synthetic/constants.py")
    if metrics.fuzz.SequenceMatcher is not difflib.SequenceMatcher:
        sys.exit("uninstall python-Levenshtein: LongBench's requirements do not list it")

    vocabularies = {"english": ENGLISH, "chinese": CHINESE, "code": CODE, "spaces": SPACES, "classes": CLASSES}
    chinese_spaces = ["", "", "", "", "", "", " ", "\n", "\r\n", "，"]
    vocabularies["chineseSpaces"] = chinese_spaces
    # name: (vocabulary, spaces, longest text in pieces, pairs, score)
    plain = {
        "qa_f1": ("english", "spaces", 14, 1500, metrics.qa_f1_score),
        "qa_f1_zh": ("chinese", "chineseSpaces", 24, 1000, metrics.qa_f1_zh_score),
        "rouge_l": ("english", "spaces", 60, 600, metrics.rouge_score),
        "rouge_l_zh": ("chinese", "chineseSpaces", 50, 400, metrics.rouge_zh_score),
        "code_sim": ("code", "chineseSpaces", 30, 800, metrics.code_sim_score),
        "count": ("english", "spaces", 6, 600, lambda a, b: metrics.count_score(a, "42")),
        "retrieval": ("english", "spaces", 6, 600, lambda a, b: metrics.retrieval_score(a, "Paragraph 12")),
        "retrieval_zh": ("chinese", "chineseSpaces", 8, 600, lambda a, b: metrics.retrieval_zh_score(a, "段落12")),
        "similarity": ("english", "spaces", 120, 700, lambda a, b: difflib.SequenceMatcher(None, a, b).ratio()),
        "similarity_code": ("code", "chineseSpaces", 200, 300, lambda a, b: difflib.SequenceMatcher(None, a, b).ratio()),
        "mrcr": ("english", "spaces", 80, 300, lambda a, b: mrcr("Reader" + a if len(a) % 3 else a, "Reader" + b, "Reader")),
    }
    scores = {}
    for seed, (name, (words, spaces, most, count, score)) in enumerate(sorted(plain.items())):
        pairs = Pairs(seed)
        scores[name] = [float(score(*pairs.pair(vocabularies[words], vocabularies[spaces], most))) for _ in range(count)]

    pairs = Pairs(100)
    scores["classification"] = []
    for _ in range(800):
        answer = "".join(pairs.pieces(CLASSES, SPACES, 4))
        reference = CLASSES[pairs.next(len(CLASSES))]
        classes = [CLASSES[pairs.next(len(CLASSES))] for _ in range(pairs.next(9))]
        scores["classification"].append(metrics.classification_score(answer, reference, all_classes=classes))

    pairs = Pairs(101)
    scores["match_all"], scores["match_any"] = [], []
    for _ in range(800):
        answer = "".join(pairs.pieces(ENGLISH, SPACES, 40))
        expected = [ENGLISH[pairs.next(len(ENGLISH))] for _ in range(1 + pairs.next(4))]
        scores["match_all"].append(ruler.string_match_all([answer], [expected]))
        scores["match_any"].append(ruler.string_match_part([answer], [expected]))

    FIXTURES.mkdir(parents=True, exist_ok=True)
    files = {
        "metrics.vocabulary.json": vocabularies,
        "metrics.longbench.json": {k: v for k, v in scores.items() if k.startswith(("qa", "class", "count", "retr"))},
        "metrics.rouge.json": {k: v for k, v in scores.items() if k.startswith("rouge")},
        "metrics.similarity.json": {k: v for k, v in scores.items() if k.startswith(("simil", "code", "mrcr"))},
        "metrics.ruler.json": {k: v for k, v in scores.items() if k.startswith("match")},
        "longbench.prompts.json": {
            "text": prompts(pathlib.Path(longbench) / "LongBench/config/dataset2prompt.json"),
            "pages": prompts(pathlib.Path(glyph) / "evaluation/longbench/config/dataset2vlmprompt.json"),
        },
    }
    written = {}
    for name, content in files.items():
        written[name] = (json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
    characters = set("".join(CHINESE) + "，")
    written["jieba.tsv"] = ("\n".join(jieba_tables.rows(characters)) + "\n").encode()
    digests = {}
    for name, content in written.items():
        if len(content) > 65536:
            sys.exit(f"{name} has {len(content)} bytes")
        (FIXTURES / name).write_bytes(content)
        digests[name] = hashlib.sha256(content).hexdigest()
    manifest = {
        "written_by": "Tools/reference/metric_fixtures.py",
        "versions": {"python": platform.python_version(), **PINNED},
        "sha256": digests,
    }
    (FIXTURES / "MANIFEST.json").write_text(json.dumps(manifest, indent=1) + "\n")
    for name, values in sorted(scores.items()):
        print(f"{name}: {len(values)} pairs, mean {sum(values) / len(values):.4f}, {len(set(values))} different")


if __name__ == "__main__":
    main(*sys.argv[1:])
