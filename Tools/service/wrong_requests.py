# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Makes the requests of fuzz.py: nearly right ones, and wrong ones of every kind."""

import base64
import dataclasses
import glob
import json
import os
import random
import urllib.parse

import odd_values

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CANARY = "canary-5e1f0a77-not-for-clients"


@dataclasses.dataclass
class Request:
    kind: str
    method: str
    path: str
    body: bytes = b""
    headers: dict = dataclasses.field(default_factory=dict)
    # Bytes that are sent as they are, in place of all that.
    raw: bytes | None = None
    # Whether closing the connection without a word is an answer: it is for what is no HTTP.
    may_close: bool = False


class Maker:
    """Draws request number n from a seed; the same number gives the same request."""

    def __init__(self, seed, openapi=None):
        self.seed = seed
        self.fixtures = {}
        for path in sorted(glob.glob(f"{ROOT}/Tests/*/Fixtures/**/*", recursive=True)):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    self.fixtures[os.path.relpath(path, ROOT)] = file.read()
        self.bombs = odd_values.bombs()
        self.learned = self.learn(openapi or {})

    def request(self, number):
        # Every fixture first, then chance.
        self.random = random.Random(f"{self.seed}:{number}")
        names = sorted(self.fixtures)
        if number < len(names):
            return self.files(names[number], self.fixtures[names[number]])
        kinds = {
            self.fields: 34,
            self.broken_json: 14,
            self.files: 14,
            self.paths: 12,
            self.heads: 10,
            self.raw: 6,
            self.routes: 8,
            self.bomb: 1.5,
            self.large: 0.05,
        }
        return self.random.choices(list(kinds), list(kinds.values()))[0]()

    # MARK: - Values

    def one_of(self, values):
        return self.random.choice(values)

    def value(self, depth=0):
        """Anything that JSON can hold."""
        kind = self.random.randrange(8 if depth < 3 else 6)
        match kind:
            case 0:
                return self.one_of((None, True, False))
            case 1 | 2:
                return self.one_of(odd_values.TEXTS)
            case 3 | 4:
                return self.one_of(odd_values.NUMBERS)
            case 5:
                return self.random.randrange(2000)
            case 6:
                return [self.value(depth + 1) for _ in range(self.random.randrange(4))]
        return {self.one_of(odd_values.TEXTS)[:40]: self.value(depth + 1) for _ in range(self.random.randrange(4))}

    def file(self, name=None, data=None):
        if data is None:
            name, data = self.one_of(list(self.fixtures.items()))
            damage = self.random.randrange(4)
            if damage == 1:
                data = data[: self.random.randrange(len(data) + 1)]
            elif damage == 2:
                data = bytearray(data)
                for _ in range(self.random.randrange(1, 30)):
                    if data:
                        data[self.random.randrange(len(data))] = self.random.randrange(256)
            elif damage == 3:
                data = self.random.randbytes(self.random.randrange(3000))
        if self.random.random() < 0.3:
            name = self.one_of(odd_values.FILE_NAMES)
        return {"name": name, "content": base64.b64encode(bytes(data)).decode()}

    def good(self, path):
        """A request's fields as they should be."""
        value = {"text": f"Call me Ishmael {self.random.randrange(100)}."}
        if self.random.random() < 0.5:
            value["preset"] = self.one_of(("default", "dense", "glyph-en", "code"))
        if self.random.random() < 0.4:
            value["render"] = {self.one_of(odd_values.RENDER_KEYS): self.value()}
        match path:
            case "/v1/render":
                value |= {"first": 1, "format": self.one_of(("json", "zip")), "png": self.one_of(("quick", "small"))}
            case "/v1/ask":
                value |= {"question": "Who?", "stream": self.random.random() < 0.5, "max_tokens": 5, "pictures": False}
            case "/v1/chat/completions":
                image = {"type": "image_url", "image_url": {"url": self.one_of(odd_values.IMAGES)}}
                content = self.one_of(("Who?", [{"type": "text", "text": "Who?"}], [image]))
                value = {
                    "model": "glyph",
                    "messages": [{"role": "user", "content": content}],
                    "temperature": 0,
                    "stream": self.random.random() < 0.5,
                    "glyph": {"threshold": 0},
                }
        return value

    # MARK: - Kinds of requests

    def post(self, kind, path, value, **more):
        body = value if isinstance(value, bytes) else json.dumps(value).encode("utf-8", "surrogatepass")
        return Request(kind, "POST", path, body, **more)

    def route(self):
        return self.one_of(("/v1/count", "/v1/count", "/v1/render", "/v1/ask", "/v1/chat/completions"))

    def fields(self):
        """Right but for a few fields."""
        path = self.route()
        value = self.good(path)
        for _ in range(self.random.randrange(3)):
            holder, names = value, (*odd_values.FIELDS, self.one_of(odd_values.TEXTS)[:30])
            if self.random.random() < 0.3 and isinstance(value.get("messages"), list) and value["messages"]:
                holder, names = self.one_of(value["messages"]), ("role", "content", "name", "tool_calls")
            if isinstance(holder, dict):
                holder[self.one_of(names)] = self.value()
        return self.post("fields", path, value)

    def broken_json(self):
        path = self.route()
        data = json.dumps(self.good(path)).encode()
        broken = self.one_of(
            (
                lambda: data[: self.random.randrange(len(data))],
                lambda: data + self.random.randbytes(5),
                lambda: b"",
                lambda: b"[" * self.one_of((10, 500, 100_000)),
                lambda: b'{"a":' * 5000,
                lambda: b"\xef\xbb\xbf" + data,
                lambda: b'{"text": "\\ud800"}',
                lambda: b'{"text": "\xff\xfe"}',
                lambda: b'{"text": NaN}',
                lambda: b"null",
                lambda: b'{"text": 1e999}',
                lambda: b'{"text": "a", "text": "b"}',
                lambda: data.decode().encode("utf-16"),
                lambda: b'{"text": "\\u0000"}',
                lambda: b'{"budget": ' + b"9" * 5000 + b', "text": "a"}',
                lambda: b'"text"',
                lambda: bytes(byte ^ (self.random.random() < 0.02) * self.random.randrange(256) for byte in data),
            )
        )()
        return self.post("broken JSON", path, broken)

    def files(self, name=None, data=None):
        path = "/v1/render" if self.random.random() < 0.2 else "/v1/count"
        files = [self.file(name, data) for _ in range(1 if name else self.random.randrange(1, 4))]
        return self.post("files", path, {"files": files} | ({"first": 1} if path == "/v1/render" else {}))

    def bomb(self):
        name, data = self.one_of(list(self.bombs.items()))
        return self.post("bombs", "/v1/count", {"files": [{"name": name, "content": base64.b64encode(data).decode()}]})

    def paths(self):
        start, step, end = map(self.one_of, (odd_values.PATH_STARTS, odd_values.PATH_STEPS, odd_values.PATH_ENDS))
        path = start + step * self.random.randrange(8) + end
        if self.random.random() < 0.1:
            path = f"http://{self.one_of(('127.0.0.1', 'elsewhere'))}/{path}"
        odd = not path.startswith("/") or "\x7f" in path or not path.isascii()
        method = self.one_of(odd_values.METHODS)
        return Request("paths", method, path or "*", may_close=odd or method == "BREW")

    def heads(self):
        path = self.one_of(
            (self.route(), "/", "/health", "/metrics", "/v1/models", "/v1/options", "/v1/files", "/v1/jobs")
        )
        headers = {
            self.one_of(odd_values.HEADERS): self.one_of(odd_values.HEADER_VALUES)
            for _ in range(self.random.randrange(1, 4))
        }
        odd = "Transfer-Encoding" in headers or headers.get("Upgrade") or headers.get("Host", "x") == ""
        method = self.one_of(odd_values.METHODS)
        body = json.dumps(self.good(path)).encode()
        return Request("heads", method, path, body, headers, may_close=bool(odd) or method == "BREW")

    def raw(self):
        good = (
            b"POST /v1/count HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b'Content-Length: 13\r\n\r\n{"text": "a"}'
        )
        data = self.one_of(
            (
                lambda: self.random.randbytes(self.random.randrange(1, 2000)),
                lambda: good[: self.random.randrange(1, len(good))],
                lambda: good.replace(b"\r\n", b"\n"),
                lambda: good.replace(b"HTTP/1.1", b"HTTP/9.9"),
                lambda: b"\r\n" * 500,
                lambda: good.replace(b": 13", b": -1"),
                lambda: good.replace(b"Host", b"Ho st"),
                lambda: good * 5,
                lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                lambda: good.replace(b"/v1", b"/\x00v1"),
                lambda: bytes(byte ^ (self.random.random() < 0.01) * self.random.randrange(256) for byte in good),
            )
        )()
        return Request("raw bytes", "?", "?", raw=data, may_close=True)

    def large(self):
        size = self.one_of((65 << 20, 90 << 20))
        return self.post("large bodies", self.route(), b'{"text": "' + b"x" * size + b'"}', may_close=True)

    # MARK: - What the service's own description says

    def learn(self, openapi):
        """Every operation of an OpenAPI document, with the names of its body's fields."""

        def resolved(schema):
            name = schema.get("$ref", "").rsplit("/", 1)[-1]
            return openapi.get("components", {}).get("schemas", {}).get(name, {}) if name else schema

        found = []
        for path, operations in openapi.get("paths", {}).items():
            for method, operation in operations.items():
                if method not in ("get", "post", "put", "patch", "delete") or not isinstance(operation, dict):
                    continue
                types = operation.get("requestBody", {}).get("content", {})
                names = [
                    name
                    for content in types.values()
                    for name in resolved(content.get("schema", {})).get("properties", {})
                ]
                found.append((method.upper(), path, list(types), names))
        return found

    def routes(self):
        if not self.learned:
            return self.fields()
        method, path, types, names = self.one_of(self.learned)
        while "{" in path:
            start, rest = path.split("{", 1)
            item = self.one_of(odd_values.IDS)
            path = start + urllib.parse.quote(item, safe="") + rest.split("}", 1)[1]
        if "multipart/form-data" in types and self.random.random() < 0.8:
            file = self.file()
            name = file["name"].replace('"', "").replace("\x00", "%00")
            purpose = self.one_of(("user_data", "user_data", self.one_of(odd_values.TEXTS)))
            fields = (
                f'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n--b\r\n'
                f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
            )
            body = fields.encode() + base64.b64decode(file["content"])
            ending = self.one_of((b"\r\n--b--\r\n", b"\r\n--b--\r\n", b"", b"\r\n--b", b"\r\n--c--\r\n"))
            return Request(
                "described routes",
                method,
                path,
                body + ending,
                {"Content-Type": self.one_of(("multipart/form-data; boundary=b", "multipart/form-data"))},
            )
        value = {name: self.value() for name in self.random.sample(names, self.random.randrange(len(names) + 1))}
        return Request(
            "described routes",
            method,
            path,
            json.dumps(value).encode() if method != "GET" else b"",
            {"Content-Type": "application/json"},
        )
