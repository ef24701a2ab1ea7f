// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: Glyph contributors

import { refill } from "./gallery.js";
import { number, time, word } from "./words.js";

/** How it is said why a quotation has no place; all else is not in the document. */
const doubts = { "too short": "tooShort", "several places": "severalPlaces" };

const at = (id) => document.getElementById(id);

/** An answer as it comes: what it rests on, where it was read, and what a reader of text said. */
export class AnswerView {
  #gallery;
  /** What is known of the complete answer, to be said again in another language. */
  #answer = null;

  constructor(gallery) { this.#gallery = gallery; }

  clear(hasComparison) {
    this.#answer = null;
    at("answer-box").hidden = false;
    at("text-box").hidden = !hasComparison;
    for (const id of ["thinking", "sources", "comparison"]) at(id).hidden = true;
    for (const id of ["answer", "thoughts", "answer-place", "text-answer", "text-fault"]) at(id).textContent = "";
    for (const id of ["n-first", "n-total"]) at(id).textContent = "–";
  }

  addText(piece) { at("answer").append(piece); }

  addThought(piece) {
    at("thinking").hidden = false;
    at("thoughts").append(piece);
  }

  addComparison(piece) { at("text-answer").append(piece); }

  /** The pages that are read closely. */
  focus(focus) {
    at("answer-place").textContent = place({ focus });
    this.#gallery.mark([], focus.chosen === "all" ? [] : focus.pages);
  }

  /** Shows an answer that was kept. */
  showKept(answer) {
    this.clear(Boolean(answer.comparison));
    at("answer").textContent = answer.answer ?? "";
    if (answer.reasoning) this.addThought(answer.reasoning);
    at("text-answer").textContent = answer.comparison?.answer ?? "";
    this.conclude(answer);
  }

  /** The numbers of an answer that is complete, and what they mean. */
  conclude(answer) {
    this.#answer = answer;
    at("n-first").textContent = milliseconds(answer.first_token_milliseconds);
    at("n-total").textContent = time(answer.total_milliseconds);
    at("answer-place").textContent = place(answer);
    this.#showSources(answer.citations);
    const focus = answer.focus && answer.focus.chosen !== "all" ? answer.focus.pages : [];
    this.#gallery.mark((answer.citations ?? []).flatMap(({ boxes }) => boxes), focus);
    if (answer.comparison) this.#showComparison(answer);
  }

  translate() { if (this.#answer) this.conclude(this.#answer); }

  #showSources(citations) {
    at("sources").hidden = !citations;
    if (!citations) return;
    at("sources-empty").hidden = citations.length > 0;
    refill(at("citations"), citations.map((citation) => this.#source(citation)));
  }

  #source(citation) {
    const item = document.createElement("li");
    const quote = document.createElement("q");
    quote.textContent = citation.quote;
    const note = document.createElement("span");
    note.className = "note";
    note.classList.toggle("bad", !citation.verified);
    if (!citation.verified) note.textContent = word(doubts[citation.doubt] ?? "unverified");
    else note.textContent = citation.page ? word(citation.exact ? "onPage" : "alikeOnPage", { number: span(citation) }) : "";
    // The pages of an answer from the history come later, or cannot be drawn again.
    const canOpen = citation.page && this.#gallery.has(citation.page);
    const line = document.createElement(canOpen ? "button" : "div");
    line.className = "entry";
    line.append(quote, note);
    if (canOpen) {
      line.type = "button";
      line.onclick = () => this.#gallery.open(citation.page);
    }
    item.append(line);
    return item;
  }

  #showComparison({ comparison, ...pages }) {
    at("comparison").hidden = false;
    at("text-fault").textContent = comparison.error ? word("failed", { reason: comparison.error }) : "";
    at("text-reader").textContent = comparison.reader;
    const rows = [
      ["promptTokens", count(pages.prompt_tokens), count(comparison.prompt_tokens)],
      ["answerTokens", count(pages.completion_tokens), count(comparison.completion_tokens)],
      ["firstToken", milliseconds(pages.first_token_milliseconds), milliseconds(comparison.first_token_milliseconds)],
      ["total", time(pages.total_milliseconds), time(comparison.total_milliseconds)],
    ];
    at("comparison-rows").replaceChildren(...rows.map(([name, ...values]) => {
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = word(name);
      row.append(head, ...values.map((value) => {
        const cell = document.createElement("td");
        cell.textContent = value;
        return cell;
      }));
      return row;
    }));
  }
}

const count = (value) => value === undefined ? "–" : number(value);
const milliseconds = (value) => value === undefined ? "–" : time(value);

const span = ({ page, last_page: last }) => last > page ? `${page}–${last}` : page;

/** Where an answer was read, in words. */
function place({ windows, focus }) {
  if (focus && focus.chosen !== "all") return word("readClosely", { pages: focus.pages.join(", ") });
  if (focus) return word("readAll", { reason: focus.because ?? "" });
  if (windows?.joined) return word("joined", windows);
  const [first, last] = windows?.pages ?? [];
  const read = first ? [word("readOn", { pages: span({ page: first, last_page: last }) })] : [];
  return [...read, ...(windows?.unanswered ?? []).flatMap((item) => unanswered(item, Boolean(first)))].join("\n");
}

/** What was asked for and not found: its name where something else was, and the sentence that comes nearest. */
function unanswered({ question, nearest, pages }, isPart) {
  const named = isPart ? [word("unanswered", { question })] : [];
  if (!nearest) return named;
  return [...named, word("nearest", { pages: span({ page: pages[0], last_page: pages[1] }), nearest })];
}
