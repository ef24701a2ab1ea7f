# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Writes the files that GlyphDocuments is tested on, with the programs that people make such files with.

    python3 Tools/reference/document_fixtures.py            # writes Tests/GlyphDocumentsTests/Fixtures

Needs Debian 12's libreoffice-writer, pandoc, poppler-utils, qpdf, zip, tar, xz-utils and git, and the packages of
requirements.txt under its name. LibreOffice and qpdf put dates into what they write, so a second run gives other bytes.
"""

import base64
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import zipfile

import nbformat
import PIL
from nbclient import NotebookClient
from PIL import Image

PINNED = {"pillow": "13.0.0", "nbformat": "5.11.1"}
FIXTURES = pathlib.Path(__file__).parents[2] / "Tests/GlyphDocumentsTests/Fixtures"
LARGEST = 64 * 1024
ENVIRONMENT = os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "LC_ALL": "C.UTF-8"}
EPOCH = (2024, 1, 1, 0, 0, 0)

REPORT = """\
# The Lighthouse Report

The *keeper* of the lighthouse wrote this in **1904**.[^1]

## Stores

1. Oil, 40 barrels
2. Rope
    a. hemp
    b. wire
3. Flour

- a lamp
- a spare lamp
    - with a glass

| Month | Ships | Wrecks |
|-------|-------|--------|
| May   | 31    | 0      |
| June  | 28    | 1      |

## Weather

The wind was from the *north-west* for twelve days; see `log.txt`.

> Fog is worse than wind.

[^1]: Copied in 1950 from the original.
"""

CHAPTERS = """\
---
title: The Small Book
author: A. Writer
lang: en
---

# First chapter

It begins at sea — with fog & wind.

# Second chapter

It goes on in the harbour.

## A section

With a list:

- one
- two

# Third chapter

It ends on land.
"""

PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Tides &amp; currents</title>
<style>body { color: red }</style><script>var hidden = "never shown";</script></head>
<body>
<h1>Tides &amp; currents</h1>
<p>The tide rises
   and falls <b>twice</b> a&nbsp;day: 3&nbsp;&lt;&nbsp;4 &mdash; always.<br>A second line.</p>
<h2 id="t">Table</h2>
<table><caption>Heights</caption><thead><tr><th>Place</th><th>Metres</th></tr></thead>
<tr><td>Dover</td><td>6.8<p>mean</p></td></tr><tr><td>Kiel</td><td>0.1</td></tr></table>
<ol start="3"><li>third<li>fourth <ul><li>inner</ul></ol>
<dl><dt>neap</dt><dd>the smallest tide</dd></dl>
<blockquote><p>Time and tide wait for no man.</p></blockquote>
<pre>
for tide in tides:
    print(tide)
</pre>
<img src="x.png" alt="A buoy"><p hidden>secret</p><p style="display: none">also secret</p>
<noscript>no script</noscript><p>Last &#x4E2D;&#25991; words.
</body></html>
"""

WORD_BODY = """\
<?xml version="1.0" encoding="UTF-8"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>
<w:p><w:r><w:t xml:space="preserve">Kept </w:t></w:r><w:del w:id="1"><w:r><w:delText>deleted </w:delText></w:r></w:del>
<w:ins w:id="2"><w:r><w:t>inserted</w:t></w:r></w:ins><w:r><w:tab/><w:t>after a tab</w:t><w:br/><w:t>next line</w:t></w:r></w:p>
<w:p><w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>
</w:drawing></mc:Choice><mc:Fallback><w:pict><w:t>boxed again</w:t></w:pict></mc:Fallback></mc:AlternateContent>
<w:t>around</w:t></w:r><w:r><w:instrText>PAGE \\* MERGEFORMAT</w:instrText></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a|b</w:t></w:r></w:p></w:tc><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>
<w:p><w:r><w:t>both rows</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc>
<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>
<w:p><w:pPr><w:rPr><w:del w:id="3"/></w:rPr></w:pPr><w:r><w:t>end</w:t></w:r></w:p>
</w:body></w:document>
"""

RELATIONS = """\
<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>
"""

