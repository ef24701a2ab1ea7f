# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""What wrong_requests.py draws from: odd texts, names, paths and headers, and hostile archives."""

import gzip
import io
import tarfile
import zipfile

TEXTS = (
    "", " ", "a", "\x00", "\u202e\u200b", "\U0001f600" * 50, "{{7*7}}", "<script>alert(1)</script>",
    "../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "'; DROP TABLE jobs; --", "%s%n%x", "\r\nX-Evil: 1",
    "x" * 5000, "क्षि" * 30, "\ud7ff\ue000\uffff", "ﷺ" * 100, "auto", "json", "null", "http://127.0.0.1:1/",
    "a\n\n" * 900,
)
NUMBERS = (0, -1, 1, 2, 1 << 31, 1 << 63, 1 << 70, -(1 << 63), 10**400, 0.5, -0.0, 1e308, 1e-320, -1.5)
FILE_NAMES = (
    "../../../glyph-fuzz-outside.txt", "/tmp/glyph-fuzz-outside.txt", "", "text", "a" * 900, "con.txt", "x.pdf",
    "x.docx", "x.zip", "..", "\\\\host\\share", "\x00.txt",
)
FIELDS = (
    "text files file_ids preset render reader fit budget first format question model max_tokens temperature seed "
    "stream pictures messages glyph top_p stop n tools strategy task answer title"
).split()
RENDER_KEYS = "dpi font-size margin-x line-height page-size font font-path font-fallback columns font-color".split()
IMAGES = ("data:image/png;base64,AAAA", "file:///etc/passwd", "http://127.0.0.1:1/x.png", "", "data:,")
IDS = (
    "1", "0", "-1", "abc", "file-1", "job-1", "..", "../../etc/passwd", "%00", "a" * 300, "file_5e1f0a77", "\x00",
    "5e1f0a77-0000-0000-0000-000000000000", "' OR 1=1 --",
)
PATH_STARTS = ("/", "/page/", "/v1/", "/page/../", "/v1/files/", "/v1/jobs/", "/v1/templates/", "/v1/render/", "//", "")
PATH_STEPS = ("../", "..%2f", "%2e%2e/", "..\\", "..%5c", "....//", "..;/", "%c0%ae%c0%ae/", "./")
PATH_ENDS = (
    "etc/passwd", "canary.txt", "glyph/service.sqlite", "", "%00", "style.css", "app.js%00.png", "a" * 9000,
    "app.js?x=../../etc/passwd", "*", "\xc3\xa9", "\x7f", "%", "%zz", "files?limit=-1", "jobs?after=x&after=y",
)
METHODS = ("GET", "POST", "OPTIONS", "BREW", "HEAD", "PUT", "TRACE", "DELETE", "PATCH")
HEADERS = (
    "Content-Type Content-Encoding Transfer-Encoding Expect Host Origin Authorization Accept If-None-Match Range "
    "Cookie Upgrade Connection X-Forwarded-For Accept-Encoding"
).split()
HEADER_VALUES = (
    "", "text/plain", "application/json; charset=utf-7", "multipart/form-data; boundary=x", "gzip", "chunked",
    "100-continue", "elsewhere.example", "null", "http://elsewhere.example", "Bearer", "bytes=0-99999999999",
    "x" * 7000, "websocket", "h2c", "*/*", "identity, gzip", "close",
)


def bombs():
    """Archives that unpack to far more than they are, or point outside."""

    def packed(entries, depth=0):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, data in entries:
                archive.writestr(name, data)
        return file.getvalue() if depth == 0 else packed([(f"{n}.zip", file.getvalue()) for n in range(10)], depth - 1)

    zeros = bytes(30 << 20)
    links = io.BytesIO()
    with tarfile.open(fileobj=links, mode="w") as archive:
        for name, target in (("a", "/etc/passwd"), ("b", "../../../../etc/passwd"), ("c", "b")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
        for name in ("/tmp/glyph-fuzz-outside.txt", "../../glyph-fuzz-outside.txt"):
            member = tarfile.TarInfo(name)
            member.size = 7
            archive.addfile(member, io.BytesIO(b"outside"))
    pdf = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 99999999>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9999999 9999999]>>endobj\ntrailer<</Root 1 0 R>>\n"
    )
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">'
        + b"".join(f'<!ENTITY {chr(97 + n)} "{f"&{chr(96 + n)};" * 10}">'.encode() for n in range(1, 12))
        + b"]><l>&l;</l>"
    )
    leak = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><html><p>&e;</p></html>'
    return {
        "zeros.zip": packed([("zeros.txt", zeros)]),
        "nested.zip": packed([("zeros.txt", zeros)], depth=3),
        "many.zip": packed([(f"{n}.txt", b"") for n in range(20_000)]),
        "zeros.gz": gzip.compress(zeros),
        "twice.gz": gzip.compress(gzip.compress(zeros)),
        "links.tar": links.getvalue(),
        "huge.pdf": pdf,
        "long-name.zip": packed([("n" * 60_000, b"x"), ("../../../glyph-fuzz-outside.txt", b"outside")]),
        "sheet.xlsx": packed([("xl/workbook.xml", laughs), ("[Content_Types].xml", laughs)]),
        "word.docx": packed([("word/document.xml", leak), ("[Content_Types].xml", leak)]),
        "laughs.html": laughs,
        "leak.xml": leak,
        "deep.html": b"<div>" * 200_000,
        "deep.json": b"[" * 500_000,
    }
