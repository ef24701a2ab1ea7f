// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import { AnswerView } from "./answer.js";
import { Files } from "./files.js";
import { Gallery } from "./gallery.js";
import { Kept } from "./history.js";
import { Look } from "./look.js";
import { Fault, events, hasToken, json, keepToken, text } from "./service.js";
import { language, number, speak, taskWord, word } from "./words.js";

const at = (id) => document.getElementById(id);
const root = document.documentElement;

const gallery = new Gallery();
const answer = new AnswerView(gallery);
const files = new Files({ changed, say, limit: () => options.bytes });
const look = new Look(changed);

let options = { can_ask: false, presets: [], readers: [], tasks: [], bytes: 64 << 20 };
/** What happens now, for the status line and to be said again in another language. */
let state = ["empty"];
/** What to do once the failure that the status line says is over. */
let mend = null;
let run = null;
/** The job under which the answer is kept that was asked for last. */
let asked = "";
let preview = null;
let timer = 0;
/** History and templates, where the service keeps them. */
let kept = null;

// MARK: Words and themes

function say(name, values = {}) {
  state = [name, values];
  mend = null;
  showState();
}

function showState() {
  const [name, values] = state;
  at("status").textContent = word(name, values);
  at("status").classList.toggle("bad", name === "failed" || name === "needText" || name === "needQuestion");
}

function isDark() {
  return (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
}

function translate(next) {
  speak(next);
  at("language").textContent = word("otherLanguage");
  at("language").lang = language === "zh" ? "en" : "zh";
  at("theme").textContent = word(isDark() ? "light" : "dark");
  showState();
  files.draw();
  gallery.draw();
  answer.translate();
  look.describe();
  describeTask();
  kept?.translate();
}

at("language").onclick = () => translate(language === "zh" ? "en" : "zh");
at("theme").onclick = () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
  translate();
};
if (localStorage.getItem("theme")) root.dataset.theme = localStorage.getItem("theme");

// MARK: The document

at("clear").onclick = () => {
  at("text").value = "";
  files.clear();
};
for (const button of document.querySelectorAll("[data-example]")) {
  button.onclick = async () => {
    const name = button.dataset.example;
    try {
      at("text").value = await text(`/page/example-${name}.txt`);
    } catch (error) {
      return fail(error);
    }
    at("question").value = name === "zh" ? "孔子怎样看待学习？" : "Where does Jane hide, and what does she look at?";
    files.clear();
  };
}

// MARK: Requests

const hasDocument = () => !files.isEmpty || at("text").value.trim() !== "";

function request() {
  const body = look.body();
  if (at("text").value.trim()) body.text = at("text").value;
  if (!files.isEmpty) body.files = files.list();
  return body;
}

const rest = () => say(!options.can_ask ? "noReader" : hasDocument() ? "ready" : "empty");

/** Says what went wrong; `next` happens once the service, which could not be reached, answers again. */
function fail(error, next = rest) {
  if (error instanceof Fault && error.status === 401) return askForToken(hasToken() ? word("tokenWrong") : "");
  const isAway = error instanceof TypeError;
  say("failed", { reason: isAway ? word("offline") : error.message });
  if (isAway) mend = next;
}

/** Says what went wrong beside the document, until it is mended. */
function failAside(error) {
  const last = state;
  const next = mend ?? (() => say(...last));
  fail(error);
  mend = next;
}

function takeBack() { mend?.(); }

function showUsage(usage) {
  at("n-text").textContent = usage ? number(usage.text_tokens) : "–";
  at("n-visual").textContent = usage ? number(usage.visual_tokens) : "–";
  at("n-ratio").textContent = usage?.compression ? `${number(usage.compression, 2)}×` : "–";
  at("n-pages").textContent = usage ? number(usage.pages) : "–";
}

function showNotes(notes) {
  at("notes").replaceChildren(...notes.map((note) => {
    const item = document.createElement("li");
    item.textContent = note;
    return item;
  }));
}

function clearPages() {
  showUsage(null);
  showNotes([]);
  gallery.show([], "");
}

