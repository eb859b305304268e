/**
 * In which time to search: the last hour, day, week or month, or from when to when.
 *
 * @import { TimeWords } from "../timeline/time-words.js"
 */

import { LONGEST_MS, lastOf } from "./place.js";

/** @typedef {{last: string, startMs: number, endMs: number}} Choice */

export class SpanChoice {
  /** @type {Choice} */
  #choice;
  #buttons;
  #inputs;
  #trouble;
  #host;

  /**
   * @param {HTMLElement} root with buttons `[data-last]`, two inputs and `.form-error`
   * @param {{words: () => TimeWords, now: () => number, changed: () => void}} host
   * @param {Choice} choice
   */
  constructor(root, host, choice) {
    this.#host = host;
    this.#choice = choice;
    this.#buttons = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-last]")]);
    this.#inputs = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll('input[type="datetime-local"]')]);
    this.#trouble = /** @type {HTMLElement} */ (root.querySelector(".form-error"));
    for (const button of this.#buttons) {
      button.addEventListener("click", () => {
        this.choice = lastOf(button.dataset.last ?? "day", host.now());
        host.changed();
      });
    }
    for (const input of this.#inputs) input.addEventListener("change", () => this.#typed());
    this.show();
  }

  /** As it is now: "the last day" ends at the present. @returns {Choice} */
  get choice() {
    return this.#choice.last ? lastOf(this.#choice.last, this.#host.now()) : this.#choice;
  }

  set choice(choice) {
    this.#choice = choice;
    this.show();
  }

  show() {
    const { zone } = this.#host.words();
    const { last, startMs, endMs } = this.#choice;
    for (const button of this.#buttons) button.setAttribute("aria-pressed", String(button.dataset.last === last));
    [startMs, endMs].forEach((atMs, at) => {
      this.#inputs[at].value = new Date(zone.toWall(Math.round(atMs / 1_000) * 1_000)).toISOString().slice(0, 16);
    });
    this.#complain("");
  }

  #typed() {
    const { zone } = this.#host.words();
    const [startMs, endMs] = this.#inputs.map((input) => zone.fromWall(Date.parse(`${input.value}Z`)));
    if (!Number.isFinite(startMs) || !Number.isFinite(endMs)) this.#complain("Give both a date and a time.");
    else if (startMs >= endMs) this.#complain("The end must come after the start.");
    else if (startMs >= this.#host.now()) this.#complain("That is still to come.");
    else if (endMs - startMs > LONGEST_MS) this.#complain("At most 92 days at once.");
    else {
      this.#choice = { last: "", startMs, endMs: Math.min(endMs, Math.ceil(this.#host.now())) };
      for (const button of this.#buttons) button.setAttribute("aria-pressed", "false");
      this.#complain("");
      this.#host.changed();
    }
  }

  /** @param {string} text */
  #complain(text) {
    this.#trouble.textContent = text;
    this.#trouble.hidden = !text;
    for (const input of this.#inputs) input.toggleAttribute("aria-invalid", text !== "");
  }
}
