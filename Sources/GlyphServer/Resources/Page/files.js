// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import { base64 } from "./service.js";
import { number, word } from "./words.js";

const at = (id) => document.getElementById(id);

/** The document's files: what was dropped or chosen, with its content. */
export class Files {
  #files = [];
  /** Names of what was chosen last and could not be read. */
  #unread = [];
  #page;

  /** `page` has `changed()`, `say(name, values)`, and `limit()`: the bytes that all may have together in base64. */
  constructor(page) {
    this.#page = page;
    at("choose").onclick = () => at("picker").click();
    at("picker").onchange = () => {
      this.#take(at("picker").files);
      at("picker").value = "";
    };
    at("drop").ondragover = (event) => {
      event.preventDefault();
      at("drop").classList.add("over");
    };
    at("drop").ondragleave = () => at("drop").classList.remove("over");
    at("drop").ondrop = (event) => {
      if (!event.dataTransfer.files.length) return;
      event.preventDefault();
      at("drop").classList.remove("over");
      this.#take(event.dataTransfer.files);
    };
  }

  get isEmpty() { return this.#files.length === 0; }

  /** The files as a request has them. */
  list() { return this.#files.map(({ name, content }) => ({ name, content })); }

  clear() { this.#set([]); }

  draw() {
    at("files").replaceChildren(...this.#files.map((file, index) => this.#item(file, index)));
    at("files-fault").textContent = this.#unread.length ? word("unread", { names: this.#unread.join(", ") }) : "";
  }

  #item(file, index) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = `${file.name} – ${number(Math.ceil(file.size / 1000))} kB`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "quiet";
    remove.textContent = "×";
    remove.setAttribute("aria-label", word("remove", { name: file.name }));
    remove.onclick = () => {
      this.#set(this.#files.toSpliced(index, 1));
      // The button is gone: the next file's has the focus, else the last's.
      (at("files").children[Math.min(index, this.#files.length - 1)]?.querySelector("button") ?? at("choose")).focus();
    };
    item.append(name, remove);
    return item;
  }

  #set(files, unread = []) {
    [this.#files, this.#unread] = [files, unread];
    this.draw();
    this.#page.changed();
  }

  async #take(list) {
    const added = [...list];
    const sum = [...this.#files, ...added].reduce((total, file) => total + file.size, 0);
    if (sum * 4 / 3 > this.#page.limit()) return this.#page.say("failed", { reason: word("tooLarge") });
    const [read, unread] = [[], []];
    for (const file of added) {
      try {
        read.push({ name: file.name, size: file.size, content: await base64(file) });
      } catch {
        // A folder, or a file that is gone or may not be opened.
        unread.push(file.name);
      }
    }
    // Of those before, some may be gone by now.
    this.#set([...this.#files, ...read], unread);
  }
}