// MARK: Preview

function changed() {
  clearTimeout(timer);
  timer = setTimeout(measure, 350);
}

async function measure() {
  preview?.abort();
  if (run) return;
  if (!hasDocument()) {
    clearPages();
    return rest();
  }
  const mine = preview = new AbortController();
  say("measuring");
  try {
    const drawn = await json("/v1/render", { ...request(), first: 1 }, mine.signal);
    if (run || mine !== preview) return;
    showUsage(drawn.usage);
    showNotes(drawn.notes);
    gallery.show(drawn.pictures, "preview", { count: number(drawn.usage.pages) });
    rest();
  } catch (error) {
    if (error.name === "AbortError") return;
    clearPages();
    fail(error, changed);
  }
}

// MARK: Asking

at("form").onsubmit = (event) => {
  event.preventDefault();
  if (!run) ask();
};
at("form").onkeydown = (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (!run) ask();
  }
};
at("cancel").onclick = () => run?.abort();

async function ask() {
  const kind = chosenTask()?.question ?? "required";
  const question = kind === "none" ? undefined : at("question").value;
  if (!hasDocument()) return say("needText"), at("text").focus();
  if (kind === "required" && !question.trim()) return say("needQuestion"), at("question").focus();
  preview?.abort();
  clearTimeout(timer);
  run = new AbortController();
  showRun();
  answer.clear(at("compare").checked);
  say("drawing");
  let isDone = false;
  try {
    const maximum = Number(at("max-tokens").value) || 1024;
    const body = {
      ...request(), ...wish(), question, max_tokens: maximum, stream: true, pictures: true, keep: options.can_keep,
    };
    for await (const [name, data] of events("/v1/ask", body, run.signal)) isDone = show(name, data) || isDone;
    if (!isDone) say("failed", { reason: word("broken") });
  } catch (error) {
    if (error.name === "AbortError") say("cancelled");
    else fail(error, () => say("failed", { reason: word("broken") }));
  } finally {
    run = null;
    showRun();
    kept?.refresh();
  }
}

/** Shows which of the two buttons does something now; disabled, the one that was pressed would drop the focus. */
function showRun() {
  at("run").setAttribute("aria-disabled", Boolean(run));
  at("cancel").setAttribute("aria-disabled", !run);
}

/** How it shall be read. */
function wish() {
  const body = { strategy: at("strategy").value, cite: at("cite").checked, compare: at("compare").checked };
  if (at("task").value) body.task = at("task").value;
  if (body.strategy === "focus" && at("focus-pages").value) body.focus_pages = Number(at("focus-pages").value);
  if (body.strategy === "windowed" && at("window").value) body.window = Number(at("window").value);
  return body;
}

/** How it is said why an answer ended; all other reasons mean that it is whole. */
const endings = { length: "cut", content_filter: "filtered", thoughts: "onlyThoughts" };

const sayEnding = (data) => say(endings[data.finish_reason] ?? "done");

/** The numbers of an answer that is complete. */
function conclude(data) {
  showUsage(data.usage);
  showNotes(data.notes);
  answer.conclude(data);
  sayEnding(data);
}

/** The task, if any, and the question that a job's title names: "[qa] Who hides?". */
function order(title) {
  const [, task, question] = /^\[([^\]]+)\](?: ([^]*))?$/.exec(title) ?? [];
  return options.tasks.some(({ name }) => name === task) ? [task, question ?? ""] : ["", title];
}

/** Whether this page waits for a job; one that is read again has more attempts, and nobody waits. */
const waitsFor = (job) => job.id === asked && job.attempts === 1;

