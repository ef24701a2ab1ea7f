#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Checks a running engine with the `openai` package, as any program written for OpenAI's API would use it.

    Tools/check-engine.py http://127.0.0.1:8000                    # an engine that runs
    Tools/check-engine.py --start .build/release/glyph-engine --model DIR

Needs `pip install openai pillow`. Prints one line for each check and one line of JSON; the status is 1 if any failed.
"""

import argparse
import base64
import concurrent.futures
import io
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import openai
from PIL import Image

FAILED = []


def check(title, condition, detail=""):
    print(("ok   " if condition else "FAIL ") + title + ("" if condition else f": {detail}"))
    if not condition:
        FAILED.append(title)


def page(shade=255, size=(112, 84)):
    file = io.BytesIO()
    Image.new("L", size, shade).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def messages(text, images=()):
    content = [{"type": "image_url", "image_url": {"url": image}} for image in images]
    return [{"role": "user", "content": content + [{"type": "text", "text": text}]}]


class Engine:
    def __init__(self, url):
        self.url = url.rstrip("/").removesuffix("/v1")
        self.client = openai.OpenAI(base_url=self.url + "/v1", api_key="none", max_retries=0, timeout=600)
        self.model = self.client.models.list().data[0].id

    def ask(self, text="What is on the page?", images=(), **options):
        return self.client.chat.completions.create(model=self.model, messages=messages(text, images), **options)

    def post(self, path, body):
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def metric(self, name):
        with urllib.request.urlopen(self.url + "/metrics") as response:
            text = response.read().decode()
        return float(re.search(rf"^glyph_engine_{re.escape(name)} (\S+)$", text, re.M).group(1))


def answers(engine):
    whole = engine.ask(max_tokens=24, temperature=0, extra_body={"ignore_eos": True})
    text = whole.choices[0].message.content + (getattr(whole.choices[0].message, "reasoning_content", None) or "")
    check("a whole answer has 24 tokens", whole.usage.completion_tokens == 24, whole.usage)
    check("it ended at the limit", whole.choices[0].finish_reason == "length")
    stream = engine.ask(
        max_tokens=24,
        temperature=0,
        stream=True,
        stream_options={"include_usage": True},
        extra_body={"ignore_eos": True},
    )
    pieces, usage = "", None
    for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            pieces += (choice.delta.content or "") + (getattr(choice.delta, "reasoning_content", None) or "")
    check("the streamed answer is the whole one", pieces == text, (pieces, text))
    check("the stream ends with usage", usage is not None and usage.completion_tokens == 24, usage)
    sampled = [engine.ask(max_tokens=16, temperature=1, seed=5).choices[0].message for _ in range(2)]
    check("equal seeds give equal answers", sampled[0] == sampled[1])


def logprobs(engine):
    answer = engine.ask(max_tokens=8, temperature=0, logprobs=True, top_logprobs=3, extra_body={"ignore_eos": True})
    entries = answer.choices[0].logprobs.content
    ids = [entry.model_extra["token_id"] for entry in entries]
    check("there is a log-probability with an id for every token", len(ids) == 8 and all(i >= 0 for i in ids), ids)
    best = all(entry.top_logprobs[0].model_extra["token_id"] == i for entry, i in zip(entries, ids))
    check("greedy tokens are the most probable", best)
    check("each has three alternatives", all(len(entry.top_logprobs) == 3 for entry in entries))


def pages(engine):
    # Large enough to fill blocks of the prefix cache.
    images = [page(shade, (448, 336)) for shade in (255, 128, 0)]
    # A text that no earlier run of this check has left in the prefix cache.
    text = f"Who? {time.time_ns()}"
    first = engine.ask(text, images, max_tokens=2)
    counted = engine.post("/tokenize", {"messages": messages(text, images)})["count"]
    check("tokenize counts what the model received", counted == first.usage.prompt_tokens, counted)
    again = engine.ask("And why?", images, max_tokens=2)
    cached = again.usage.prompt_tokens_details.cached_tokens
    check("a second question reads little again", cached > again.usage.prompt_tokens / 2, again.usage)
    words = engine.post("/tokenize", {"prompt": "Grüße, 漢字"})["tokens"]
    back = engine.post("/detokenize", {"tokens": words})["prompt"]
    check("detokenize turns tokens back", back.endswith("Grüße, 漢字"), back)


def together(engine):
    options = dict(max_tokens=32, temperature=0, extra_body={"ignore_eos": True}, logprobs=True)

    def ids(number):
        answer = engine.ask(f"Question {number}", [page(number)], **options)
        return [entry.model_extra["token_id"] for entry in answer.choices[0].logprobs.content]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        both = list(pool.map(ids, range(8)))
    check("eight clients at once get their answers", all(len(tokens) == 32 for tokens in both))
    alone = [ids(number) for number in range(8)]
    check("and the answers they get alone", both == alone)


def leaving(engine):
    before = engine.metric("completion_tokens_total")
    stream = engine.ask("Go on.", max_tokens=1500, stream=True, extra_body={"ignore_eos": True})
    for number, _ in enumerate(stream):
        if number == 5:
            break
    stream.close()
    deadline = time.monotonic() + 10
    while engine.metric("running") > 0 and time.monotonic() < deadline:
        time.sleep(0.005)
    written = engine.metric("completion_tokens_total") - before
    check("a client that leaves frees its place", engine.metric("running") == 0)
    check("and stops the work", written < 1500, written)


def faults(engine):
    def refused(title, kind, work, words=""):
        try:
            work()
            check(title, False, "no error")
        except kind as error:
            check(title, words in str(error), error)

    bad = openai.BadRequestError
    refused("a bad temperature is a 400", bad, lambda: engine.ask(temperature=-1), "temperature")
    refused("an answer beyond the context is a 400", bad, lambda: engine.ask(max_tokens=10**7), "context")
    refused("a prompt beyond the context is a 400", bad, lambda: engine.ask("word " * 2_000_000), "context")
    refused("a link to an image is a 400", bad, lambda: engine.ask(images=["https://example.org/a.png"]), "data URL")
    refused("a 30,000-pixel image is a 400", bad, lambda: engine.ask(images=[page(size=(30_000, 300))]), "30000")
    refused("10,000 images are a 400", bad, lambda: engine.ask(images=[page()] * 10_000), "10000 images")
    broken = page()[:-60]
    refused("a damaged image is a 400", bad, lambda: engine.ask(images=[broken[: len(broken) // 4 * 4]]))
    client = engine.client.chat.completions
    refused(
        "another model is a 404",
        openai.NotFoundError,
        lambda: client.create(model="other", messages=messages("hi")),
        engine.model,
    )
    check("and it still answers", engine.ask(max_tokens=2).usage.completion_tokens >= 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("url", nargs="?", help="the engine's address")
    parser.add_argument("--start", metavar="PROGRAM", help="start this glyph-engine instead")
    parser.add_argument("--model", metavar="DIR", help="the model to start it with")
    arguments = parser.parse_args()
    process = None
    url = arguments.url
    if arguments.start:
        command = [arguments.start, "serve", "--model", arguments.model, "--port", "0"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        line = process.stderr.readline()
        found = re.search(r"http://\S+?(?=/v1)", line)
        if not found:
            sys.exit(f"the engine did not start: {line}{process.stderr.read()}")
        url = found.group(0)
    if not url:
        parser.error("give an address, or --start and --model")
    try:
        engine = Engine(url)
        for part in (answers, logprobs, pages, together, leaving, faults):
            part(engine)
    finally:
        if process:
            process.terminate()
            process.wait(timeout=30)
    print(json.dumps({"openai": openai.__version__, "model": engine.model, "failed": FAILED}))
    sys.exit(bool(FAILED))


if __name__ == "__main__":
    main()
