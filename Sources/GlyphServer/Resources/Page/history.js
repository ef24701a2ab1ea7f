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
  #page;

  /** `page` has `look()`, `setLook(settings)`, `showJob(job)` and `fail(error)`. */
  constructor(page) {
    this.#page = page;
    at("template").onchange = () => this.#choose();
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
      await this.refresh();
    });
  }

  /** Says everything again, in another language. */
  translate() {
    this.#show();
    this.#showTemplates();
  }

  async #try(work) {
    try { await work(); } catch (error) { this.#page.fail(error); }
  }

  // MARK: Jobs

  async refresh() {
    clearTimeout(this.#timer);
    this.#jobs = (await json("/v1/jobs?limit=50")).data;
    this.#show();
    if (this.#jobs.some(({ state }) => state === "queued" || state === "running")) {
      this.#timer = setTimeout(() => this.#try(() => this.refresh()), 2000);
    }
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
    const act = (name, path, method) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = word(name);
      button.setAttribute("aria-label", `${word(name)}: ${job.question.slice(0, 60)}`);
      button.onclick = () => this.#try(async () => {
        await json(path, undefined, undefined, method);
        await this.refresh();
      });
      item.append(button);
    };
    if (["interrupted", "failed", "cancelled"].includes(job.state)) act("resume", `/v1/jobs/${job.id}/resume`, "POST");
    if (job.state === "queued") act("cancel", `/v1/jobs/${job.id}/cancel`, "POST");
    if (job.state !== "running") act("forget", `/v1/jobs/${job.id}`, "DELETE");
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

  #choose() {
    const template = this.#templates.find(({ name }) => name === at("template").value);
    at("template-delete").disabled = !template;
    if (!template) return;
    at("template-name").value = template.name;
    this.#page.setLook(template.settings);
  }

  async #save() {
    const name = at("template-name").value.trim();
    if (!name) return at("template-name").focus();
    await json(`/v1/templates/${encodeURIComponent(name)}`, this.#page.look(), undefined, "PUT");
    await this.#loadTemplates(name);
  }

  async #forget() {
    await json(`/v1/templates/${encodeURIComponent(at("template").value)}`, undefined, undefined, "DELETE");
    await this.#loadTemplates();
  }
}
