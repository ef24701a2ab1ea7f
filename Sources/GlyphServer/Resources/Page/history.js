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
  #page;

  /**
   * `page` has its `look`, `changed()`, `showJob(job)`, `fail(error)`, and `takeBack()` for when what failed has
   * succeeded.
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
    let isOver = false;
    try {
      this.#jobs = (await json("/v1/jobs?limit=50")).data;
      isOver = !this.#jobs.some(({ state }) => state === "queued" || state === "running");
      if (this.#fault) this.#page.takeBack();
      this.#fault = "";
      this.#show();
    } catch (error) {
      // Once there is a token, everything starts anew.
      isOver = error.status === 401;
      if (error.message !== this.#fault) this.#page.fail(error);
      this.#fault = error.message;
    }
    if (!isOver) this.#timer = setTimeout(() => this.refresh(), 2000);
  }

  #show() {
    at("history-empty").hidden = this.#jobs.length > 0;
    at("history").replaceChildren(...this.#jobs.map((job) => this.#item(job)));
  }

  #item(job) {
    const item = document.createElement("li");
    const open = document.createElement("button");
    open.type = "button";
    open.className = "entry";
    const title = document.createElement("span");
    title.textContent = job.question;
    const facts = document.createElement("span");
    facts.className = "note";
    const progress = job.windows ? ` ${job.windows.done}/${job.windows.count}` : "";
    facts.textContent = [word(`state_${job.state}`) + progress, job.name, moment(job.created_at)].join(" · ");
    open.append(title, facts);
    open.onclick = () => this.#page.showJob(job);
    item.append(open);
    const act = (name, work) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = word(name);
      button.setAttribute("aria-label", `${word(name)}: ${job.question.slice(0, 60)}`);
      button.onclick = async () => {
        await this.#try(work);
        await this.refresh();
      };
      item.append(button);
    };
    const path = `/v1/jobs/${job.id}`;
    const post = (verb) => json(`${path}/${verb}`, undefined, undefined, "POST");
    if (["interrupted", "failed", "cancelled"].includes(job.state)) act("resume", () => post("resume"));
    if (job.state === "queued") act("cancel", () => post("cancel"));
    if (job.state !== "running") act("forget", () => this.#delete(path));
    return item;
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
    at("template-delete").disabled = !at("template").value;
  }

  /** Takes the template of a name, or none. */
  choose(name) {
    const template = this.#templates.find((template) => template.name === name);
    at("template").value = template?.name ?? "";
    at("template-delete").disabled = !template;
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
