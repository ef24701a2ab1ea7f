# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""An OpenAI-compatible server that answers every request after a fixed time, for measuring a harness.

    python3 Tools/reference/scripted_endpoint.py PORT_FILE [MILLISECONDS]

Takes any number of requests at the same time. GET /stats tells how many there were and how many ran at once at most.
"""

import asyncio
import json
import sys

counts = {"requests": 0, "running": 0, "most": 0}
latency = float(sys.argv[2] if len(sys.argv) > 2 else 200) / 1000


def answer():
    """What the server says: always the same, so that a resumed run must equal one that was not stopped."""
    chunks = [{"delta": {"role": "assistant"}, "finish_reason": None},
              {"delta": {"content": "The answer is 42."}, "finish_reason": None},
              {"delta": {}, "finish_reason": "stop"}]
    head = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted"}
    events = [f"data: {json.dumps(head | {'choices': [{'index': 0} | chunk]})}\n\n" for chunk in chunks]
    return "".join(events) + "data: [DONE]\n\n"


async def serve(reader, writer):
    try:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = head.split("\r\n")
            fields = {name.strip().lower(): value.strip()
                      for name, _, value in (line.partition(":") for line in lines[1:] if line)}
            await reader.readexactly(int(fields.get("content-length", 0)))
            kind, path = "application/json", lines[0].split()[1]
            if path.endswith("/models"):
                body = json.dumps({"object": "list", "data": [{"id": "scripted", "object": "model"}]})
            elif path.endswith("/stats"):
                body = json.dumps(counts)
            else:
                counts["requests"] += 1
                counts["running"] += 1
                counts["most"] = max(counts["most"], counts["running"])
                await asyncio.sleep(latency)
                counts["running"] -= 1
                kind, body = "text/event-stream", answer()
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 26)
    with open(sys.argv[1], "w") as file:
        file.write(str(server.sockets[0].getsockname()[1]))
    async with server:
        await server.serve_forever()


asyncio.run(main())
