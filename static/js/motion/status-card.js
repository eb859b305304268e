/** Whether motion is looked for, by whom it can be switched, and what the detector is at. */

import { statusWords } from "./status-words.js";

export class StatusCard {
  #switch;
  #words;
  #more;

  /** @param {HTMLElement} host @param {(isOn: boolean) => Promise<void>} change */
  constructor(host, change) {
    this.#switch = /** @type {HTMLInputElement} */ (host.querySelector("[role=switch]"));
    this.#words = /** @type {HTMLElement} */ (host.querySelector("#status-words"));
    this.#more = /** @type {HTMLElement} */ (host.querySelector(".status-more"));
    this.#switch.addEventListener("change", async () => {
      this.#switch.disabled = true;
      await change(this.#switch.checked);
      this.#switch.focus();
    });
  }

  /** @param {any} answer of the API */
  show(answer) {
    this.#switch.checked = answer.is_on || answer.is_needed;
    this.#switch.disabled = answer.is_needed;
    const { state, text, more } = statusWords(answer, new Date());
    if (this.#words.textContent !== text) this.#words.textContent = text;
    this.#words.parentElement?.setAttribute("data-state", state);
    this.#more.replaceChildren(
      ...more.map((line) => {
        const item = document.createElement("li");
        item.textContent = line;
        return item;
      }),
    );
  }
}
