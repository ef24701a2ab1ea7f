#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""An OpenAI-compatible server that answers every question with the same words, for looking at the service's page.

    Tools/page/scripted_reader.py PORT [SECONDS_BETWEEN_WORDS]
"""
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAUSE = float(sys.argv[2]) if len(sys.argv) > 2 else 0.02
THOUGHT = "The pages tell of a rainy day and of a child behind a curtain."
ANSWER = (
    "Jane hides in the window-seat of the breakfast-room, behind the red curtain, and looks at the pictures of "
    "Bewick's History of British Birds. <b>This is text, not mark-up.</b>"
)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        body = json.dumps({"object": "list", "data": [{"id": "scripted", "object": "model"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        images = sum(
            part.get("type") == "image_url"
            for message in request["messages"]
            if isinstance(message["content"], list)
            for part in message["content"]
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        words = [("reasoning_content", word) for word in THOUGHT.split(" ")]
        words += [("content", word) for word in ANSWER.split(" ")]
        try:
            for kind, word in words:
                self.event({"choices": [{"index": 0, "delta": {kind: word + " "}}], "model": "scripted"})
                time.sleep(PAUSE)
            self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            usage = {"prompt_tokens": 300 * images + 20, "completion_tokens": len(words)}
            self.event({"choices": [], "usage": usage})
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the question was cancelled

    def event(self, value):
        self.wfile.write(f"data: {json.dumps(value)}\n\n".encode())
        self.wfile.flush()


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
