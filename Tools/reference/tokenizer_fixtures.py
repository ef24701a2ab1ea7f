# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Writes the fixtures that GlyphTokens is checked against, with the Python packages as reference.

    python3 Tools/reference/tokenizer_fixtures.py            # writes Tests/GlyphTokensTests/Fixtures
    python3 Tools/reference/tokenizer_fixtures.py --check FILE.json   # do `tokenizers` and FILE.ids.json agree?

No hub is used: each reference tokenizer is a small vocabulary trained here with one published pre-tokenizer, which
is what differs between model families. Image sizes come from `smart_resize` of `transformers`, cut out of the
installed source so that torch is not needed.
"""

import ast
import hashlib
import importlib.metadata
import json
import math
import pathlib
import random
import sys

# This file bears the name of the package it uses.
sys.path = [p for p in sys.path if pathlib.Path(p or ".").resolve() != pathlib.Path(__file__).resolve().parent]

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

VERSIONS = {name: importlib.metadata.version(name) for name in ("tokenizers", "transformers")}
PINNED = {"tokenizers": "0.23.3", "transformers": "5.23.0"}
FIXTURES = pathlib.Path(__file__).parents[2] / "Tests/GlyphTokensTests/Fixtures"

CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
TAIL = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
WORD = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]%s[\p{Ll}\p{Lm}\p{Lo}\p{M}]%s"
SLASH_TAIL = r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {
    "cl100k": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}" + TAIL,
    "qwen2": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + TAIL,
    "qwen35": CONTRACTIONS + r"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+",
    "o200k": WORD % ("*", "+") + CONTRACTIONS + "?|" + WORD % ("+", "*") + CONTRACTIONS + r"?|\p{N}{1,3}" + SLASH_TAIL,
    "tekken": WORD % ("*", "+") + "|" + WORD % ("+", "*") + r"|\p{N}" + SLASH_TAIL,
    "gpt2-grouped": r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    "unknown": r"\p{Lu}?\p{Ll}+|\p{Han}{1,2}|\d{2}|\s+|.",
}

SAMPLES = [
    "The quick brown fox doesn't jump; it's they'll, WE'VE, I'M, you'Re 'Tis o'clock. Don'T!",
    "Reader, I married him.  Two  spaces,   three.\tTab\t\ttabs\n\n\nThree newlines \n \n mixed \r\n CRLF\r\n\r\nend  ",
    "深度学习模型可以读取渲染成图像的长文本。《红楼梦》第1回:甄士隐梦幻识通灵,贾雨村风尘怀闺秀。2024年3月15日",
    "مرحبا بالعالم، هذا نصٌّ عربيٌّ مُشَكَّلٌ ١٢٣٤٥ و٦٧٨.",
    "नमस्ते दुनिया, यह हिन्दी का वाक्य है। क्षत्रिय १२३४",
    "สวัสดีชาวโลก นี่คือข้อความภาษาไทย ๑๒๓๔",
    "안녕하세요 세계! 한국어 문장입니다. 각각 가각",
    "👨‍👩‍👧‍👦 👩🏽‍🚀🇩🇪🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️‍🔥 1️⃣ emoji🙂text",
    "café cafe\u0301 Å A\u030a n\u0303o \u0301lead e\u0301\u0323 q\u0307\u0323 ﬁ ﬆ Ⅷ ½ ² ㊿ ①②③ ℵ ᾳ ǅ ʰ ª ſ'ſ 'S",
    "for (int i = 0; i < 10; ++i) { x[i] += a->b(\"str\\n\", 0xFF, 1e-9, 3.14159); } // comment\n\tif x != y: pass\n",
    "https://example.com/a/b?c=d&e=f#g user@host.org C:\\path\\file.txt /usr/local/bin/ ./x/ //\n/\r/ a/\n",
    "1234567890 12 1 123 1,234,567.89 ٣٤٥ ४५६ 𝟙𝟚𝟛𝟜 ¹²³⁴ 1st2nd v1.2.3",
    "\x00\x01\x02\x1b[31mred\x1b[0m\x7f\x80\x85\x9f nbsp\u00a0here\u2003em\u2028line\u2029para\u3000ideo\u200bzero\ufeffbom",
    "camelCaseHTMLParser iPhone McDONALD'S ABCdefGHI aB Ab ABc ÉCOLEécole ΣΑΣ σας ЖЖж ǅungla",
    "\u0301\u0302 A\u0301B\u0301c \u0301A \u0301Ab 'll 've're ''s '' ' 's' \u00a0'd",
    " leading", "trailing ", "  ", "\n", " \n", "\n ", "\r\n", "", "a", "'", "\t\tfoo", "...\n\n...", "!!!\r\n\r\nA", "x\u00a0 y",
    "\u00a0\u00a0word \u00a0 word", "a\u2003\u2003b", "\ue000\U000f0000\U0010ffff\ufffd", "Ωμέγα Привет мир שלום עולם გამარჯობა",
    "日本語のテキスト、カタカナとひらがな。ＦＵＬＬ　ｗｉｄｔｈ １２３", "tiếng Việt rất đẹp", "𠮷野家 𝓯𝓪𝓷𝓬𝔂 𐍈",
    "<|endoftext|>hello<|endoftext|> <|user|>\nHi <|assistant|>  text<mask>  word <mask> swordx sword  <|endof",
    "e\u0301<nfc\u0301> <nfc\u0107> word1 word word_ [left]  [left] x   [left]", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 3,
]


def random_samples(generator, count):
    """Strings that mix scripts, spaces and marks without regard for sense."""
    pools = [
        " \t\n\r\u00a0\u3000", "abcXYZ", "'", "stmdrevlSTMDREVL", "0123456789٣४²", ".,;:!?-_/()[]{}", "中文汉字漢",
        "éüñßǅʰª", "\u0301\u0302\u093f", "अआकखा", "한국어", "ไทย่", "🙂👩🏽\u200d❤\ufe0f", "\x00\x1b\x7f\u200b",
    ]
    for _ in range(count):
        yield "".join(generator.choice(generator.choice(pools)) for _ in range(generator.randrange(1, 60)))


def byte_level(name):
    """A pre-tokenizer for each layout in use."""
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    if name == "gpt2":
        return pre_tokenizers.ByteLevel(add_prefix_space=False)
    if name == "gpt2-space":
        return pre_tokenizers.ByteLevel(add_prefix_space=True)
    if name == "bytes":
        return plain
    if name == "digits":
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    if name == "digit-runs":
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(False), pre_tokenizers.ByteLevel(add_prefix_space=True)])
    if name == "literal":
        return pre_tokenizers.Sequence([pre_tokenizers.Split("e", "removed"), plain])
    inverted = name == "o200k"
    split = pre_tokenizers.Split(Regex(PATTERNS[name]), "removed" if inverted else "isolated", invert=inverted)
    return pre_tokenizers.Sequence([split, plain])


def added_tokens():
    return [
        AddedToken("<|endoftext|>", special=True, normalized=False),
        AddedToken("<|user|>", special=True, normalized=False, rstrip=True),
        AddedToken("<|assistant|>", special=True, normalized=False, lstrip=True),
        AddedToken("<|endof", special=False, normalized=False),
        AddedToken("<mask>", special=True, normalized=True, lstrip=True, rstrip=True),
        AddedToken("word", special=False, normalized=False, single_word=True),
        AddedToken("<nfc\u0107>", special=False, normalized=True),
        AddedToken("[left]", special=False, normalized=False, lstrip=True),
    ]


def reference(name, normalizer, ignore_merges, vocabulary):
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    # Trained on unsplit text, merges span word boundaries: cutting in a wrong place then always changes the ids.
    tokenizer.pre_tokenizer = byte_level("bytes")
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFC()]) if name == "qwen35" else normalizers.NFC()
    trainer = trainers.BpeTrainer(
        max_token_length=12, vocab_size=vocabulary, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(SAMPLES * 2 + list(random_samples(random.Random(7), 400)), trainer)
    tokenizer.pre_tokenizer = byte_level(name)
    for token in added_tokens():
        (tokenizer.add_special_tokens if token.special else tokenizer.add_tokens)([token])
    end = tokenizer.token_to_id("<|endoftext|>")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|endoftext|> $A <|endoftext|>", special_tokens=[("<|endoftext|>", end)])
    return tokenizer


def string_merges(text):
    """The older layout of the same file: merges as "a b"."""
    data = json.loads(text)
    data["model"]["merges"] = [" ".join(pair) for pair in data["model"]["merges"]]
    return json.dumps(data, ensure_ascii=True)


def smart_resize(model):
    """The function's source without its module, which needs torch."""
    path = next(pathlib.Path(p) for p in sys.path if (pathlib.Path(p) / "transformers").is_dir())
    path /= f"transformers/models/{model}/image_processing_{model}.py"
    tree = ast.parse(path.read_text())
    function = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "smart_resize")
    scope = {"math": math}
    exec(compile(ast.Module([function], []), str(path), "exec"), scope)
    return scope["smart_resize"]


