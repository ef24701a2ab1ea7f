# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""What the proofs of the service share: the running service, an HTTP client that can misbehave, and a table of results.

Only Python's standard library: the client must be able to stop reading, to send half a request and to vanish, which
HTTP libraries prevent.
"""

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time


def default_program():
    """The release program if it is built, else the debug one."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for kind in ("release", "debug"):
        path = os.path.join(root, ".build", kind, "glyph")
        if os.access(path, os.X_OK):
            return path
    return os.path.join(root, ".build", "release", "glyph")


class Service:
    """A `glyph serve` of our own in a folder of its own; use it in an `async with`."""

    def __init__(self, program, *arguments, folder=None, user=None, environment=None):
        self.program, self.arguments, self.user = program, list(arguments), user
        self.given_folder, self.environment = folder, environment or {}
        self.lines = []
        self.port = None

    async def __aenter__(self):
        self.folder = self.given_folder or tempfile.mkdtemp(prefix="glyph-service-")
        if self.user is not None:
            os.chmod(self.folder, 0o755)
            os.chown(self.folder, self.user, self.user)
        paths = {name: self.folder for name in ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "TMPDIR")}
        self.process = subprocess.Popen(
            [self.program, "serve", "--port", "0", *self.arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=self.folder,
            env=os.environ | paths | self.environment,
            user=self.user,
            group=self.user,
            extra_groups=None if self.user is None else [],
        )
        ready = asyncio.Event()
        loop = asyncio.get_running_loop()

        def follow():
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
                found = re.search(r"Ready at http://[^ ]*:(\d+)/", line)
                if found:
                    self.port = int(found[1])
                    loop.call_soon_threadsafe(ready.set)
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(ready.set)

        threading.Thread(target=follow, daemon=True).start()
        await asyncio.wait_for(ready.wait(), 120)
        if self.port is None:
            raise SystemExit("glyph serve did not start:\n" + "\n".join(self.lines))
        return self

    async def __aexit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(self.process.wait, 10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.given_folder is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def is_running(self):
        return self.process.poll() is None

    def kilobytes(self):
        """Resident memory now."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(next(line for line in file if line.startswith("VmRSS")).split()[1])

    def peak_kilobytes(self):
        """Resident memory at its most."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(next(line for line in file if line.startswith("VmHWM")).split()[1])

    def descriptors(self):
        """Open files and connections."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    async def places(self):
        """What `/metrics` says of places, as `reading running` to number."""
        text = (await self.get("/metrics")).body.decode()
        found = re.findall(r'^glyph_places\{kind="(\w+)",state="(\w+)"\} (\d+)', text, re.M)
        return {f"{kind} {state}": int(number) for kind, state, number in found}

    async def get(self, path, **options):
        return await exchange(self.port, "GET", path, **options)

    async def post(self, path, value, **options):
        return await exchange(self.port, "POST", path, value, **options)

    async def becomes_free(self, seconds):
        """How long it took until no place was taken and nobody waited; None if it did not come to that."""
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            if not any((await self.places()).values()):
                return time.monotonic() - start
            await asyncio.sleep(0.05)
        return None


class Response:
    """A response whose head has arrived; its body is read by `lines`, or whole into `body`."""

    def __init__(self, status, headers, reader, writer):
        self.status, self.headers, self.reader, self.writer = status, headers, reader, writer
        self.body = b""

    async def pieces(self):
        """The bytes of the body as they come."""
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            while True:
                size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
                data = await self.reader.readexactly(size + 2)
                if size == 0:
                    return
                yield data[:-2]
        elif "content-length" in self.headers:
            left = int(self.headers["content-length"])
            while left:
                data = await self.reader.read(min(left, 1 << 16))
                if not data:
                    raise asyncio.IncompleteReadError(b"", left)
                left -= len(data)
                yield data
        else:
            while data := await self.reader.read(1 << 16):
                yield data

    async def events(self):
        """The server-sent events as (name, data)."""
        rest = b""
        async for piece in self.pieces():
            rest += piece
            *whole, rest = rest.split(b"\n\n")
            for event in whole:
                fields = dict(line.split(": ", 1) for line in event.decode().split("\n") if ": " in line)
                if "data" in fields:
                    yield fields.get("event", ""), fields["data"]

    async def read(self):
        self.body = b"".join([piece async for piece in self.pieces()])
        return self

    def json(self):
        return json.loads(self.body)

    def close(self):
        """Vanishes: no good-bye, whatever was still on its way."""
        with contextlib.suppress(Exception):
            self.writer.transport.abort()


def encoded(method, path, value=None, headers=None, host="127.0.0.1"):
    """A request's bytes. `value` is an object for JSON, or bytes that are sent as they are."""
    body = b"" if value is None else value if isinstance(value, bytes) else json.dumps(value).encode()
    fields = {"Host": host, "Content-Length": str(len(body))}
    if method == "POST":
        fields["Content-Type"] = "application/json"
    fields |= headers or {}
    lines = [f"{method} {path} HTTP/1.1"] + [f"{name}: {text}" for name, text in fields.items() if text is not None]
    return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + body


async def connect(port, receive=None):
    """A connection; `receive` is the most bytes that the system takes in for it while nobody reads."""
    connection = socket.socket()
    if receive:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    return await asyncio.open_connection(sock=connection, limit=1 << 20)


async def begin(port, method, path, value=None, headers=None, seconds=120):
    """Sends a request and waits for the head of its response."""
    reader, writer = await connect(port)
    try:
        writer.write(encoded(method, path, value, headers))
        # A server that refuses early may close before it has read everything; what it said can still be read.
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(writer.drain(), seconds)
        return await head(reader, writer, seconds)
    except BaseException:
        writer.transport.abort()
        raise


async def head(reader, writer, seconds=120):
    while True:
        lines = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), seconds)).decode("latin-1").split("\r\n")
        status = int(lines[0].split()[1])
        if status >= 200:  # not a 100 Continue
            break
    headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in lines[1:] if line)}
    return Response(status, headers, reader, writer)


