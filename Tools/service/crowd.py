# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""The part of load.py in which many clients stream at once, each checking that its answers are its own."""

import asyncio
import base64
import collections
import contextlib
import json
import random
import statistics
import time

from harness import Service, Watch, begin
from scripted import ScriptedReader, digest, script


class Wrong(Exception):
    """An answer that is not the one the client should have got."""


def document(number, kilobytes=2):
    """A text that no other client has."""
    generator = random.Random(number)
    words = [
        f"{generator.choice('bcdfglmnprst')}{generator.choice('aeiou')}{generator.randrange(1000)}"
        for _ in range(kilobytes * 1024 // 6)
    ]
    return f"Document {number}.\n" + " ".join(words)


class Client:
    """One of the crowd: asks again and again, and checks every answer."""

    def __init__(self, service, number, counts, waits):
        self.service, self.number, self.counts, self.waits = service, number, counts, waits
        self.text = document(number)

    async def learn_pages(self):
        """The digests of the pages as /v1/render draws them for a reader, alone and in quiet."""
        drawn = (await self.service.post("/v1/render", {"text": self.text, "png": "small"})).json()
        self.pages = ",".join(digest(base64.b64decode(page["png"])) for page in drawn["pictures"])

    async def run(self, until, pieces, pause):
        turn = 0
        while time.monotonic() < until:
            marker = f"c{self.number}t{turn}"
            plan = script(marker, pieces=pieces, pause=pause)
            kind = (self.number + turn) % 3
            try:
                answer = await (self.ask(plan) if kind == 0 else self.chat(plan, with_pages=kind == 1))
                self.check(answer, marker, pieces, with_pages=kind != 2)
                self.counts["answered"] += 1
            except Wrong as fault:
                self.counts["mixed up"] += 1
                self.counts[f"first wrong: {fault}"[:200]] += 1
            except Exception as fault:  # whatever it was, the answer is lost
                self.counts["lost"] += 1
                self.counts[f"lost by {type(fault).__name__} {fault}"[:200]] += 1
            turn += 1

    def check(self, answer, marker, pieces, with_pages):
        parts = answer.split()
        expected = [f"{marker}:{number}" for number in range(pieces)]
        pages = f"pages={self.pages if with_pages else ''}"
        if parts != expected + [pages]:
            raise Wrong(f"{marker} got {' '.join(parts)[:120]}")

    async def stream(self, path, value):
        """Asks until the service takes the question, as it is told to after a 429."""
        while True:
            start = time.monotonic()
            response = await begin(self.service.port, "POST", path, value)
            if response.status != 429:
                break
            self.counts["told to come back"] += 1
            response.close()
            await asyncio.sleep(float(response.headers["retry-after"]) * random.uniform(0.5, 1))
        if response.status != 200:
            await response.read()
            raise RuntimeError(f"status {response.status}: {response.body[:160].decode()}")
        return response, start

    async def ask(self, plan):
        value = {"text": self.text, "question": f"What is it? {plan}", "stream": True}
        response, start = await self.stream("/v1/ask", value)
        answer, ended = "", False
        with contextlib.closing(response):
            async for name, data in response.events():
                if name == "text":
                    self.waits.extend([time.monotonic() - start] if not answer else [])
                    answer += json.loads(data)["text"]
                elif name == "done":
                    ended = True
                elif name in ("", "error"):
                    raise RuntimeError(data)
        if not ended:
            raise RuntimeError("the stream ended without its end")
        return answer

    async def chat(self, plan, with_pages):
        text = f"{self.text}\n\nWhat is it? {plan}" if with_pages else f"What is it? {plan}"
        value = {
            "model": "glyph",
            "stream": True,
            "messages": [{"role": "user", "content": text}],
            "glyph": {"threshold": 300},
        }
        response, start = await self.stream("/v1/chat/completions", value)
        answer, ended = "", False
        with contextlib.closing(response):
            async for _, data in response.events():
                if data == "[DONE]":
                    ended = True
                    continue
                chunk = json.loads(data)
                if "error" in chunk:
                    raise RuntimeError(data)
                for choice in chunk["choices"]:
                    piece = choice["delta"].get("content") or ""
                    self.waits.extend([time.monotonic() - start] if piece and not answer else [])
                    answer += piece
        if not ended:
            raise RuntimeError("the stream ended without its end")
        return answer


async def crowd(options, table):
    """Many clients at once."""
    places = str(options.clients)
    async with (
        ScriptedReader() as reader,
        Service(
            options.program, "--endpoint", reader.address, "--max-readings", places, "--max-waiting", places
        ) as service,
    ):
        counts, waits, memory = collections.Counter(), [], []
        clients = [Client(service, number, counts, waits) for number in range(options.clients)]
        for client in clients:
            await client.learn_pages()
        async with Watch(service) as watch:
            until = time.monotonic() + options.seconds
            work = [asyncio.create_task(client.run(until, options.pieces, options.pause)) for client in clients]
            while any(not task.done() for task in work):
                memory.append(service.kilobytes() / 1024)
                await asyncio.sleep(1)
        free = await service.becomes_free(10)
        asked = sum(counts[name] for name in ("answered", "lost", "mixed up"))
        details = "; ".join(name for name in counts if name.startswith(("lost by", "first wrong")))
        table.row(
            # The others are being drawn, or were told to come back.
            counts["lost"] == 0 and reader.most >= options.clients / 2,
            f"{options.clients} clients, {options.seconds} s: none lost",
            f"{counts['answered']} of {asked} answered, {reader.most} at once, "
            f"{counts['told to come back']} told to come back {details}",
        )
        table.row(
            counts["mixed up"] == 0, "every answer is to its own question and pages", f"{counts['mixed up']} mixed up"
        )
        # The first quarter fills caches; after that memory must not climb.
        quarter = max(1, len(memory) // 4)
        early, late = statistics.median(memory[quarter : 2 * quarter] or memory), statistics.median(memory[-quarter:])
        table.row(
            late - early < max(16, early / 10),
            "memory is flat",
            f"{memory[0]:.0f} MB at first, {early:.0f} in the second quarter, {late:.0f} in the last, "
            f"{service.peak_kilobytes() / 1024:.0f} at most",
        )
        table.row(not watch.failures, "/health", watch.row())
        table.row(free is not None, "no place stays taken", str(await service.places()))
        if waits:
            waits.sort()
            table.row(
                True,
                "first piece after",
                f"{waits[len(waits) // 2]:.2f} s (median), {waits[-1 - len(waits) // 20]:.2f} s (95 %)",
            )