/** Shows an answer that was kept, and then its pages, which are drawn again. */
async function showJob(job) {
  if (run) return;
  preview?.abort();
  clearTimeout(timer);
  const [task, question] = order(job.question);
  at("task").value = task;
  at("question").value = question;
  describeTask();
  if (!job.result) {
    clearPages();
    answer.clear(false);
    return say("jobState", { state: word(`state_${job.state}`), reason: job.error?.message ?? "" });
  }
  gallery.show([], "");
  answer.showKept(job.result);
  showUsage(job.result.usage);
  showNotes(job.result.notes);
  sayEnding(job.result);
  const mine = preview = new AbortController();
  try {
    const { pictures } = await json(`/v1/jobs/${job.id}/pages`, undefined, mine.signal);
    if (run || mine !== preview) return;
    gallery.show(pictures, "allPages");
    answer.translate();
  } catch (error) {
    if (error.name !== "AbortError") showNotes([...job.result.notes, word("noPages", { reason: error.message })]);
  }
}

/** Shows an event; true if it is the last. */
function show(name, data) {
  switch (name) {
    case "pages":
      asked = data.job ?? "";
      showUsage(data.usage);
      showNotes(data.notes);
      gallery.show([], "allPages");
      say("reading", { count: number(data.usage.pages) });
      return false;
    case "picture":
      gallery.add(data);
      return false;
    case "queued": say("queued", data); return false;
    case "windows": say("windows", data); return false;
    case "retrying": say("retrying"); return false;
    case "focus": answer.focus(data); return false;
    case "reasoning": answer.addThought(data.text); return false;
    case "text":
      if (state[0] !== "answering") say("answering");
      answer.addText(data.text);
      return false;
    case "answered":
      conclude(data);
      say("comparing");
      return false;
    case "comparison": answer.addComparison(data.text); return false;
    case "done":
      conclude(data);
      return true;
    default:
      if (data.error) {
        say("failed", { reason: data.error.message });
        return true;
      }
      return false;
  }
}

// MARK: The token

function askForToken(fault) {
  say("tokenTitle");
  at("door-fault").textContent = fault;
  if (!at("door").open) at("door").showModal();
}

at("door-form").onsubmit = (event) => {
  const canBeSent = keepToken(at("token").value);
  at("token").value = "";
  if (canBeSent) return start();
  event.preventDefault();
  askForToken(word("tokenLetters"));
  at("token").focus();
};

// MARK: Start

const chosenTask = () => options.tasks.find(({ name }) => name === at("task").value);

function describeTask() {
  const task = chosenTask();
  at("task-note").textContent = task ? taskWord(task.name) ?? task.summary : "";
  at("focus-box").hidden = at("strategy").value !== "focus";
  at("window-box").hidden = at("strategy").value !== "windowed";
}

/** Greys out the tasks and strategies that a reader with a card does not take; other readers have no card. */
function offerWays(card) {
  for (const [id, names] of [["task", card?.tasks], ["strategy", card?.strategies]]) {
    // The empty choice is a question without a task.
    for (const option of at(id).options) option.disabled = option.value !== "" && names?.includes(option.value) === false;
  }
  if (at("strategy").selectedOptions[0].disabled) at("strategy").value = "auto";
  const auto = at("strategy").options[0];
  auto.dataset.word = card ? "strategyCard" : "strategyAuto";
  auto.textContent = word(auto.dataset.word);
  at("window").max = card?.window ?? 1000;
  at("window").placeholder = card?.window ?? 8;
}

async function start() {
  try {
    options = await json("/v1/options");
  } catch (error) {
    return fail(error);
  }
  look.offer(options);
  const none = new Option(word("noTask"), "");
  none.dataset.word = "noTask";
  at("task").replaceChildren(none, ...options.tasks.map(({ name }) => new Option(name, name)));
  offerWays(options.card);
  at("compare-box").hidden = !options.compares_with;
  if (!options.compares_with) at("compare").checked = false;
  describeTask();
  at("run").disabled = !options.can_ask;
  if (options.can_keep) {
    kept ??= new Kept({ look, changed, showJob, waitsFor, fail: failAside, takeBack });
    kept.start();
  }
  measure();
}

at("preset").addEventListener("change", () => kept?.choose(""));
for (const id of ["task", "strategy"]) at(id).addEventListener("change", describeTask);
at("text").addEventListener("input", changed);
translate();
start();
