#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Sends the service what no client should send, and looks at every answer.

    Tools/service/fuzz.py [--program .build/release/glyph] [--requests 10000] [--seed 1] [--first 0]

No request may end the service, get a 500, get no answer, or see a file of this machine. As root the service runs as a
user without a name, and afterwards no file of that user may lie outside the service's folder. Request n of a seed is
always the same, so `--first n --requests 1` repeats one; those that fail are also written to a folder.
"""

import argparse
import asyncio
import collections
import contextlib
import json
import os
import subprocess
import tempfile
import time

from harness import Service, Table, Watch, connect, default_program, encoded, head, machine
from scripted import ScriptedReader
from wrong_requests import CANARY, Maker

USER = 54_321  # no account has it


class Findings:
    def __init__(self):
        self.folder, self.faults, self.statuses, self.slowest = None, [], collections.Counter(), (0.0, -1)
        self.kinds = collections.defaultdict(collections.Counter)

    def add(self, number, request, what):
        self.faults.append(f"request {number} ({request.kind}, {request.method} {request.path[:60]}): {what}")
        # Made for the first request that fails: a run without one leaves no folder.
        self.folder = self.folder or tempfile.mkdtemp(prefix="glyph-fuzz-")
        with open(os.path.join(self.folder, f"{number}.http"), "wb") as file:
            file.write(bytes_of(request))


def bytes_of(request):
    if request.raw is not None:
        return request.raw
    headers = {"Content-Type": "application/json"} if request.method == "POST" else {}
    text = encoded("GET", request.path, request.body, headers | request.headers)
    return request.method.encode() + text[3:]


async def send(port, number, request, findings, seconds):
    """Sends one request and judges the answer."""
    start = time.monotonic()
    try:
        reader, writer = await connect(port)
    except OSError as fault:
        findings.add(number, request, f"no connection: {fault}")
        return
    status, body = "closed", b""
    try:
        async with asyncio.timeout(seconds):
            with contextlib.suppress(ConnectionError):
                writer.write(bytes_of(request))
                await writer.drain()
                if request.may_close:
                    writer.write_eof()
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                response = await head(reader, writer, seconds)
                status = response.status
                if request.method != "HEAD" and status not in (204, 304):
                    body = (await response.read()).body
    except TimeoutError:
        status = "nothing"
    except (ValueError, IndexError, asyncio.LimitOverrunError) as fault:
        findings.add(number, request, f"the answer is no HTTP: {type(fault).__name__} {fault}")
    finally:
        writer.transport.abort()
    findings.statuses[status] += 1
    findings.kinds[request.kind][status] += 1
    findings.slowest = max(findings.slowest, (time.monotonic() - start, number))
    judge(number, request, status, body, findings)


def judge(number, request, status, body, findings):
    if status == "nothing" or status == "closed" and not request.may_close:
        findings.add(number, request, f"no answer ({status})")
    if isinstance(status, int) and (status == 500 or status > 504 and status != 507):
        findings.add(number, request, f"status {status}: {body[:200]!r}")
    if CANARY.encode() in body or b"root:x:0:0" in body:
        findings.add(number, request, "the answer holds a file of this machine")
    if isinstance(status, int) and status >= 400 and request.method != "HEAD":
        try:
            error = json.loads(body)["error"]
            assert isinstance(error["message"], str) and isinstance(error["type"], str)
        except (ValueError, KeyError, TypeError, AssertionError):
            if not request.may_close:
                findings.add(number, request, f"status {status} without an error in OpenAI's shape: {body[:120]!r}")


def files_outside(folder, since):
    """Files of the service's user outside its folder, other than those of an earlier run that was cut off."""
    found = subprocess.run(
        ["find", "/", "-xdev", "-path", "/proc", "-prune", "-o", "-uid", str(USER), "-print"],
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    found += subprocess.run(
        ["find", "/tmp", "/var/tmp", "/dev/shm", "-uid", str(USER)], capture_output=True, text=True
    ).stdout.splitlines()
    return sorted(
        path
        for path in set(found)
        if not path.startswith(folder) and os.path.exists(path) and os.lstat(path).st_ctime > since
    )


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=default_program())
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parallel", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=7200, help="after which no more requests are sent")
    parser.add_argument("--timeout", type=float, default=150, help="seconds for one answer")
    options = parser.parse_args()
    print(f"{os.path.abspath(options.program)} on {machine()}", flush=True)
    table = Table()
    findings = Findings()
    user = USER if os.geteuid() == 0 else None
    arguments = ["--max-readings", "16", "--max-waiting", "64"]
    async with (
        ScriptedReader() as reader,
        Service(os.path.abspath(options.program), "--endpoint", reader.address, *arguments, user=user) as service,
    ):
        with open(os.path.join(service.folder, "canary.txt"), "w") as file:
            file.write(CANARY)
        described = {}
        for path in ("/openapi.json", "/v1/openapi.json"):
            response = await service.get(path)
            described = response.json() if response.status == 200 else described
        maker = Maker(options.seed, described)
        numbers = iter(range(options.first, options.first + options.requests))
        done = 0
        memory, start, began = service.kilobytes() / 1024, time.monotonic(), time.time()

        async def work():
            nonlocal done
            for number in numbers:
                if not service.is_running or time.monotonic() - start > options.seconds:
                    return
                await send(service.port, number, maker.request(number), findings, options.timeout)
                done += 1
                if done % 1000 == 0:
                    print(f"      {done} requests, {len(findings.faults)} faults", flush=True)

        async with Watch(service) as watch:
            await asyncio.gather(*(work() for _ in range(options.parallel)))
        took = time.monotonic() - start
        table.row(
            service.is_running,
            "the service still runs",
            f"{done} requests in {took:.0f} s, seed {options.seed}, {len(maker.fixtures)} fixtures, "
            f"{len(maker.learned)} operations described",
        )
        for kind, statuses in sorted(findings.kinds.items()):
            counts = ", ".join(f"{status} × {count}" for status, count in sorted(statuses.items(), key=str))
            table.row(True, kind, counts)
        table.row(
            not findings.faults,
            "no 500, no silence, no file shown",
            f"{len(findings.faults)} faults" + (f", requests in {findings.folder}" if findings.faults else ""),
        )
        for fault in findings.faults[:30]:
            print(f"      {fault}")
        table.row(not watch.failures, "/health", watch.row())
        table.row(True, "slowest answer", f"{findings.slowest[0]:.1f} s (request {findings.slowest[1]})")
        if service.is_running:
            free = await service.becomes_free(150)
            table.row(free is not None, "no place stays taken", str(await service.places()))
            table.row(
                True,
                "memory",
                f"{memory:.0f} MB before, {service.kilobytes() / 1024:.0f} after, "
                f"{service.peak_kilobytes() / 1024:.0f} at most",
            )
            table.row(service.descriptors() < 64, "no descriptor stays open", str(service.descriptors()))
        if user is not None:
            outside = await asyncio.to_thread(files_outside, service.folder, began)
            table.row(not outside, "no file outside the service's folder", " ".join(outside[:5]) or "none")
    table.end()


if __name__ == "__main__":
    asyncio.run(main())