TEXTS = {
    "chinese": "这座灯塔建于一九〇四年，守塔人每天记录风向和天气。\n六月有二十八艘船经过，其中一艘触礁沉没。\n",
    "traditional": "這座燈塔建於一九零四年，守塔人每天記錄風向和天氣。\n六月有二十八艘船經過，其中一艘觸礁沉沒。\n",
    "japanese": "この灯台は1904年に建てられました。\n灯台守は毎日、風向きと天気を記録していました。カモメもいました。\n",
    "korean": "이 등대는 1904년에 세워졌다.\n등대지기는 매일 바람과 날씨를 기록하였다.\n",
    "french": "Le phare a été construit en 1904.\r\nLe gardien notait chaque jour la météo ; l'été, la mer était très calme.\r\n",
    "german": "Der Leuchtturm wurde 1904 gebaut.\nDer Wärter schrieb täglich auf, woher der Wind wehte – für spätere Jahre.\n",
    "russian": "Маяк был построен в тысяча девятьсот четвёртом году.\nСмотритель каждый день записывал погоду и ветер.\n",
    "source": "/* Écrit par le gardien. */\nint tide(int hour) {\n    return hour % 12;  // d\u00e9j\u00e0 vu\n}\n" * 4,
    "english": "The lighthouse was built in 1904.\nThe keeper wrote the weather down every day.\n",
}
CODECS = [
    ("chinese", "gb18030"), ("chinese", "gbk"), ("chinese", "utf-16-le"), ("chinese", "utf-16-be"), ("chinese", "utf-16"),
    ("chinese", "utf-32"), ("chinese", "utf-8-sig"), ("traditional", "big5"), ("japanese", "shift_jis"),
    ("japanese", "euc_jp"), ("korean", "euc_kr"), ("french", "latin-1"), ("german", "cp1252"), ("source", "latin-1"),
    ("russian", "cp1251"), ("russian", "koi8-r"), ("english", "utf-16-le"), ("english", "utf-16-be"), ("english", "ascii"),
]

IGNORE = {
    ".gitignore": "# comment\n*.log\n!keep.log\n/build\ndocs/*.txt\n**/cache/\nout/**\na/**/z\n\\#hash\n\\!bang\n"
    "trail\\ \nspace   \n[ab].c\n[!x-z]?.h\ndeep/**/*.tmp\nfoo*bar\nonly-dir/\n*.[oa]\nsub/inner/\n!sub/inner/\nweird[\nq\\?.txt\n",
    "sub/.gitignore": "!*.log\n/local\nkeep.log\n",
    "sub/deeper/.gitignore": "*\n!.gitignore\n!*.swift\n",
}
PATHS = [
    "x.log", "keep.log", "build", "build/a", "src/build", "docs/a.txt", "docs/b/a.txt", "cache", "cache/x", "p/cache/x",
    "out/a", "out/b/c", "out", "a/z", "a/b/z", "a/b/c/z", "a/z/q", "#hash", "!bang", "trail ", "space", "space   ", "a.c",
    "b.c", "c.c", "ab.h", "xb.h", "b.h", "deep/x.tmp", "deep/a/b/x.tmp", "other/x.tmp", "foobar", "foo/bar", "fooxbar",
    "only-dir", "only-dir/x", "m/only-dir/x", "x.o", "lib/x.a", "sub/x.log", "sub/keep.log", "sub/local", "sub/n/local",
    "sub/inner/x", "sub/deeper/x.c", "sub/deeper/x.swift", "sub/deeper/n/x.swift", "sub/deeper/.gitignore", "weird[",
    "q?.txt", "qx.txt", "README", "sub/deeper/n",
]


def run(*words, cwd=None, **options):
    return subprocess.run([str(w) for w in words], cwd=cwd, check=True, env=ENVIRONMENT, capture_output=True, **options)


def convert(source: pathlib.Path, kind: str, folder: pathlib.Path) -> pathlib.Path:
    run("soffice", "--headless", "--convert-to", kind, "--outdir", folder, source)
    return folder / (source.stem + "." + kind.split(":")[0])


def put(path: str, content: bytes):
    assert len(content) <= LARGEST, f"{path} has {len(content)} bytes"
    (FIXTURES / path).write_bytes(content)


def zipped(entries, compression=zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, compress_type=compression, compresslevel=9)
    return buffer.getvalue()


