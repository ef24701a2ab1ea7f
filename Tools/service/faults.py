#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Proves that every fault ends in a clear state for the client, and that the service goes on.

    Tools/service/faults.py [--program .build/release/glyph] [--model FOLDER] [--only reader]

reader    a reader that refuses, fails, hangs, breaks off or talks nonsense, asked over three routes
upload    requests that are cut short or framed wrongly
engine    the engine is killed in the middle of an answer (needs --model and glyph-engine)
disk      the disk that uploads and jobs are kept on is full (needs the right to mount)
locked    another program holds the database
killed    the service is killed in the middle of a job and of an upload
stop      SIGTERM lets answers end, a second one stops at once

`/health` is asked all the time and must stay 200. Prints one line for each check and fails if one does.
"""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import time

from harness import Service, Watch, begin, connect, default_program, encoded, head, run_parts
from scripted import ScriptedReader, script
from storage_faults import disk, killed, locked

# What the client must be told: a status where nothing was sent before, and an error's code.
BEFORE = {
    "status-500": (502, "reader_failure"),
    "status-503": (502, "reader_failure"),
    "busy": (429, "reader_busy"),
    "context": (400, "context_length_exceeded"),
    "unauthorized": (502, "reader_failure"),
    "close-first": (502, "reader_failure"),
    "not-events": (502, "reader_failure"),
}
MIDWAY = ("close", "no-end", "broken-json", "broken-event", "wrong-types", "error-event", "endless-line")


async def outcome(service, route, fault, seconds=60):
    """Asks, and tells how it ended: (status, code, pieces of the answer, whether it claims to be complete)."""
    plan = script("m", pieces=6, fault=fault)
    if route == "chat":
        path, value = (
            "/v1/chat/completions",
            {"model": "glyph", "stream": True, "messages": [{"role": "user", "content": f"Why? {plan}"}]},
        )
    else:
        path, value = "/v1/ask", {"text": "Short.", "question": f"Why? {plan}", "stream": route == "ask as events"}
    response = await begin(service.port, "POST", path, value, seconds=seconds)
    with contextlib.closing(response):
        if "event-stream" not in response.headers.get("content-type", ""):
            await asyncio.wait_for(response.read(), seconds)
            value = response.json()
            return response.status, (value.get("error") or {}).get("code"), value.get("answer", ""), "answer" in value
        text, code, complete = "", None, False
        async with asyncio.timeout(seconds):
            async for name, data in response.events():
                if data == "[DONE]" or name == "done":
                    complete = True
                    continue
                value = json.loads(data)
                if "error" in value:
                    code = value["error"]["code"] or value["error"]["type"]
                text += value.get("text", "") if name == "text" else ""
                for choice in value.get("choices", []):
                    text += choice["delta"].get("content") or ""
        return response.status, code, text, complete


async def readers(options, table):
    """Every fault of a reader, over every route."""
    routes = ("ask", "ask as events", "chat")
    async with (
        ScriptedReader() as reader,
        Service(options.program, "--endpoint", reader.address) as service,
        Watch(service) as watch,
    ):
        for route in routes:
            for fault, (status, code) in BEFORE.items():
                got = await outcome(service, route, fault)
                # A stream that has begun with the pages can only end with an error in it.
                good = (200 if route == "ask as events" else status, code, "", False)
                table.row(got == good, f"{route}: {fault}", f"{got[0]} {got[1]}")
            for fault in MIDWAY:
                got = await outcome(service, route, fault)
                expected = 502 if route == "ask" else 200
                whole = got[2].count("m:")
                good = got[0] == expected and got[1] is not None and not got[3] and (route == "ask" or whole == 3)
                table.row(good, f"{route}: {fault}", f"{got[0]} {got[1]} after {whole} pieces")
            got = await outcome(service, route, "bad-utf8")
            table.row(
                got[1] is not None or "m:2" in got[2],
                f"{route}: bad-utf8",
                f"{got[0]} {got[1]}, {'complete' if got[3] else 'not complete'}",
            )
            for fault in ("hang", "stall"):
                left = reader.left
                try:
                    got = await outcome(service, route, fault, seconds=2)
                    table.row(False, f"{route}: {fault}", f"ended by itself with {got}")
                except TimeoutError:
                    free = await service.becomes_free(5)
                    await asyncio.sleep(0.2)
                    table.row(
                        free is not None and reader.left > left,
                        f"{route}: {fault}, the client leaves",
                        "its place and the reader are free" if free is not None else str(await service.places()),
                    )
        got = await outcome(service, "chat", "")
        table.row(got[3], "afterwards a question is answered", f"{got[0]}, complete: {got[3]}")
        peak = service.peak_kilobytes() / 1024
        table.row(peak < 600, "memory", f"{peak:.0f} MB at most")
        reader.server.close()
        for route in routes:
            # A server that is gone: the socket is closed, so connections are refused.
            start = time.monotonic()
            got = await outcome(service, route, "")
            good = (200 if route == "ask as events" else 502, "reader_failure", "", False)
            table.row(
                got == good, f"{route}: connection refused", f"{got[0]} {got[1]} after {time.monotonic() - start:.1f} s"
            )
    table.row(not watch.failures, "/health", watch.row())


async def uploads(options, table):
    """Requests that end early or are framed wrongly."""
    async with Service(options.program) as service, Watch(service) as watch:
        request = encoded("POST", "/v1/count", {"text": "word " * 200_000})
        for share in (0.001, 0.3, 0.999):  # of a request of 1 MB
            _, writer = await connect(service.port)
            writer.write(request[: int(len(request) * share)])
            await writer.drain()
            await asyncio.sleep(0.1)
            writer.transport.abort()
            free = await service.becomes_free(5)
            table.row(free is not None, f"upload ends after {share * 100:g} %", "no place is taken")

        async def answer(data):
            reader, writer = await connect(service.port)
            try:
                writer.write(data)
                with contextlib.suppress(ConnectionError):
                    await writer.drain()
                    writer.write_eof()
                try:
                    return (await head(reader, writer, 10)).status
                except (asyncio.IncompleteReadError, ConnectionError):
                    return "closed"
                except TimeoutError:
                    return "nothing"
            finally:
                writer.transport.abort()

        start = b"POST /v1/count HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        cases = {
            "half a body, then no more": start + b'Content-Length: 900\r\n\r\n{"text": "half',
            "chunk size that is no number": start + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
            "chunk that is too short": start + b'Transfer-Encoding: chunked\r\n\r\nff\r\n{"text"\r\n0\r\n\r\n',
            "length and chunks at once": start
            + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            "two lengths": start + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
            "negative length": start + b"Content-Length: -5\r\n\r\n{}",
            "length beyond 64 bits": start + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
            "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200) + b"\r\n\r\n",
            "a head of 1 MB": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * (1 << 20) + b"\r\n\r\n",
            "20,000 header lines": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        }
        for name, data in cases.items():
            got = await answer(data)
            table.row(got == "closed" or isinstance(got, int) and 400 <= got < 500, name, str(got))
        free = await service.becomes_free(5)
        table.row(free is not None, "no place stays taken", str(await service.places()))
    table.row(not watch.failures, "/health", watch.row())


async def engine(options, table):
    """The engine dies while it answers."""
    if not options.model:
        print("--    engine: skipped, there is no --model")
        return
    async with Service(options.program, "--model", options.model) as service, Watch(service) as watch:
        text = "Jane Eyre sat in the window-seat. " * 600
        value = {"text": text, "question": "Who?", "stream": True, "max_tokens": 2000}
        short = value | {"text": "Jane Eyre.", "stream": False, "max_tokens": 8}
        ready = await service.post("/v1/ask", short, seconds=300)
        table.row(ready.status == 200, "the engine answers", f"{ready.status}")
        for when in ("while it reads", "while it starts"):
            response = await begin(service.port, "POST", "/v1/ask", value, seconds=300)
            names, killed = [], None
            with contextlib.closing(response):
                async with asyncio.timeout(300):
                    async for name, data in response.events():
                        names.append(name)
                        if killed is None:
                            # The pages are there; now they are read, which takes a while.
                            await asyncio.sleep(1)
                            killed = children(service.process.pid, "glyph-engine")
                            for child in killed:
                                os.kill(child, signal.SIGKILL)
                        last = data
            error = json.loads(last).get("error", {})
            table.row(
                bool(killed) and names[-1] in ("", "error") and "error" in last,
                f"engine killed {when}",
                f"{len(names)} events, then {error.get('code')}: {str(error.get('message'))[:90]}",
            )
        start = time.monotonic()
        got = await service.post("/v1/ask", short, seconds=300)
        table.row(
            got.status == 200, "afterwards a new engine answers", f"{got.status} after {time.monotonic() - start:.1f} s"
        )
        table.row(len(children(service.process.pid, "glyph-engine")) == 1, "one engine runs", "")
    table.row(not watch.failures, "/health", watch.row())


def children(parent, name):
    """The processes below a process, by name: never one that somebody else started."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{entry}/stat") as file:
                text = file.read()
            command, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
            if int(rest[1]) == parent:
                found += [int(entry)] if command == name[:15] else children(int(entry), name)
    return found


