# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""The part of faults.py about what the service keeps: a full disk, a locked database, a kill in the middle."""

import asyncio
import contextlib
import glob
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from pathlib import Path

from harness import Service, Watch, connect, encoded
from scripted import ScriptedReader, script


def form(content, name="a.txt"):
    """A request that uploads a file."""
    body = (
        (
            f'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n--b\r\nContent-Disposition: '
            f'form-data; name="file"; filename="{name}"\r\n\r\n'
        ).encode()
        + content
        + b"\r\n--b--\r\n"
    )
    return body, {"Content-Type": "multipart/form-data; boundary=b"}


async def upload(service, content, seconds=60):
    body, headers = form(content)
    return await service.post("/v1/files", body, headers=headers, seconds=seconds)


def told(response):
    """The status and, of a failure, the code."""
    return f"{response.status}" + ("" if response.status < 400 else f" {response.json()['error']['code']}")


async def state_of(service, job, states, seconds=30):
    """Waits until a job is in one of some states; the job as it is then."""
    value = {}
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while value.get("state") not in states:
                await asyncio.sleep(0.1)
                value = (await service.get(f"/v1/jobs/{job}")).json()
    return value


async def disk(options, table):
    """No room for what a client sends."""
    folder = tempfile.mkdtemp(prefix="glyph-full-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        print("--    disk: skipped, mounting needs root")
        os.rmdir(folder)
        return
    try:
        async with (
            ScriptedReader() as reader,
            Service(options.program, "--endpoint", reader.address, folder=folder) as service,
            Watch(service) as watch,
        ):
            small = await upload(service, b"A first file.")
            table.row(small.status == 200, "with room: an upload", told(small))
            large = await upload(service, random.randbytes(3 << 20))
            table.row(
                large.status == 503 and large.json()["error"]["code"] == "storage_full",
                "an upload larger than the disk",
                told(large),
            )
            left = [path for path in glob.glob(f"{folder}/**/.*", recursive=True) if os.path.isfile(path)]
            table.row(not left, "nothing of it stays on the disk", " ".join(left) or "none")
            filler = os.path.join(folder, "filler")
            with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * 4096)
            full = await upload(service, b"No room for this.")
            table.row(
                full.status == 503 and full.json()["error"]["code"] == "storage_full",
                "disk full: an upload",
                told(full),
            )
            job = await service.post("/v1/jobs", {"text": "Short.", "question": f"Why? {script('d')}"})
            table.row(
                job.status == 503 and job.json()["error"]["code"] == "storage_full", "disk full: a job", told(job)
            )
            count = await service.post("/v1/count", {"text": "A text needs no disk."})
            table.row(count.status == 200, "disk full: a count", told(count))
            answer = await service.post("/v1/ask", {"text": "Short.", "question": f"Why? {script('d')}"})
            table.row(answer.status == 200 and "d:4" in answer.json()["answer"], "disk full: a question", told(answer))
            listed = await service.get("/v1/files")
            table.row(
                listed.status == 200 and len(listed.json()["data"]) == 1, "disk full: the list of files", told(listed)
            )
            os.unlink(filler)
            again = await upload(service, b"Now there is room.")
            table.row(again.status == 200, "with room again: an upload", told(again))
        table.row(not watch.failures, "/health", watch.row())
    finally:
        subprocess.run(["umount", "-l", folder], check=False)
        os.rmdir(folder)