def office(work: pathlib.Path):
    (work / "report.md").write_text(REPORT)
    run("pandoc", "report.md", "-o", "report.docx", cwd=work)
    put("pandoc.docx", (work / "report.docx").read_bytes())
    run("pandoc", "report.md", "-s", "--metadata", "title=x", "-o", "report.html", cwd=work)
    put("libreoffice.docx", convert(work / "report.html", "docx:MS Word 2007 XML", work).read_bytes())
    put("libreoffice.odt", convert(work / "report.docx", "odt", work).read_bytes())
    put(
        "changes.docx",
        zipped([
            ("[Content_Types].xml", "<Types/>"),
            ("_rels/.rels", RELATIONS),
            ("word/document.xml", WORD_BODY),
        ]),
    )
    put("workbook.xlsx", zipped([("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook/>")]))
    (work / "book.md").write_text(CHAPTERS)
    run("pandoc", "book.md", "--epub-chapter-level=1", "-o", "book.epub", cwd=work)
    put("book.epub", (work / "book.epub").read_bytes())
    with zipfile.ZipFile(work / "book.epub") as book:
        entries = [(name, book.read(name)) for name in book.namelist()]
    chapter = next(name for name, _ in entries if name.endswith("ch002.xhtml"))
    locked = f'<encryption><CipherReference URI="{chapter}"/></encryption>'
    put("locked.epub", zipped(entries + [("META-INF/encryption.xml", locked)]))
    put("page.html", PAGE.encode())


def pdf(work: pathlib.Path):
    breaks = REPORT.replace("## Weather", '<p style="page-break-before: always"></p>\n\n## Weather')
    (work / "paged.md").write_text(breaks)
    run("pandoc", "paged.md", "-f", "markdown", "-o", "paged.html", "-s", "--metadata", "title=Report", cwd=work)
    text = convert(work / "paged.html", "pdf:writer_web_pdf_Export", work)
    if int(pages(text)) < 2:
        text = convert(convert(work / "paged.html", "docx:MS Word 2007 XML", work), "pdf", work)
    assert int(pages(text)) >= 2, "LibreOffice made one page of two"
    put("text.pdf", text.read_bytes())
    run("pdftoppm", "-r", "60", "-gray", "-l", "2", text, work / "page")
    images = [Image.open(p).convert("1") for p in sorted(work.glob("page-*.pgm"))]
    images[0].save(work / "scan.pdf", save_all=True, append_images=images[1:], resolution=60)
    put("scan.pdf", (work / "scan.pdf").read_bytes())
    Image.new("1", (100, 140), 1).save(work / "blank.pdf", resolution=20)
    put("blank.pdf", (work / "blank.pdf").read_bytes())
    run("qpdf", "--empty", "--pages", text, "1", work / "blank.pdf", "1", work / "scan.pdf", "2", "--", work / "mixed.pdf")
    put("mixed.pdf", (work / "mixed.pdf").read_bytes())
    run("qpdf", "--encrypt", "secret", "owner", "256", "--", text, work / "encrypted.pdf")
    put("encrypted.pdf", (work / "encrypted.pdf").read_bytes())
    run("qpdf", "--encrypt", "", "owner", "256", "--extract=n", "--", text, work / "nocopy.pdf")
    put("nocopy.pdf", (work / "nocopy.pdf").read_bytes())


def pages(path) -> str:
    output = run("pdfinfo", path).stdout.decode()
    return next(line.split()[1] for line in output.splitlines() if line.startswith("Pages:"))


def notebook():
    book = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# Tides\n\nHow high is the water?"),
            nbformat.v4.new_code_cell("heights = [6.8, 0.1]\nprint('mean', sum(heights) / 2)\nmax(heights)"),
            nbformat.v4.new_raw_cell("raw text"),
            nbformat.v4.new_code_cell("from IPython.display import display, HTML\ndisplay(HTML('<b>x</b>'))"),
            nbformat.v4.new_code_cell("1 / 0"),
        ]
    )
    NotebookClient(book, allow_errors=True, kernel_name="python3").execute()
    for index, cell in enumerate(book.cells):
        cell["id"] = f"cell-{index}"
        cell.metadata.pop("execution", None)
    put("notebook.ipynb", nbformat.writes(book).encode())


