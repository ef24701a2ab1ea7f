# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""An OpenAI-compatible reader that does as the question says, well or badly.

A question may hold `[[{"marker": "a1", "pieces": 20, "pause": 0.05, "fault": "close"}]]`. The answer repeats the marker
in every piece and ends with digests of the images that came with the question, so that its reader can tell whether it
got its own answer to its own pages.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import re

FAULTS = (
    "status-500",
    "status-503",
    "busy",
    "context",
    "unauthorized",
    "hang",
    "stall",
    "close-first",
    "close",
    "broken-json",
    "broken-event",
    "wrong-types",
    "not-events",
    "bad-utf8",
    "error-event",
    "endless-line",
    "no-end",
)


def script(marker, **options):
    """The part of a question that tells the reader what to do."""
    return "[[" + json.dumps({"marker": marker} | options) + "]]"


def digest(png):
    return hashlib.sha256(png).hexdigest()[:12]


class ScriptedReader:
    """The server; use it in an `async with`."""

    def __init__(self):
        self.running, self.most, self.asked, self.left = 0, 0, 0, 0

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.connection, "127.0.0.1", 0, limit=1 << 28)
        self.port = self.server.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def connection(self, reader, writer):
        try:
            while await self.request(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def request(self, reader, writer):
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.strip().lower(): text.strip() for name, _, text in (line.partition(":") for line in lines[1:])}
        if fields.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while size := int(await reader.readuntil(b"\r\n"), 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readexactly(2)
        else:
            body = await reader.readexactly(int(fields.get("content-length", 0)))
        if lines[0].split()[1].endswith("/models"):
            self.whole(writer, 200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})
            await writer.drain()
            return True
        self.asked += 1
        self.running += 1
        self.most = max(self.most, self.running)
        answering = asyncio.create_task(self.answer(json.loads(body), writer))
        leaving = asyncio.create_task(reader.read(1))  # a client that waits sends nothing; the end means that it left
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                self.left += 1
        finally:
            self.running -= 1
            for task in (answering, leaving):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await answering
        return False

    def whole(self, writer, status, value, headers=""):
        body = json.dumps(value).encode()
        writer.write(
            f"HTTP/1.1 {status} Scripted\r\nContent-Type: application/json\r\n{headers}"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    async def answer(self, request, writer):
        texts, images = [], []
        for message in request["messages"]:
            content = message["content"]
            for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
                if part["type"] == "text":
                    texts.append(part["text"])
                else:
                    images.append(base64.b64decode(part["image_url"]["url"].partition(",")[2]))
        found = re.findall(r"\[\[(\{.*?\})\]\]", "\n".join(texts), re.S)
        plan = {"marker": "none", "pieces": 5, "pause": 0.02, "fault": "", "first": 0} | json.loads(
            (found or ["{}"])[-1]
        )
        await asyncio.sleep(plan["first"])
        if await self.fails_at_once(plan["fault"], writer):
            return
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        number = 0
        while number < plan["pieces"] or plan["pieces"] < 0:
            await self.event(writer, {"content": f"{plan['marker']}:{number} " + "x" * plan.get("padding", 0)})
            number += 1
            await asyncio.sleep(plan["pause"])
            if number == 3 and await self.fails_midway(plan["fault"], writer):
                return
        pages = ",".join(digest(image) for image in images)
        await self.event(writer, {"content": f"pages={pages}"})
        await self.event(writer, {}, "stop")
        usage = {"prompt_tokens": 20 + 300 * len(images), "completion_tokens": number}
        writer.write(f"data: {json.dumps({'choices': [], 'usage': usage})}\n\ndata: [DONE]\n\n".encode())
        await writer.drain()

    async def event(self, writer, delta, reason=None):
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        value = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}
        writer.write(f"data: {json.dumps(value)}\n\n".encode())
        await writer.drain()

    async def fails_at_once(self, fault, writer):
        error = {"error": {"message": "scripted failure", "type": "server_error", "code": None}}
        match fault:
            case "status-500" | "status-503":
                self.whole(writer, int(fault[-3:]), error)
            case "busy":
                self.whole(writer, 429, error, "Retry-After: 900\r\n")
            case "context":
                words = "This model's maximum context length is 8 tokens. However, you requested 9 tokens."
                self.whole(writer, 400, {"error": {"message": words, "code": "context_length_exceeded"}})
            case "unauthorized":
                self.whole(writer, 401, error)
            case "hang":
                await asyncio.sleep(3600)
            case "not-events":
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<html>hello!</html>\n"
                )
            case "close-first":
                pass
            case _:
                return False
        await writer.drain()
        return True

    async def fails_midway(self, fault, writer):
        match fault:
            case "stall":
                await asyncio.sleep(3600)
            case "close":
                writer.transport.abort()
            case "no-end":
                pass
            case "broken-json":
                writer.write(b'data: {"choices": [{"index": 0, "delta": {"content": "x\n\n')
            case "broken-event":
                writer.write(b"dat\x00a:::: {}\n\n<html>502 Bad Gateway</html>\n\n")
            case "wrong-types":
                writer.write(b'data: {"choices": "none", "usage": [1]}\n\n')
            case "bad-utf8":
                writer.write(b'data: {"choices": [{"index": 0, "delta": {"content": "\xff\xfe\xc3"}}]}\n\n')
            case "error-event":
                writer.write(b'data: {"error": {"message": "out of memory", "type": "server_error"}}\n\n')
            case "endless-line":
                writer.write(b"data: ")
                with contextlib.suppress(ConnectionError):
                    for _ in range(512):  # 512 MiB without an end of line
                        writer.write(b"x" * (1 << 20))
                        await writer.drain()
            case _:
                return False
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        return True
