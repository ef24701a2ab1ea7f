// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import { json } from "./service.js";
import { moment, word } from "./words.js";

const at = (id) => document.getElementById(id);

/** What the service keeps: answers, which a click shows again, and templates of how pages look. */
export class Kept {
  #jobs = [];
  #templates = [];
  #timer = 0;
  /** Why the jobs could not be had; empty if they could, or if something else was done since. */
  #fault = "";
  /** How often the jobs were asked for: only the latest answer counts. */
  #asked = 0;
  /** What the history shows, by the job's id. */
  #entries = new Map();
  #page;

  /**
   * `page` has its `look`, `changed()`, `showJob(job)`, `waitsFor(job)`, `fail(error)`, and `takeBack()` for when what
   * failed has succeeded.
   */
  constructor(page) {
    this.#page = page;
    at("template").onchange = () => {
      this.choose(at("template").value);
      page.changed();
    };
    at("template-save").onclick = () => this.#try(() => this.#save());
    at("template-delete").onclick = () => this.#try(() => this.#forget());
    // Enter in the name's field saves; it must not ask the question.
    at("template-name").onkeydown = (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.#try(() => this.#save());
    };
  }

  async start() {
    for (const id of ["history-box", "template-box"]) at(id).hidden = false;
    await this.#try(async () => {
      await this.#loadTemplates();
      this.choose("");
    });
    await this.refresh();
  }

  /** Says everything again, in another language. */
  translate() {
    this.#show();
    this.#showTemplates();
  }

  async #try(work) {
    this.#fault = "";
    try {
      await work();
      this.#page.takeBack();
    } catch (error) {
      this.#page.fail(error);
    }
  }

  /** Deletes what may have been deleted elsewhere. */
  async #delete(path) {
    try {
      await json(path, undefined, undefined, "DELETE");
    } catch (error) {
      if (error.status !== 404) throw error;
    }
  }

  // MARK: Jobs

  /** Shows the jobs as they are now, and again soon while they change or cannot be had. */
  async refresh() {
    clearTimeout(this.#timer);
    const mine = ++this.#asked;
    let isOver = false;
    try {
      const jobs = (await json("/v1/jobs?limit=50")).data;
      if (mine !== this.#asked) return;
      this.#jobs = jobs;
      isOver = !this.#jobs.some(({ state }) => state === "queued" || state === "running");
      if (this.#fault) this.#page.takeBack();
      this.#fault = "";
      this.#show();
    } catch (error) {
      if (mine !== this.#asked) return;
      // Once there is a token, everything starts anew.
      isOver = error.status === 401;
      if (error.message !== this.#fault) this.#page.fail(error);
      this.#fault = error.message;
    }
    if (!isOver) this.#timer = setTimeout(() => this.refresh(), 2000);
  }

  /** Changes entries in place: a control that is taken out of the page, if only for a moment, loses the focus. */
  #show() {
    const list = at("history");
    at("history-empty").hidden = this.#jobs.length > 0;
    const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
    const ids = new Set(this.#jobs.map(({ id }) => id));
    for (const [id, { item }] of this.#entries) {
      if (ids.has(id)) continue;
      this.#entries.delete(id);
      item.remove();
    }
    for (const [index, job] of this.#jobs.entries()) {
      const entry = this.#entries.get(job.id) ?? this.#entry(job.id);
      if (list.children[index] !== entry.item) list.insertBefore(entry.item, list.children[index] ?? null);
      this.#fill(entry, job);
    }
    if (focused < 0 || list.contains(document.activeElement)) return;
    // The focused entry is gone: the one that stands there now has the focus, else the last, else the heading.
    const next = list.children[Math.min(focused, list.children.length - 1)];
    (next?.querySelector("button") ?? at("history-title")).focus();
  }

  /** The controls of a job's entry, which stay the same for as long as the job is kept. */
  #entry(id) {
    const item = document.createElement("li");
    const open = document.createElement("button");
    open.type = "button";
    open.className = "entry";
    const title = document.createElement("span");
    const facts = document.createElement("span");
    facts.className = "note";
    open.append(title, facts);
    open.onclick = () => this.#page.showJob(this.#jobs.find((job) => job.id === id));
    item.append(open);
    const path = `/v1/jobs/${id}`;
    const post = (verb) => json(`${path}/${verb}`, undefined, undefined, "POST");
    const act = (work) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.onclick = async () => {
        await this.#try(work);
        await this.refresh();
      };
      item.append(button);
      return button;
    };
    const acts = {
      resume: act(() => post("resume")), cancel: act(() => post("cancel")), forget: act(() => this.#delete(path)),
    };
    const entry = { item, open, title, facts, acts };
    this.#entries.set(id, entry);
    return entry;
  }

  #fill({ open, title, facts, acts }, job) {
    const progress = job.windows ? ` ${job.windows.done}/${job.windows.count}` : "";
    title.textContent = job.question;
    facts.textContent = [word(`state_${job.state}`) + progress, job.name, moment(job.created_at)].join(" · ");
    const isRunning = job.state === "running";
    const can = {
      resume: ["interrupted", "failed", "cancelled"].includes(job.state),
      // What is read for a client that waits ends with its connection, and is not cancelled otherwise.
      cancel: job.state === "queued" || (isRunning && !this.#page.waitsFor(job)),
      forget: !isRunning,
    };
    for (const [name, button] of Object.entries(acts)) {
      button.textContent = word(name);
      button.setAttribute("aria-label", `${word(name)}: ${job.question.slice(0, 60)}`);
      if (!can[name] && button === document.activeElement) open.focus();
      button.hidden = !can[name];
    }
  }

  // MARK: Templates

  async #loadTemplates(chosen = "") {
    this.#templates = (await json("/v1/templates")).data;
    this.#showTemplates(chosen);
  }

  #showTemplates(chosen = at("template").value) {
    const none = new Option(word("noTemplate"), "");
    at("template").replaceChildren(none, ...this.#templates.map(({ name }) => new Option(name, name)));
    at("template").value = this.#templates.some(({ name }) => name === chosen) ? chosen : "";
    this.#showDeletion();
  }

  /** Only a chosen template can be deleted. */
  #showDeletion() {
    const button = at("template-delete");
    // Disabled, it would drop the focus.
    if (!at("template").value && button === document.activeElement) at("template").focus();
    button.disabled = !at("template").value;
  }

  /** Takes the template of a name, or none. */
  choose(name) {
    const template = this.#templates.find((template) => template.name === name);
    at("template").value = template?.name ?? "";
    this.#showDeletion();
    if (!template) return this.#page.look.drop();
    at("template-name").value = template.name;
    this.#page.look.set(template.settings);
  }

  async #save() {
    const name = at("template-name").value.trim();
    // A browser would take dots for a folder.
    if (["", ".", ".."].includes(name)) {
      at("template-name").focus();
      throw new Error(word("templateNameless"));
    }
    await json(`/v1/templates/${encodeURIComponent(name)}`, this.#page.look.body(), undefined, "PUT");
    await this.#loadTemplates(name);
    this.choose(name);
  }

  async #forget() {
    await this.#delete(`/v1/templates/${encodeURIComponent(at("template").value)}`);
    await this.#loadTemplates();
    this.choose("");
    this.#page.changed();
  }
}