async def exchange(port, method, path, value=None, headers=None, seconds=120):
    """A whole request and its whole response."""
    response = await begin(port, method, path, value, headers, seconds)
    try:
        return await asyncio.wait_for(response.read(), seconds)
    finally:
        response.close()


class Watch:
    """Asks for `/health` all the time; use it in an `async with`."""

    def __init__(self, service, pause=0.25):
        self.service, self.pause = service, pause
        self.asked, self.slowest, self.failures = 0, 0.0, []

    async def __aenter__(self):
        self.task = asyncio.create_task(self.run())
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    async def run(self):
        while True:
            start = time.monotonic()
            try:
                response = await self.service.get("/health", seconds=20)
                if response.status != 200:
                    self.failures.append(f"status {response.status}")
            except Exception as fault:  # every kind is the same failure: no answer
                self.failures.append(f"{type(fault).__name__} {fault}")
            self.asked += 1
            self.slowest = max(self.slowest, time.monotonic() - start)
            await asyncio.sleep(self.pause)

    def row(self):
        return (
            f"{self.asked} of {self.asked} were 200, the slowest after {self.slowest * 1000:.0f} ms"
            if not self.failures
            else f"{len(self.failures)} of {self.asked} failed, first: {self.failures[0]}"
        )


class Table:
    """Results, printed as they come; `failures` says how many were not as they should be."""

    def __init__(self):
        self.failures = 0

    def row(self, is_good, what, found):
        self.failures += not is_good
        print(f"{'ok  ' if is_good else 'FAIL'}  {what:<44}  {found}", flush=True)

    def end(self):
        print(json.dumps({"failures": self.failures}))
        sys.exit(1 if self.failures else 0)


def machine():
    """One line about what the figures were measured on."""
    with open("/proc/cpuinfo") as file:
        name = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")
    return f"{name}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"


async def run_parts(parser, parts):
    """Runs the parts that the command line names, or all, one after another; `parts` are functions by their names."""
    parser.add_argument("--only", choices=parts, action="append")
    options = parser.parse_args()
    print(f"{options.program} on {machine()}", flush=True)
    table = Table()
    for name in options.only or parts:
        print(f"== {name}", flush=True)
        await parts[name](options, table)
    table.end()
