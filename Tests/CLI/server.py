# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""A hosted API's faults for Tools/check-cli.sh: the first part of the path says which one is answered.

    python3 server.py PORT_FILE     listens on a free port of 127.0.0.1 and writes its number to PORT_FILE
"""

import http.server
import json
import sys


def event(delta, finish=None):
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m",
             "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return f"data: {json.dumps(chunk)}\n\n"


def error(message):
    return json.dumps({"error": {"message": message}})


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = self.headers.get("Authorization", "")
        stream = [event({"role": "assistant"}), event({"content": "It was "}), event({"content": "the fox."})]
        faults = {
            "401": (401, "application/json", error(f"Incorrect API key: {key}")),
            "429": (429, "application/json", error("Slow down")),
            "500": (500, "application/json", error("Out of order")),
            "html": (200, "text/html", "<html><title>Sign in</title></html>"),
            "answer": (200, "text/event-stream", "".join(stream) + event({}, "stop") + "data: [DONE]\n\n"),
            "controls": (200, "text/event-stream", event({"content": "a\x1b[2Jb"}) + event({}, "stop")),
            "cut": (200, "text/event-stream", "".join(stream)),
        }
        status, kind, body = faults[self.path.split("/")[1]]
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status == 429:
            self.send_header("Retry-After", "1")
        # Without a length the answer ends when the connection is closed, as a stream does.
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1], "w") as file:
    file.write(str(server.server_address[1]))
server.serve_forever()