def resize_rows(count, generator):
    glm, qwen = smart_resize("glm4v"), smart_resize("qwen2_vl")
    rules = {
        "glm-4.1v": lambda h, w: glm(2, h, w, 2, 28, 12544, 9633792),
        "glm-4v-default": lambda h, w: glm(2, h, w, 2, 28, 12544, 11760000),
        "qwen2-vl": lambda h, w: qwen(h, w, 28, 3136, 1003520),
        "qwen2-vl-published": lambda h, w: qwen(h, w, 28, 3136, 12845056),
        "qwen3-vl": lambda h, w: qwen(h, w, 32, 65536, 16777216),
    }
    for index in range(count):
        family = list(rules)[index % len(rules)]
        top = generator.choice([40, 300, 2000, 9000])
        height, width = generator.randrange(1, top), generator.randrange(1, top)
        try:
            new = list(rules[family](height, width))
        except ValueError:
            new = None
        yield [family, width, height, *([new[1], new[0]] if new else [None, None])]


def write(name, text, digests):
    data = text.encode()
    assert len(data) <= 64 * 1024, f"{name} has {len(data)} bytes"
    (FIXTURES / name).write_bytes(data)
    digests[name] = hashlib.sha256(data).hexdigest()


def main():
    assert VERSIONS == PINNED, f"pinned to {PINNED}, found {VERSIONS}"
    FIXTURES.mkdir(parents=True, exist_ok=True)
    digests = {}
    cases = [
        ("gpt2", False, False, 900), ("gpt2-space", False, False, 600), ("gpt2-grouped", False, False, 500),
        ("cl100k", False, True, 900), ("qwen2", True, False, 900), ("qwen35", True, False, 600),
        ("o200k", False, False, 700), ("tekken", False, False, 600), ("bytes", False, False, 400),
        ("digits", False, False, 500), ("digit-runs", False, False, 500), ("literal", False, False, 400),
        ("unknown", False, False, 500),
    ]
    texts = SAMPLES + list(random_samples(random.Random(11), 120))
    write("texts.json", json.dumps(texts), digests)
    for name, normalizer, ignore_merges, vocabulary in cases:
        tokenizer = reference(name, normalizer, ignore_merges, vocabulary)
        text = tokenizer.to_str()
        write(f"{name}.tokenizer.json", string_merges(text) if name in ("gpt2", "qwen2") else text, digests)
        rows = [tokenizer.encode(t, add_special_tokens=False).ids for t in texts]
        around = tokenizer.encode("x").ids
        write(f"{name}.ids.json", json.dumps({"around": around, "ids": rows}, separators=(",", ":")), digests)
    rows = list(resize_rows(200, random.Random(3)))
    write("smart_resize.json", "[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]\n", digests)
    manifest = {"written_by": "Tools/reference/tokenizer_fixtures.py", "versions": VERSIONS, "sha256": digests}
    (FIXTURES / "MANIFEST.json").write_text(json.dumps(manifest, indent=1) + "\n")


def check(path):
    """Compares ids written by Swift (FILE.ids.json: [[text, [id…]]…]) with those of the Python package."""
    tokenizer = Tokenizer.from_file(path)
    rows = json.loads(pathlib.Path(path + ".ids.json").read_text())
    wrong = [text for text, ids in rows if tokenizer.encode(text, add_special_tokens=False).ids != ids]
    print(json.dumps({"texts": len(rows), "different": len(wrong), "first": wrong[:3]}))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    check(sys.argv[2]) if sys.argv[1:2] == ["--check"] else main()
