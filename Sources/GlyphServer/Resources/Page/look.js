// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import { presetWord, word } from "./words.js";

const at = (id) => document.getElementById(id);

/** How pages shall look: as the chosen template says, but for fields of the form that were changed since. */
export class Look {
  #fields = document.querySelectorAll("#preset, #reader, #budget, [data-key]");
  #presets = [];
  /** The preset and the reader where nobody chooses. */
  #defaults = {};
  /** What the reader takes, if it has a card: its `preset`, `window` pages at a time, and keys of `render` over it. */
  #card = null;
  /** What the chosen template sets, shown in the form or not. */
  #template = {};
  /** What the form's fields showed of the template. */
  #shown = new Map();

  /** `changed()` is called for every edit. */
  constructor(changed) {
    for (const field of this.#fields) field.addEventListener("input", changed);
    at("preset").addEventListener("change", () => this.describe());
  }

  /** Fills the fields with what the service has to choose from. */
  offer({ presets, preset, readers, reader, card = null }) {
    [this.#presets, this.#defaults, this.#card] = [presets, { preset, reader }, card];
    fill(at("preset"), presets, preset);
    for (const option of at("preset").options) option.disabled = card !== null && option.value !== card.preset;
    fill(at("reader"), readers, reader);
    this.describe();
  }

  /** The settings as a request or a template has them. */
  body() {
    const body = { ...this.#template, render: { ...this.#template.render } };
    for (const field of this.#fields) {
      if (field.value === this.#shown.get(field)) continue;
      const [place, key] = field.dataset.key ? [body.render, field.dataset.key] : [body, field.id];
      const value = field.value.trim();
      if (value) place[key] = field.type === "number" ? Number(value) : value;
      else delete place[key];
    }
    return body;
  }

  /** Sets the fields to what a template says. */
  set(template) {
    [this.#template, this.#shown] = [template, new Map()];
    const values = { ...this.#defaults, ...template, ...template.render };
    for (const field of this.#fields) {
      field.value = values[field.dataset.key ?? field.id] ?? "";
      this.#shown.set(field, field.value);
    }
    this.describe();
  }

  /** Forgets the template and empties the fields that still show what it says. */
  drop() {
    for (const [field, value] of this.#shown) if (field.value === value) field.value = this.#defaults[field.id] ?? "";
    [this.#template, this.#shown] = [{}, new Map()];
    this.describe();
  }

  /** Says what the chosen preset is for, and what the reader takes. */
  describe() {
    const preset = this.#presets.find(({ name }) => name === at("preset").value);
    at("preset-note").textContent = preset ? presetWord(preset.name) ?? preset.summary : "";
    at("card-note").hidden = !this.#card;
    at("card-note").textContent = this.#card ? word("card", this.#card) : "";
    // What a template filled can still be emptied.
    for (const field of this.#fields) field.disabled = !this.#takes(field) && field.value === "";
  }

  #takes(field) {
    if (!this.#card || field.matches("#preset, #reader")) return true;
    return this.#card.render.includes(field.dataset.key);
  }
}

function fill(select, choices, chosen) {
  select.replaceChildren(...choices.map(({ name }) => new Option(name, name, name === chosen, name === chosen)));
}
