#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""An OpenAI-compatible server that follows a script, for looking at the service's page.

It quotes when it is asked to, names page 1 when it is asked which pages it needs, and answers from a text without pages
in other words.

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
QUOTES = (
    '\n\nQUOTES:\n[page 1] "This room was chill, because it seldom had a fire; it was silent, because remote from the nursery"\n'
    '[page 1] "There was a cat under the table"'
)
QUOTES_ZH = '\n\n引文：\n[第 1 页] "学而时习之，不亦说乎"\n[第 1 页] "子曰：明天会下雨"'
FROM_TEXT = "She hides in the window-seat behind the curtain and looks at a book about birds."


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
        last = request["messages"][-1]["content"]
        asked = last if isinstance(last, str) else "".join(part.get("text", "") for part in last)
        if "NONE" in asked:
            words = [("content", "1")]
        elif not images:
            words = [("content", word + " ") for word in FROM_TEXT.split(" ")]
        else:
            words = [("reasoning_content", word + " ") for word in THOUGHT.split(" ")]
            words += [("content", word + " ") for word in ANSWER.split(" ")]
            if "QUOTES" in asked or "引文" in asked:
                words.append(("content", QUOTES if "QUOTES" in asked else QUOTES_ZH))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for kind, word in words:
                self.event({"choices": [{"index": 0, "delta": {kind: word}}], "model": "scripted"})
                time.sleep(PAUSE)
            self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            usage = {"prompt_tokens": 300 * images + len(asked) // 4, "completion_tokens": len(words)}
            self.event({"choices": [], "usage": usage})
            self.wfile.write(b"data: [DONE]\n\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # the question was cancelled

    def event(self, value):
        self.wfile.write(f"data: {json.dumps(value)}\n\n".encode())
        self.wfile.flush()


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