def archives(work: pathlib.Path):
    tree = work / "tree"
    (tree / "src").mkdir(parents=True)
    (tree / "src/main.swift").write_text('print("hello")\n')
    (tree / "说明.txt").write_text("灯塔说明\n")
    (tree / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    for path in [tree, *tree.rglob("*")]:
        os.utime(path, (1700000000, 1700000000))
    run("zip", "-X", "-r", work / "plain.zip", ".", "-i", "*", cwd=tree)
    put("plain.zip", (work / "plain.zip").read_bytes())
    run("zip", "-X", "-r", "-P", "secret", work / "encrypted.zip", "src", cwd=tree)
    put("encrypted.zip", (work / "encrypted.zip").read_bytes())
    owner = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name", "--mtime=@1700000000"]
    for name, flag in [("plain.tar", ""), ("plain.tar.gz", "-z"), ("plain.tar.xz", "-J"), ("plain.tar.bz2", "-j")]:
        run("tar", *owner, *([flag] if flag else []), "-cf", work / name, "-C", tree, ".")
        put(name, (work / name).read_bytes())
    links = work / "links"
    links.mkdir()
    (links / "real.txt").write_text("the real file\n")
    os.symlink("/etc/passwd", links / "passwd")
    os.symlink("..", links / "up")
    os.link(links / "real.txt", links / "twin.txt")
    os.mkfifo(links / "pipe")
    run("tar", *owner, "-cf", work / "links.tar", "-C", links, ".")
    put("links.tar", (work / "links.tar").read_bytes())
    put(
        "escape.zip",
        zipped([
            ("../evil.txt", "outside\n"), ("/abs.txt", "absolute\n"), ("a/../../b.txt", "outside\n"),
            ("line\nbreak.txt", "hidden\n"), ("c\\..\\..\\d.txt", "outside\n"), ("good.txt", "inside\n"),
        ]),
    )
    put("bomb.zip", zipped([("zeros.txt", b"0" * (40 << 20))]))
    nested = zipped([("inner.txt", "deep inside\n")])
    for depth in range(4):
        nested = zipped([(f"level{depth}.zip", nested)])
        if depth == 1:
            put("nested.zip", nested)
    put("matryoshka.zip", nested)
    put("empty.zip", zipped([]))
    (work / "note.txt").write_text("one compressed file\n")
    os.utime(work / "note.txt", (1700000000, 1700000000))
    run("gzip", "-9", "-n", work / "note.txt")
    put("note.txt.gz", (work / "note.txt.gz").read_bytes())


def ignored(work: pathlib.Path):
    """Asks git itself which paths it would ignore; a path ending with a slash there is a folder."""
    tree = work / "repository"
    for name, text in IGNORE.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    run("git", "init", "-q", cwd=tree)
    verdicts = []
    for path in PATHS:
        for parent in reversed(pathlib.PurePosixPath(path).parents):
            target = tree / parent
            if target.exists() and not target.is_dir():
                target.unlink()
            target.mkdir(exist_ok=True)
        target = tree / path
        if not target.exists():
            target.write_text("x")
    for path in PATHS:
        result = subprocess.run(["git", "check-ignore", "-q", "--no-index", "--", path], cwd=tree)
        verdicts.append({"path": path, "isFolder": (tree / path).is_dir(), "isIgnored": result.returncode == 0})
    put("ignore.json", json.dumps({"files": IGNORE, "paths": verdicts}, indent=1).encode())


def encodings():
    cases = [
        {
            "codec": codec,
            "name": name,
            "bytes": base64.b64encode(TEXTS[name].encode(codec)).decode(),
            "text": TEXTS[name],
        }
        for name, codec in CODECS
    ]
    put("encodings.json", json.dumps(cases, indent=1).encode())


def main():
    assert PIL.__version__ == PINNED["pillow"] and nbformat.__version__ == PINNED["nbformat"]
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        office(work)
        pdf(work)
        archives(work)
        ignored(work)
    notebook()
    encodings()
    programs = {
        "pandoc": run("pandoc", "--version").stdout.decode().split("\n")[0],
        "libreoffice": run("soffice", "--version").stdout.decode().strip(),
        "qpdf": run("qpdf", "--version").stdout.decode().split("\n")[0],
        "git": run("git", "--version").stdout.decode().strip(),
        "tar": run("tar", "--version").stdout.decode().split("\n")[0],
    }
    files = sorted(path for path in FIXTURES.iterdir() if path.name != "MANIFEST.json")
    manifest = {
        "written by": "Tools/reference/document_fixtures.py",
        "versions": PINNED | programs,
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    (FIXTURES / "MANIFEST.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