async def stop(options, table):
    """Being asked to stop."""
    async with ScriptedReader() as reader:
        for signals in (1, 2):
            async with Service(options.program, "--endpoint", reader.address) as service:
                plan = script("m", pieces=20, pause=0.1)
                value = {"text": "Short.", "question": f"Why? {plan}", "stream": True}
                response = await begin(service.port, "POST", "/v1/ask", value)
                names = []
                with contextlib.closing(response), contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                    async for name, _ in response.events():
                        names.append(name)
                        if names.count("text") == 3 and name == "text":
                            for _ in range(signals):
                                service.process.send_signal(signal.SIGTERM)
                                await asyncio.sleep(0.2)
                start = time.monotonic()
                code = await asyncio.to_thread(service.process.wait, 35)
                took = time.monotonic() - start
                if signals == 1:
                    table.row(
                        names[-1] == "done" and code == 0,
                        "SIGTERM: the answer ends, then the service",
                        f"{names.count('text')} pieces, status {code} {took:.1f} s later",
                    )
                else:
                    table.row(
                        names[-1] != "done" and took < 2,
                        "SIGTERM twice: it stops at once",
                        f"{names.count('text')} pieces, status {code} {took:.1f} s later",
                    )


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=os.path.abspath, default=default_program())
    parser.add_argument("--model", type=os.path.abspath, help="a model's folder, for the engine")
    parts = {
        "reader": readers,
        "upload": uploads,
        "engine": engine,
        "disk": disk,
        "locked": locked,
        "killed": killed,
        "stop": stop,
    }
    await run_parts(parser, parts)


if __name__ == "__main__":
    asyncio.run(main())
