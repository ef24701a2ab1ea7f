# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Writes the training corpus of the standard tokenizer from packages of Debian 12.

    python3 corpus.py WORK    # needs apt-get and dpkg-deb; writes WORK/corpus/*.txt and WORK/corpus/RECIPE.txt

Packages are downloaded and unpacked, never installed. Each group below is cut to a budget so that no language or
manual drowns the others; files are taken in the order of a hash of their name, so that a cut is a fair sample.
"""

import gzip
import hashlib
import html
import pathlib
import re
import struct
import subprocess
import sys

PACKAGES = """
anarchism debian-handbook debian-reference-de debian-reference-en debian-reference-es
debian-reference-fr debian-reference-ja debian-reference-zh-cn debian-reference-zh-tw developers-reference-ru
dict-gcide fortunes fortunes-de fortunes-es fortunes-it fortunes-min fortunes-pl fortunes-ru fortunes-zh
gimp-help-en gimp-help-zh-cn gnome-user-docs harden-doc jargon-text libpython3.11-stdlib libreoffice-help-hi
libreoffice-help-ko libreoffice-help-zh-cn libreoffice-l10n-ar libreoffice-l10n-he libreoffice-l10n-hi
libreoffice-l10n-th libreoffice-l10n-zh-tw linux-doc-6.1 linux-libc-dev maint-guide-zh-cn maint-guide-zh-tw manpages
manpages-dev manpages-ja manpages-ru manpages-vi manpages-zh libboost1.74-dev nodejs-doc perl-modules-5.36
python3.11-doc wordnet-base libjs-jquery-ui golang-1.19-src
""".split()

# Public-domain books: repository of the GITenberg collection, commit, file. Never Jane Eyre: it measures the result.
BOOKS = [
    ("A-Tale-of-Two-Cities_98", "0f6111bc7237af7375295ec1754c2e57e19f67f1", "98-0.txt"),
    ("Bleak-House_1023", "2fe2ed9f44a699aab35dfc84b69db6753a390c7f", "1023.txt"),
    ("David-Copperfield_766", "1cfa9f937da3d37507885e00150ece32fb475da9", "766-0.txt"),
    ("Dracula_345", "5216d6ea255fbf8966426a160b68251b18f16907", "345.txt"),
    ("Emma_158", "9943f6422b9246e7ad37625d6bd014b035fbfdea", "158.txt"),
    ("Great-Expectations_1400", "889db0e100928a957f469bf834c564d04065c8e6", "1400-0.txt"),
    ("Middlemarch_145", "39add53d31f10ba5cecdcbe8c095f90b25fd4b3f", "145.txt"),
    ("Moby-Dick--Or-The-Whale_2701", "bdf1948e6cd00963730971e5624e764a35f238c3", "2701-0.txt"),
    ("Pride-and-Prejudice_1342", "81db45c9c48c592f0b77f01fc59e677ad0a5634e", "1342.txt"),
    ("The-Adventures-of-Sherlock-Holmes_1661", "7e5dd2703fbf503c004063e96ab7c61262375e5f", "1661.txt"),
    ("War-and-Peace_2600", "fa22ab90f00f627e83d14acabe32d91602d2365d", "2600-0.txt"),
    ("Wuthering-Heights_768", "7f246b8eba2cf744e757f7425c90ad362ecb8a99", "768.txt"),
]

# group: (budget in bytes, glob patterns inside the unpacked packages)
GROUPS = {
    "english-novels": (16_000_000, ["books/*.txt"]),
    "english-essays": (4_000_000, ["anarchism/**/*.html", "harden-doc/**/en/*.html"]),
    "english-quotes": (2_500_000, ["fortunes*/usr/share/games/fortunes/*", "jargon-text/**/*.gz"]),
    "english-definitions": (1_500_000, ["dict-gcide/**/*.dict.dz", "wordnet-base/**/data.*"]),
    "english-manuals": (
        5_000_000,
        ["debian-handbook/**/en-US/*.html", "gnome-user-docs/usr/share/help/C/**/*.page", "python3.11-doc/**/*.html",
         "linux-doc-6.1/**/Documentation/**/*.rst.gz", "linux-doc-6.1/**/Documentation/**/*.txt.gz",
         "debian-reference-en/**/*.html", "gimp-help-en/**/*.html", "manpages/**/*.gz", "manpages-dev/**/*.gz"],
    ),
    "code": (
        5_000_000,
        ["libpython3.11-stdlib/**/*.py", "linux-libc-dev/**/*.h", "libboost1.74-dev/**/asio/**/*.hpp",
         "perl-modules-5.36/**/*.pm", "libjs-jquery-ui/**/*.js", "golang-1.19-src/**/net/**/*.go"],
    ),
    "chinese": (
        11_000_000,
        ["debian-handbook/**/zh-CN/*.html", "debian-handbook/**/zh-TW/*.html", "debian-reference-zh-*/**/*.html",
         "maint-guide-zh-*/**/*.html", "manpages-zh/**/*.gz", "fortunes-zh/usr/share/games/fortunes/*",
         "gnome-user-docs/usr/share/help/zh_CN/**/*.page", "gimp-help-zh-cn/**/*.html",
         "linux-doc-6.1/**/translations/zh_*/**/*.gz", "libreoffice-help-zh-cn/**/*.html",
         "libreoffice-l10n-zh-tw/**/*.mo"],
    ),
    "japanese": (1_500_000, ["debian-handbook/**/ja-JP/*.html", "manpages-ja/**/*.gz", "debian-reference-ja/**/*.html"]),
    "korean": (1_500_000, ["debian-handbook/**/ko-KR/*.html", "libreoffice-help-ko/**/*.html",
                           "gnome-user-docs/usr/share/help/ko/**/*.page"]),
    "russian": (1_200_000, ["debian-handbook/**/ru-RU/*.html", "manpages-ru/**/*.gz", "fortunes-ru/**/fortunes/**/*",
                            "developers-reference-ru/**/*.html"]),
    "german": (1_200_000, ["debian-handbook/**/de-DE/*.html", "fortunes-de/**/fortunes/**/*",
                           "debian-reference-de/**/*.html"]),
    "french": (1_200_000, ["debian-handbook/**/fr-FR/*.html", "debian-reference-fr/**/*.html"]),
    "spanish": (1_200_000, ["debian-handbook/**/es-ES/*.html", "fortunes-es/**/fortunes/**/*"]),
    "italian": (600_000, ["debian-handbook/**/it-IT/*.html", "fortunes-it/**/fortunes/**/*"]),
    "portuguese": (600_000, ["debian-handbook/**/pt-BR/*.html"]),
    "polish": (500_000, ["debian-handbook/**/pl-PL/*.html", "fortunes-pl/**/fortunes/**/*"]),
    "vietnamese": (500_000, ["debian-handbook/**/vi-VN/*.html", "manpages-vi/**/*.gz"]),
    "turkish": (300_000, ["debian-handbook/**/tr-TR/*.html"]),
    "greek": (400_000, ["debian-handbook/**/el-GR/*.html", "gnome-user-docs/usr/share/help/el/**/*.page"]),
    "arabic": (900_000, ["debian-handbook/**/ar-MA/*.html", "libreoffice-l10n-ar/**/*.mo"]),
    "hebrew": (400_000, ["libreoffice-l10n-he/**/*.mo"]),
    "hindi": (900_000, ["libreoffice-l10n-hi/**/*.mo", "libreoffice-help-hi/**/*.html"]),
    "thai": (700_000, ["libreoffice-l10n-th/**/*.mo"]),
}
SCRIPTS = {
    "chinese": "\u4e00-\u9fff", "japanese": "\u3040-\u30ff\u4e00-\u9fff", "korean": "\uac00-\ud7a3",
    "russian": "\u0400-\u04ff", "greek": "\u0370-\u03ff", "arabic": "\u0600-\u06ff", "hebrew": "\u0590-\u05ff",
    "hindi": "\u0900-\u097f", "thai": "\u0e00-\u0e7f",
}


def fetch(work):
    debs, root = work / "debs", work / "x"
    debs.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if not list(debs.glob(package + "_*.deb")):
            subprocess.run(["apt-get", "download", package], cwd=debs, check=True, capture_output=True)
        if not (root / package).exists():
            (root / package).mkdir(parents=True)
            subprocess.run(["dpkg-deb", "-x", next(debs.glob(package + "_*.deb")), root / package], check=True)
    (root / "books").mkdir(exist_ok=True)
    for name, commit, file in BOOKS:
        repository = work / "books" / f"{name}.git"
        if not repository.exists():
            subprocess.run(["git", "clone", "--bare", f"https://github.com/GITenberg/{name}", repository], check=True)
        text = subprocess.run(
            ["git", "--git-dir", repository, "show", f"{commit}:{file}"], check=True, capture_output=True).stdout
        (root / "books" / f"{name}.txt").write_bytes(text)
    return root


def catalogue_strings(data):
    """The translations in a compiled message catalogue."""
    count, _, table = struct.unpack_from("<III", data, 8)
    for index in range(count):
        length, offset = struct.unpack_from("<II", data, table + 8 * index)
        yield data[offset:offset + length].decode("utf-8", "ignore").replace("\0", "\n")


def plain_text(path):
    data = path.read_bytes()
    if path.suffix in (".gz", ".dz"):
        data = gzip.decompress(data)
    if path.suffix == ".mo":
        return "\n".join(catalogue_strings(data)).replace("~", "")
    text = data.decode("utf-8", "ignore")
    if path.suffix in (".html", ".page"):
        text = re.sub(r"(?is)<(script|style|head|nav)\b.*?</\1>", " ", text)
        text = re.sub(r"</(p|div|li|tr|h\d|title|pre|td|dt|dd)>", "\n", text)
        text = html.unescape(re.sub(r"(?s)<[^>]*>", "", text))
    elif re.search(r"/man/", str(path)):  # roff
        text = re.sub(r'(?m)^[.\'].?\\".*\n|^\.(?:[A-Z]{1,2}|sp|nf|fi|br|in|ti)\b ?', "", text)
        text = re.sub(r"\\f[A-Z]|\\f\([A-Z]{2}|\\&|\\/", "", text).replace("\\-", "-").replace("\\(aq", "'")
    elif path.parent.name == "books":
        text = re.sub(r"(?s)^.*?\*\*\* ?START[^\n]*\n|\*\*\* ?END OF.*", "", text.replace("\r", ""))
    elif "wordnet" in str(path):
        text = "\n".join(line.split("| ", 1)[1] for line in text.splitlines() if "| " in line)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).replace("\ufeff", "")


def readable(group, text):
    """Drops untranslated paragraphs from groups with a script of their own."""
    if group not in SCRIPTS:
        return text
    own = re.compile(f"[{SCRIPTS[group]}]")
    return "\n".join(line for line in text.splitlines() if len(own.findall(line)) * 4 >= len(line.strip()) > 0) + "\n"


def main():
    work = pathlib.Path(sys.argv[1])
    root = fetch(work)
    out = work / "corpus"
    out.mkdir(exist_ok=True)
    recipe = []
    for group, (budget, patterns) in GROUPS.items():
        per_pattern = [
            sorted((p for p in root.glob(pattern) if p.is_file() and not p.is_symlink()),
                   key=lambda p: hashlib.sha256(str(p.relative_to(root)).encode()).digest())
            for pattern in patterns
        ]
        seen, total, lines, used = set(), 0, [], 0
        # One file from each source in turn, so that the largest source does not crowd out the rest.
        while total < budget and any(per_pattern):
            for files in per_pattern:
                if not files or total >= budget:
                    continue
                path = files.pop(0)
                if path.suffix in (".dat", ".u8", ".png") or path.stat().st_size == 0:
                    continue
                for line in readable(group, plain_text(path)).splitlines():
                    # The same licence or table of contents stands in hundreds of pages.
                    key = hash(line)
                    if len(line) > 24 and key in seen:
                        continue
                    seen.add(key)
                    lines.append(line)
                    total += len(line.encode()) + 1
                    if total >= budget:
                        break
                used += 1
        text = "\n".join(lines) + "\n"
        (out / f"{group}.txt").write_text(text, encoding="utf-8")
        digest = hashlib.sha256(text.encode()).hexdigest()
        recipe.append(f"{group}\t{used} files\t{len(text.encode())} bytes\tsha256 {digest}")
        print(recipe[-1])
    versions = sorted(p.name for p in (work / "debs").glob("*.deb") if p.name.split("_")[0] in PACKAGES)
    (out / "RECIPE.txt").write_text("\n".join(recipe + versions) + "\n")


main()
