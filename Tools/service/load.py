#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Proves what the service does under load, on loopback, against a reader that follows a script.

    Tools/service/load.py [--program .build/release/glyph] [--clients 64] [--seconds 60] [--only crowd]

crowd    many clients stream at once for a while: every one gets its own answer to its own pages, memory stays flat
vanish   clients that leave in the middle of an answer free their places, and so do those that wait
slow     clients that do not read, or send a byte at a time, and a reader that thinks long hold up nobody else
pages    pages per second of /v1/render against `glyph bench render`

Prints one line for each check and fails if one does.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import socket
import statistics
import subprocess
import tempfile
import time

from crowd import crowd
from harness import Service, Watch, begin, connect, default_program, encoded, run_parts
from scripted import ScriptedReader, script

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


async def vanish(options, table):
    """Clients that leave."""
    async with ScriptedReader() as reader, Service(options.program, "--endpoint", reader.address) as service:
        slowest, refused, open_files = 0.0, 0, service.descriptors()
        for round_ in range(options.rounds):
            streams = []
            for number in range(18):  # 2 are read, 16 wait
                question = f"Go on. {script(f'v{round_}n{number}', pieces=-1, pause=0.02)}"
                streams.append(
                    asyncio.create_task(
                        begin(service.port, "POST", "/v1/ask", {"text": "Short.", "question": question, "stream": True})
                    )
                )
                await streams[0]
            responses = await asyncio.gather(*streams)
            deadline = time.monotonic() + 10
            while sum((await service.places()).values()) < 18 and time.monotonic() < deadline:
                await asyncio.sleep(0.05)
            more = await service.post("/v1/ask", {"text": "Short.", "question": "One too many?"})
            refused += more.status == 429 and int(more.headers.get("retry-after", 0)) > 0
            for response in random.sample(responses, len(responses)):
                response.close()
            free = await service.becomes_free(10)
            slowest = max(slowest, 99 if free is None else free)
        table.row(
            refused == options.rounds, "one more than fit: 429 with Retry-After", f"{refused} of {options.rounds}"
        )
        table.row(
            slowest < 2,
            "18 streams vanish: every place is free",
            f"after {slowest * 1000:.0f} ms at most, {options.rounds} rounds",
        )
        await asyncio.sleep(0.3)
        table.row(reader.running == 0, "the reader is let go, too", f"{reader.running} of {reader.asked} still run")
        answer = await service.post("/v1/ask", {"text": "Short.", "question": f"Still there? {script('z')}"})
        table.row(
            answer.status == 200 and "z:4" in answer.json()["answer"],
            "the next question is answered",
            f"status {answer.status}",
        )
        table.row(
            service.descriptors() <= open_files + 8,
            "no descriptor stays open",
            f"{open_files} before, {service.descriptors()} after",
        )


async def slow(options, table):
    """Clients and readers that hold up only themselves."""
    async with (
        ScriptedReader() as reader,
        Service(
            options.program, "--endpoint", reader.address, "--max-readings", "64", "--max-waiting", "64"
        ) as service,
    ):

        async def normal():
            start = time.monotonic()
            answer = await service.post("/v1/ask", {"text": "Short.", "question": f"Quick? {script('q', pieces=3)}"})
            assert answer.status == 200 and "q:2" in answer.json()["answer"], answer.body
            return time.monotonic() - start

        async def several(number=20):
            times = []
            for _ in range(number):
                times += await asyncio.gather(normal(), normal())
            return statistics.median(times)

        await several(3)
        alone = await several()
        before = service.kilobytes() / 1024
        held = []
        for number in range(8):  # ask for endless answers and never read them
            stalled, writer = await connect(service.port, receive=4096)
            writer.transport.pause_reading()
            plan = script(f"s{number}", pieces=-1, pause=options.stall_pause, padding=400)
            writer.write(encoded("POST", "/v1/ask", {"text": "Short.", "question": f"Much? {plan}", "stream": True}))
            held.append(writer)

        async def drip(writer, data):
            with contextlib.suppress(ConnectionError):
                for byte in data:
                    writer.write(bytes([byte]))
                    await asyncio.sleep(0.2)

        drips = []
        for _ in range(8):  # send a request a byte at a time
            _, writer = await connect(service.port)
            drips.append(asyncio.create_task(drip(writer, encoded("POST", "/v1/count", {"text": "x" * 4000}))))
            held.append(writer)
        for number in range(8):  # wait for a reader that thinks long
            _, writer = await connect(service.port)
            plan = script(f"l{number}", first=3600)
            writer.write(encoded("POST", "/v1/ask", {"text": "Short.", "question": f"Hard? {plan}", "stream": True}))
            held.append(writer)
        await asyncio.sleep(2)
        async with Watch(service) as watch:
            beside = await several()
            await asyncio.sleep(max(0, options.seconds / 4 - 5))
        grown = service.kilobytes() / 1024 - before
        for task in drips:
            task.cancel()
        for writer in held:
            writer.transport.abort()
        free = await service.becomes_free(10)
        # Alone again: on a machine that others use as well, only what lies beyond both is the slow ones' fault.
        alone = max(alone, await several())
        table.row(
            beside < 2 * alone + 0.25,
            "24 slow ones hold up nobody",
            f"an answer takes {alone * 1000:.0f} ms alone, {beside * 1000:.0f} ms beside them",
        )
        table.row(not watch.failures, "/health", watch.row())
        table.row(grown < 64, "answers that nobody reads do not pile up", f"memory grew by {grown:.0f} MB")
        table.row(
            free is not None,
            "their places are free afterwards",
            str(await service.places()) if free is None else f"after {free * 1000:.0f} ms",
        )