async def locked(options, table):
    """Another program holds the database."""
    async with (
        ScriptedReader() as reader,
        Service(options.program, "--endpoint", reader.address) as service,
        Watch(service) as watch,
    ):
        first = await upload(service, b"A first file.")
        path = glob.glob(f"{service.folder}/**/*.sqlite", recursive=True)
        if not path:
            table.row(False, "the database is found", service.folder)
            return
        other = sqlite3.connect(path[0], isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        held = [
            upload(service, b"A second file."),
            service.get("/v1/jobs"),
            service.get(f"/v1/files/{first.json()['id']}"),
            service.post("/v1/jobs", {"text": "Short.", "question": "Why?"}),
        ]
        held = [asyncio.create_task(request) for request in held]
        count = await service.post("/v1/count", {"text": "A count needs no database."})
        table.row(count.status == 200 and not held[0].done(), "locked: a count", told(count))
        answer = await service.post("/v1/ask", {"text": "Short.", "question": f"Why? {script('d')}"})
        table.row(answer.status == 200, "locked: a question", told(answer))
        for name, response in zip(("an upload", "the jobs", "a file", "a job"), await asyncio.gather(*held)):
            code = response.json().get("error", {}).get("code")
            table.row(
                response.status == 503 and code == "storage_busy" and "retry-after" in response.headers,
                f"locked: {name}",
                told(response),
            )
        other.execute("ROLLBACK")
        other.close()
        again = await upload(service, b"A second file.")
        table.row(again.status == 200, "released: an upload", told(again))
    table.row(not watch.failures, "/health", watch.row())


async def killed(options, table):
    """The service ends without a chance to say good-bye."""
    folder = tempfile.mkdtemp(prefix="glyph-killed-")
    try:
        async with ScriptedReader() as reader:
            arguments = ("--endpoint", reader.address)
            service = Service(options.program, *arguments, folder=folder)
            async with service:
                content = random.randbytes(200_000)
                kept = (await upload(service, content)).json()["id"]
                order = {"text": "Short.", "question": f"Why? {script('k', pieces=60, pause=0.1)}"}
                running = (await service.post("/v1/jobs", order)).json()["id"]
                waiting = (
                    await service.post("/v1/jobs", {"text": "Short.", "question": f"Why? {script('w')}"})
                ).json()["id"]
                job = await state_of(service, running, ("running",))
                while not reader.running:
                    await asyncio.sleep(0.05)
                # And an upload of which half has arrived.
                body, headers = form(random.randbytes(1 << 20))
                _, writer = await connect(service.port)
                writer.write(encoded("POST", "/v1/files", body, headers)[: len(body) // 2])
                await writer.drain()
                await asyncio.sleep(0.2)
                service.process.send_signal(signal.SIGKILL)
                await asyncio.to_thread(service.process.wait)
                writer.transport.abort()
                table.row(job.get("state") == "running", "killed in the middle of a job", str(job.get("state")))
            async with Service(options.program, *arguments, folder=folder) as service:
                job = await state_of(service, running, ("interrupted",), 5)
                table.row(
                    job.get("state") == "interrupted", "started again: the job is interrupted", str(job.get("state"))
                )
                job = await state_of(service, waiting, ("done",))
                table.row(
                    job.get("state") == "done" and "w:4" in str(job.get("result")),
                    "the one that waited is read",
                    str(job.get("state")),
                )
                resumed = await service.post(f"/v1/jobs/{running}/resume", b"", headers={"Content-Type": None})
                job = await state_of(service, running, ("done", "failed"))
                table.row(
                    job.get("state") == "done" and "k:59" in str(job.get("result")),
                    "it is resumed and done",
                    f"{told(resumed)}, {job.get('state')}, {job.get('attempts')} attempts",
                )
                files = (await service.get("/v1/files")).json()["data"]
                back = await service.get(f"/v1/files/{kept}/content")
                table.row(
                    [file["id"] for file in files] == [kept] and back.body == content,
                    "the whole upload is there, the half one is not",
                    f"{len(files)} file, {len(back.body)} bytes",
                )
                blobs = [Path(path) for path in glob.glob(f"{folder}/**/content/*", recursive=True)]
                sums = [hashlib.sha256(path.read_bytes()).hexdigest() == path.name for path in blobs]
                hidden = glob.glob(f"{folder}/**/content/.*", recursive=True)
                table.row(all(sums) and not hidden, "every kept content is whole", f"{len(blobs)} files")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
