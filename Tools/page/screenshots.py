#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Uses the service's page in a real browser as a person would, checks it, and takes pictures of it.

    Tools/page/screenshots.py PROGRAM FOLDER

Starts a scripted reader and `PROGRAM serve` on free ports, drives Debian's chromium over its debugging pipe (no packages
needed) in both languages and themes, wide and narrow, and writes PNG files to FOLDER. Ends with status 1 if the console
reported an error, a control has no name, text has too little contrast, the page is wider than its window, a key loses the
keyboard's focus, or the page offers what a reader with a card does not take.
"""
import base64
import io
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile

HERE = pathlib.Path(__file__).parent

CHECKS = r"""
(() => {
  const faults = [];
  const shown = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
  for (const node of document.querySelectorAll("button, input, select, textarea, a")) {
    if (!shown(node)) continue;
    const label = node.getAttribute("aria-label") || [...(node.labels ?? [])].map((l) => l.textContent).join(" ")
      || (node.matches("button, a") ? node.textContent || node.querySelector("img")?.alt : "");
    if (!label?.trim()) faults.push(`no name: ${node.outerHTML.slice(0, 90)}`);
  }
  const parse = (text) => { const c = document.createElement("canvas").getContext("2d"); c.fillStyle = text; c.fillRect(0, 0, 1, 1); return [...c.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => { for (; node; node = node.parentElement) { const c = getComputedStyle(node).backgroundColor; if (parse(c)[3] > 0 && c !== "rgba(0, 0, 0, 0)") return c; } return "white"; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !shown(node) || node.matches("option, :disabled, script")) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(parse(ground(node)))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${walker.currentNode.data.trim().slice(0, 40)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push(`page is ${document.documentElement.scrollWidth} wide`);
  for (const node of document.querySelectorAll("[data-word]")) if (!node.textContent.trim()) faults.push(`no word: ${node.dataset.word}`);
  if (document.querySelector("#answer b")) faults.push("mark-up of an answer became mark-up of the page");
  return faults;
})()
"""

MARK_IS_SEEN = """(() => {
  const [mark, sheet] = ["#marks .mark", ".sheet"].map((name) => document.querySelector(name)?.getBoundingClientRect());
  return Boolean(mark && mark.height > 2 && mark.top >= sheet.top && mark.bottom <= sheet.bottom);
})()"""


NOT_ASKING = "document.querySelector('#run').getAttribute('aria-disabled') !== 'true'"

# Where the keyboard's focus is: an id, or the number of a history's entry and what the control in it says.
FOCUS = """(() => {
  const node = document.activeElement;
  const entry = [...document.querySelectorAll("#history li")].findIndex((item) => item.contains(node));
  return entry < 0 ? node.id || node.tagName : `${entry} ${node.matches(".entry") ? "entry" : node.textContent}`;
})()"""

# What can be chosen.
OFFERED = """["preset", "task", "strategy"].map((id) =>
  [...document.querySelectorAll(`#${id} option:not(:disabled)`)].map(({ value }) => value).join())
  .concat([...document.querySelectorAll("[data-key]:not(:disabled), #budget:not(:disabled)")]
    .map((field) => field.dataset.key ?? field.id))"""

# What `/v1/options` tells of a model with a reading card.
CARD = {"preset": "nano", "window": 1, "tasks": ["transcribe"], "strategies": ["auto", "windowed"], "render": ["reflow"]}


class Browser:
    """Chromium behind its debugging pipe: messages of JSON, each ended by a zero byte."""

    def __init__(self):
        to_browser, self.out = os.pipe()
        self.input, from_browser = os.pipe()
        self.profile = tempfile.TemporaryDirectory()

        def set_up():
            # In this order, and from numbers above both: one of them may be in use for the other.
            a, b = os.dup(to_browser), os.dup(from_browser)
            a2, b2 = os.dup2(a, 30), os.dup2(b, 31)
            os.dup2(a2, 3, inheritable=True)
            os.dup2(b2, 4, inheritable=True)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
             "--hide-scrollbars", f"--user-data-dir={self.profile.name}", "--lang=en"],
            preexec_fn=set_up, close_fds=False, stderr=subprocess.DEVNULL,
        )
        self.number, self.buffer, self.errors, self.session = 0, b"", [], None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.buffer:
                self.buffer += os.read(self.input, 1 << 20)
            line, self.buffer = self.buffer.split(b"\0", 1)
            answer = json.loads(line)
            if answer.get("method") == "Log.entryAdded" and answer["params"]["entry"]["level"] == "error":
                self.errors.append(answer["params"]["entry"]["text"])
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(json.dumps(answer["params"])[:400])
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait(self, condition, seconds=30):
        end = time.time() + seconds
        while not self.run(f"(() => {{ try {{ return Boolean({condition}) }} catch {{ return false }} }})()"):
            if time.time() > end:
                raise RuntimeError(f"did not happen: {condition}; status: {self.run('document.querySelector(`#status`)?.textContent')}")
            time.sleep(0.05)

    def press(self, key):
        code = {"Enter": 13, "Tab": 9, "ArrowLeft": 37, "ArrowRight": 39}[key]
        facts = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", **facts, **({"text": "\r"} if key == "Enter" else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **facts)
        # The browser takes the focus from what was disabled or hidden when it next draws.
        time.sleep(0.2)

    def picture(self, path, whole=True):
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def window(self, width, height, is_phone=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=is_phone)

    def close(self):
        self.process.kill()
        self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("nothing listens")


def ask_service(port, method, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", json.dumps(body).encode() if body else None, {"Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def keyboard_faults(browser, port):
    """What keeps somebody from going on with the keyboard after a key was pressed."""
    faults = []

    def press(focus, key, name, expected):
        browser.run(f"{focus}.focus()")
        browser.press(key)
        time.sleep(0.5)
        if (found := browser.run(FOCUS)) != expected:
            faults.append(f"{name}: the focus is at {found} instead of {expected}")

    def act(entry, name):
        buttons = f"document.querySelectorAll('#history li')[{entry}].querySelectorAll('button:not([hidden])')"
        return f"[...{buttons}].find((button) => button.textContent === '{name}')"

    browser.run("document.querySelector('[data-example=en]').click()")
    browser.wait("document.querySelectorAll('#gallery img').length === 1 && document.querySelector('#question').value")
    # An answer takes more than 2 seconds here.
    press("document.querySelector('#run')", "Enter", "Ask", "run")
    browser.wait("document.querySelector('#answer').textContent.length > 5")
    press("document.querySelector('#cancel')", "Enter", "Cancel", "cancel")
    browser.wait(NOT_ASKING)
    # The viewer, to its last page and back to its first.
    count = browser.run("document.querySelectorAll('#gallery button').length")
    browser.run("document.querySelector('#gallery button').click()")
    for button, key, name in [("next", "ArrowLeft", "the last page"), ("previous", "ArrowRight", "the first page")]:
        for _ in range(count):
            press(f"document.querySelector('#{button}')", "Enter", name, button)
        before = browser.run("document.querySelector('#viewer-title').textContent")
        browser.press(key)
        if browser.run("document.querySelector('#viewer-title').textContent") == before:
            faults.append(f"{name}: the arrow keys do nothing")
    browser.run("document.querySelector('#close').click()")
    # The history, while jobs wait and one is read.
    # The first takes long, so that the others wait.
    long = {"text": browser.run("document.querySelector('#text').value"), "strategy": "windowed", "window": 1}
    for document in (long, {"text": "Call me Ishmael."}, {"text": "Call me Ishmael."}):
        ask_service(port, "POST", "/v1/jobs", {**document, "question": "Who?"})
    browser.call("Page.reload")
    browser.wait(act(0, "Cancel"))
    browser.run("document.querySelectorAll('#history .entry')[1].focus()")
    time.sleep(2.5)
    if (found := browser.run(FOCUS)) != "1 entry":
        faults.append(f"while jobs are read: the focus went from an entry to {found}")
    press(act(1, "Delete"), "Enter", "Delete", "1 entry")
    press(act(0, "Cancel"), "Enter", "Cancel of a waiting job", "0 entry")
    if browser.run("/being read/.test(document.querySelectorAll('#history li')[1].textContent)"):
        press(act(1, "Cancel"), "Enter", "Cancel of a job that is read", "1 entry")
    else:
        faults.append("the first job is not read any more while the others are looked at")
    browser.wait("!/being read|waiting/.test(document.querySelector('#history').textContent)")
    # A task's entry chooses the task; its name is no part of the question.
    ask_service(port, "POST", "/v1/jobs", {"text": "Call me Ishmael.", "question": "Who?", "task": "qa"})
    browser.call("Page.reload")
    browser.wait("/answered/.test(document.querySelector('#history li').textContent)")
    browser.run("document.querySelector('#history .entry').click()")
    if (found := browser.run("['task', 'question'].map((id) => document.getElementById(id).value)")) != ["qa", "Who?"]:
        faults.append(f"a task's entry gives {found}")
    # All but the last are deleted by the service, so that this is quick.
    for job in ask_service(port, "GET", "/v1/jobs")["data"][1:]:
        ask_service(port, "DELETE", f"/v1/jobs/{job['id']}")
    browser.call("Page.reload")
    browser.wait("document.querySelectorAll('#history li').length === 1")
    press(act(0, "Delete"), "Enter", "Delete of the last entry", "history-title")
    return faults


def name_faults(browser):
    """What a long name without spaces makes wider than the window."""
    faults = []
    name = "x" * 200
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "Call me Ishmael.")
        file.writestr(f"{name}.bin", bytes(range(256)))
    for file, content, seen in [
        (f"{name}.pdf", b"%PDF-1.4", "#status.bad"), ("a.zip", archive.getvalue(), "#notes li"),
    ]:
        browser.run("document.querySelector('#clear').click()")
        browser.wait("!document.querySelector('#status.bad')")
        browser.run(
            "(() => { const list = new DataTransfer();"
            f" const bytes = Uint8Array.from(atob('{base64.b64encode(content).decode()}'), (c) => c.charCodeAt(0));"
            f" list.items.add(new File([bytes], '{file}')); const picker = document.querySelector('#picker');"
            " picker.files = list.files; picker.dispatchEvent(new Event('change')); })()"
        )
        browser.wait(f"document.querySelector('{seen}')")
        width = browser.run("document.documentElement.scrollWidth")
        if width > browser.run("document.documentElement.clientWidth") or width > 360:
            faults.append(f"a long name in {seen} makes the page {width} wide")
    browser.run("document.querySelector('#clear').click()")
    return faults


def card_faults(browser):
    """What is offered although a reader with a card does not take it, or not offered although others take it."""
    faults = []
    presets, tasks, strategies, *keys = browser.run(OFFERED)
    if len(presets.split(",")) < 8 or len(tasks.split(",")) < 12 or strategies != "auto,windowed,focus" or len(keys) < 12:
        faults.append("without a card not everything is offered")
    script = ("const plain = fetch; window.fetch = async (path, ...rest) => { const answer = await plain(path, ...rest);"
              " if (path !== '/v1/options') return answer;"
              f" return Response.json({{ ...await answer.json(), card: {json.dumps(CARD)} }}); }};")
    script = browser.call("Page.addScriptToEvaluateOnNewDocument", source=script)["identifier"]
    browser.call("Page.reload")
    browser.wait("document.querySelector('#preset option')")
    # Colours change a moment after the theme.
    time.sleep(0.3)
    if (found := browser.run(OFFERED)) != ["nano", ",transcribe", "auto,windowed", "reflow"]:
        faults.append(f"with a card this is offered: {found}")
    faults += [f"with a card: {fault}" for fault in browser.run(CHECKS)]
    browser.call("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
    browser.call("Page.reload")
    browser.wait("document.querySelector('#preset option')")
    return faults


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    reader_port, port = free_port(), free_port()
    reader = subprocess.Popen([sys.executable, HERE / "scripted_reader.py", str(reader_port), "0.04"])
    data = tempfile.TemporaryDirectory()
    command = [program, "serve", "--port", str(port), "--endpoint", f"http://127.0.0.1:{reader_port}", "--data", data.name]
    browser, service, faults = None, None, []
    try:
        service = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_for(reader_port)
        wait_for(port)
        browser = Browser()
        for language, theme, width, height in [
            ("en", "light", 1360, 900), ("zh", "dark", 1360, 900), ("zh", "light", 390, 844), ("en", "dark", 390, 844),
        ]:
            name = f"{language}-{theme}-{width}"
            browser.window(width, height, width < 500)
            browser.call("Page.navigate", url=f"http://127.0.0.1:{port}/")
            browser.wait("document.querySelector('#preset option')")
            browser.run(f"localStorage.setItem('language', '{language}'); localStorage.setItem('theme', '{theme}')")
            browser.call("Page.reload")
            browser.wait(f"document.documentElement.dataset.theme === '{theme}' && document.querySelector('#preset option')")
            browser.picture(folder / f"{name}-1-empty.png")
            browser.run(f"document.querySelector('[data-example={language}]').click()")
            browser.wait("document.querySelectorAll('#gallery img').length === 1")
            time.sleep(0.3)
            browser.picture(folder / f"{name}-2-preview.png")
            browser.run("document.querySelector('#compare').checked = true")
            faults += [f"{name}: {fault}" for fault in browser.run(CHECKS)]
            browser.run("document.querySelector('#run').click()")
            browser.wait("document.querySelector('#answer').textContent.length > 40")
            browser.picture(folder / f"{name}-3-streaming.png")
            browser.wait(NOT_ASKING)
            browser.run("document.querySelector('#thinking').open = true")
            time.sleep(0.3)
            browser.picture(folder / f"{name}-4-answer.png")
            faults += [f"{name}: {fault}" for fault in browser.run(CHECKS)]
            # One quotation stands in the document and one does not; both answers have their numbers.
            for condition, fault in [
                ("document.querySelectorAll('#citations button').length === 1", "a quotation cannot be opened"),
                ("document.querySelectorAll('#citations .bad').length === 1", "a quotation is not said to be missing"),
                ("document.querySelectorAll('#gallery .mark').length > 0", "no line is marked in the gallery"),
                ("document.querySelectorAll('#comparison-rows td').length === 8", "numbers to compare are missing"),
                ("document.querySelector('#text-answer').textContent.length > 40", "the text's answer is missing"),
                ("!/QUOTES|引文/.test(document.querySelector('#answer').textContent)", "quotations in the answer"),
            ]:
                if not browser.run(condition):
                    faults.append(f"{name}: {fault}")
            browser.run("document.querySelector('#citations button').click()")
            time.sleep(0.3)
            browser.picture(folder / f"{name}-5-page.png", whole=False)
            if not browser.run(MARK_IS_SEEN):
                faults.append(f"{name}: the marked line is not in the opened page's window")
            browser.run("document.querySelector('#close').click()")
            # Read coarse first, the pages that are read closely are told apart.
            browser.run("for (const [id, value] of [['strategy', 'focus'], ['focus-pages', 1]]) {"
                        " const field = document.getElementById(id); field.value = value;"
                        " field.dispatchEvent(new Event('change')); }"
                        "document.querySelector('#compare').checked = false; document.querySelector('#run').click()")
            browser.wait("document.querySelector('#answer').textContent.length > 5")
            browser.wait(NOT_ASKING)
            if browser.run("document.querySelectorAll('#gallery .chosen').length") != 1:
                faults.append(f"{name}: the page that was read closely is not told apart")
            browser.picture(folder / f"{name}-7-focus.png")
            faults += [f"{name} focus: {fault}" for fault in browser.run(CHECKS)]
            # Read a few pages at a time, the answer says that it was joined.
            browser.run("for (const [id, value] of [['strategy', 'windowed'], ['window', 1]]) {"
                        " const field = document.getElementById(id); field.value = value;"
                        " field.dispatchEvent(new Event('change')); } document.querySelector('#run').click()")
            browser.wait("/^Joined from|^由/.test(document.querySelector('#answer-place').textContent)")
            browser.wait(NOT_ASKING)
            browser.picture(folder / f"{name}-8-windows.png")
            faults += [f"{name} windows: {fault}" for fault in browser.run(CHECKS)]
            # A question that is cancelled says so, and the next one is answered.
            browser.run("document.querySelector('#run').click()")
            browser.wait("document.querySelector('#answer').textContent.length > 5")
            browser.run("document.querySelector('#cancel').click()")
            browser.wait(NOT_ASKING)
            # Answers are kept, and so are settings that were given a name.
            browser.wait("document.querySelectorAll('#history li').length >= 2")
            browser.run("document.querySelector('#preset').value = 'dense';"
                        f"document.querySelector('#template-name').value = 'Template {name}';"
                        "document.querySelector('#template-save').click()")
            browser.wait(f"document.querySelector('#template').value === 'Template {name}'")
            browser.run("document.querySelector('#preset').value = 'default'")
            browser.run("document.querySelector('#template').dispatchEvent(new Event('change'))")
            browser.wait("document.querySelector('#preset').value === 'dense'")
            # A setting that cannot be drawn is told in the service's words.
            browser.run("{ const field = document.querySelector('[data-key=\"font-size\"]'); field.value = 900;"
                        " field.dispatchEvent(new Event('input')); }")
            browser.wait("document.querySelector('#status.bad')")
            browser.picture(folder / f"{name}-6-refused.png", whole=False)
            # The browser itself logs every 4xx.
            browser.errors = [error for error in browser.errors if "status of 400" not in error]
        # What was kept is there after the service was killed, and can be looked at.
        service.kill()
        service.wait()
        service = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_for(port)
        browser.call("Page.reload")
        browser.wait("document.querySelectorAll('#history li').length >= 8")
        browser.wait("document.querySelectorAll('#template option').length === 5")
        browser.run("[...document.querySelectorAll('#history .entry')].findLast((e) => /answered/.test(e.textContent)).click()")
        browser.wait("document.querySelector('#answer').textContent.length > 40")
        # Its pages are drawn again, with the quoted line marked.
        browser.wait("document.querySelectorAll('#citations button').length === 1")
        browser.wait("document.querySelectorAll('#gallery .mark').length > 0")
        browser.picture(folder / "history-after-restart.png")
        faults += [f"history: {fault}" for fault in browser.run(CHECKS)]
        # With the keyboard alone: from the document to the question and its answer.
        browser.run("document.querySelector('[data-key=\"font-size\"]').value = ''; document.querySelector('#text').focus()")
        order = []
        for _ in range(40):
            browser.press("Tab")
            order.append(browser.run("document.activeElement.id || document.activeElement.dataset.key || document.activeElement.tagName"))
            if order[-1] == "run":
                break
        print("focus order:", " ".join(order))
        if order[-1] != "run" or order.index("preset") > order.index("question"):
            faults.append("the button cannot be reached with the keyboard in order")
        faults += keyboard_faults(browser, port)
        browser.window(360, 740, True)
        faults += name_faults(browser)
        # The browser itself logs every 4xx.
        browser.errors = [error for error in browser.errors if "status of 400" not in error]
        browser.window(1360, 900)
        faults += card_faults(browser)
        faults += [f"console: {error}" for error in browser.errors]
    finally:
        if browser:
            browser.close()
        for process in filter(None, [service, reader]):
            process.terminate()
            process.wait()
    print("\n".join(faults) or "no faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
