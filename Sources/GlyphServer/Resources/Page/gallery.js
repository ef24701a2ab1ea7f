// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import { word } from "./words.js";

const at = (id) => document.getElementById(id);

/** Puts new items into a list; the focus stays on the item of the number that had it. */
export function refill(list, items) {
  const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
  list.replaceChildren(...items);
  list.children[focused]?.querySelector("button")?.focus({ preventScroll: true });
}

/** The pages as pictures, with the lines that an answer rests on, and a closer look at one of them. */
export class Gallery {
  #pictures = [];
  /** Lines to mark: `{ page, x, y, width, height }` in pixels of the page. */
  #boxes = [];
  /** Numbers of the pages that were read closely. */
  #close = [];
  #note = ["", {}];
  #viewed = 0;

  constructor() {
    at("previous").onclick = () => this.#view(this.#viewed - 1);
    at("next").onclick = () => this.#view(this.#viewed + 1);
    at("close").onclick = () => at("viewer").close();
    // The browser puts the focus back where it was, unless that was drawn anew meanwhile.
    at("viewer").onclose = () => {
      const focused = document.activeElement;
      if (focused !== document.body && !at("viewer").contains(focused)) return;
      at("gallery").children[this.#viewed]?.querySelector("button").focus();
    };
    at("viewer").onkeydown = (event) => {
      if (event.key === "ArrowLeft") this.#view(this.#viewed - 1);
      if (event.key === "ArrowRight") this.#view(this.#viewed + 1);
    };
  }

  /** Shows pages under a note; an empty note hides the gallery. */
  show(pictures, note, values = {}) {
    [this.#pictures, this.#boxes, this.#close, this.#note] = [pictures, [], [], [note, values]];
    this.draw();
  }

  add(picture) {
    this.#pictures.push(picture);
    at("gallery").append(this.#thumbnail(picture, this.#pictures.length - 1));
  }

  /** Marks lines, and pages that were read closely. */
  mark(boxes, close) {
    [this.#boxes, this.#close] = [boxes, close];
    this.draw();
  }

  has(number) { return this.#pictures.some((picture) => picture.number === number); }

  /** Opens the page of a number, at its first marked line. */
  open(number) { this.#view(this.#pictures.findIndex((picture) => picture.number === number)); }

  draw() {
    const [note, values] = this.#note;
    at("gallery-note").textContent = note ? word(note, values) : "";
    at("gallery-box").hidden = !note;
    at("gallery").classList.toggle("single", note === "preview");
    refill(at("gallery"), this.#pictures.map((picture, index) => this.#thumbnail(picture, index)));
  }

  #thumbnail(picture, index) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    const frame = document.createElement("div");
    frame.className = "frame";
    const image = document.createElement("img");
    Object.assign(image, { src: source(picture), width: picture.width, height: picture.height, loading: "lazy" });
    const isClose = this.#close.includes(picture.number);
    const name = word(isClose ? "closePage" : "page", { number: picture.number });
    image.alt = name;
    frame.append(image, ...this.#marks(picture));
    const label = document.createElement("span");
    label.textContent = name;
    label.setAttribute("aria-hidden", "true");
    button.append(frame, label);
    button.classList.toggle("chosen", isClose);
    button.onclick = () => this.#view(index);
    item.append(button);
    return item;
  }

  #marks(picture) {
    return this.#boxes.filter(({ page }) => page === picture.number).map(({ x, y, width, height }) => {
      const mark = document.createElement("div");
      mark.className = "mark";
      const percent = (part, whole) => `${100 * part / whole}%`;
      Object.assign(mark.style, {
        left: percent(x, picture.width), top: percent(y, picture.height),
        width: percent(width, picture.width), height: percent(height, picture.height),
      });
      return mark;
    });
  }

  #view(index) {
    if (index < 0 || index >= this.#pictures.length) return;
    this.#viewed = index;
    const picture = this.#pictures[index];
    const name = word("page", { number: picture.number });
    at("viewer-title").textContent = `${name} – ${picture.width}\u00A0×\u00A0${picture.height}`;
    Object.assign(at("sheet"), { src: source(picture), width: picture.width, height: picture.height, alt: name });
    at("marks").replaceChildren(...this.#marks(picture));
    // Disabled, a button would drop the focus, and the arrow keys with it.
    at("previous").setAttribute("aria-disabled", index === 0);
    at("next").setAttribute("aria-disabled", index === this.#pictures.length - 1);
    if (!at("viewer").open) {
      at("viewer").showModal();
      ["next", "previous", "close"].map(at).find((button) => button.ariaDisabled !== "true").focus();
    }
    at("marks").firstElementChild?.scrollIntoView({ block: "center", inline: "nearest" });
  }
}

const source = (picture) => `data:image/png;base64,${picture.png}`;