def drained(port, request):
    """Sends a request and reads its answer into nowhere: the client takes the time of the service's processors."""
    buffer = bytearray(1 << 20)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(4096)
            assert part, head
            head += part
        fields, _, body = head.partition(b"\r\n\r\n")
        assert fields.split(b" ")[1] == b"200", head[:400]
        left = int(re.search(rb"(?i)content-length: *(\d+)", fields)[1]) - len(body)
        while left > 0:
            count = connection.recv_into(buffer, min(left, len(buffer)))
            assert count, f"{left} bytes are missing"
            left -= count


async def pages(options, table):
    """Pages per second of the service against the command line."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        with open(os.path.join(ROOT, "Examples", "jane-eyre.txt")) as example:
            text = example.read() * options.copies
        file.write(text)
        file.flush()

        def bench():
            # Once, because the service's figure is a mean and not the best of several, too.
            command = [options.program, "bench", "render", file.name, "--repeats", "1"]
            return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)[
                "pagesPerSecond"
            ]

        # With a server nobody asks: without one the pages would be those of the model that ships.
        async with Service(options.program, "--endpoint", "http://127.0.0.1:1") as service:
            request = {"text": text, "format": "zip"}
            count = (await service.post("/v1/count", {"text": text}, seconds=300)).json()["usage"]["pages"]
            await service.post("/v1/render", request, seconds=300)
            sent = encoded("POST", "/v1/render", request)
            alone, served = [], []
            for _ in range(options.turns):  # in turn: what else runs on the machine changes by the minute
                alone.append(await asyncio.to_thread(bench))
                start, number = time.monotonic(), 0

                async def one():
                    nonlocal number
                    while time.monotonic() - start < options.seconds / 10:
                        await asyncio.to_thread(drained, service.port, sent)
                        number += 1

                await asyncio.gather(one(), one())
                served.append(count * number / (time.monotonic() - start))
            peak = service.peak_kilobytes() / 1024
        ratio = statistics.median(after / before for before, after in zip(alone, served))
        table.row(
            ratio >= 0.8,
            "/v1/render against glyph bench render",
            f"{statistics.median(served):.0f} of {statistics.median(alone):.0f} pages/s, {ratio * 100:.0f} % "
            f"({count} pages a request, {options.turns} turns, {peak:.0f} MB at most)",
        )


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=os.path.abspath, default=default_program())
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pieces", type=int, default=20, help="pieces of an answer")
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between them")
    parser.add_argument("--stall-pause", type=float, default=0.02, help="seconds between pieces that nobody reads")
    parser.add_argument("--rounds", type=int, default=10, help="of vanishing")
    parser.add_argument("--copies", type=int, default=8, help="of the example, for pages per second")
    parser.add_argument("--turns", type=int, default=5, help="for pages per second")
    parts = {"crowd": crowd, "vanish": vanish, "slow": slow, "pages": pages}
    await run_parts(parser, parts)


if __name__ == "__main__":
    asyncio.run(main())
