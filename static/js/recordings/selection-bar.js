/**
 * What can be done with a selected span: export, protect, delete. Each is asked for by an event on the document that whoever offers the
 * dialog takes by `preventDefault()`: `nvr-export`, `nvr-protect`, `nvr-delete`, with `detail` {cameras, startMs, endMs, done}; `done`
 * is called when the footage has changed.
 *
 * @import { Span } from "../timeline/account.js"
 * @import { TimeWords } from "../timeline/time-words.js"
 */

import { lengthWords } from "../timeline/time-words.js";
import { hush } from "../toast.js";

/**
 * @typedef {object} SelectionHost
 * @property {() => TimeWords} words
 * @property {() => {slug: string, may: string[]}[]} cameras
 * @property {(selection: Span | null) => void} select
 * @property {() => void} changed footage was protected or deleted
 */

export class SelectionBar {
  #bar;
  #host;
  #inputs;
  #length;
  /** @type {Span | null} */
  #selection = null;

  /** @param {HTMLElement} bar @param {SelectionHost} host */
  constructor(bar, host) {
    this.#bar = bar;
    this.#host = host;
    this.#inputs = /** @type {HTMLInputElement[]} */ ([...bar.querySelectorAll('input[type="datetime-local"]')]);
    this.#length = /** @type {HTMLElement} */ (bar.querySelector("[data-length]"));
    for (const input of this.#inputs) input.addEventListener("change", () => this.#typed());
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (bar.querySelectorAll("[data-act]"))) {
      button.addEventListener("click", () => this.#act(button.dataset.act ?? ""));
    }
  }

  /** @param {Span | null} selection */
  show(selection) {
    if (selection && !this.#selection) hush(); // how to select was told where the bar's buttons come now
    this.#selection = selection;
    this.#bar.hidden = !selection;
    if (!selection) return;
    const { zone } = this.#host.words();
    const moments = [selection.startMs, selection.endMs];
    this.#inputs.forEach((input, at) => {
      input.value = new Date(zone.toWall(Math.round(moments[at] / 1000) * 1000)).toISOString().slice(0, 19);
    });
    this.#length.textContent = lengthWords(selection.endMs - selection.startMs);
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (
      this.#bar.querySelectorAll("[data-act][data-right]")
    )) {
      button.hidden = this.#allowed(button.dataset.right ?? "").length === 0;
    }
  }

  #typed() {
    const { zone } = this.#host.words();
    const [startMs, endMs] = this.#inputs.map((input) => zone.fromWall(Date.parse(`${input.value}Z`)));
    if (Number.isFinite(startMs) && Number.isFinite(endMs) && startMs < endMs) this.#host.select({ startMs, endMs });
    else this.show(this.#selection);
  }

  /** @param {string} right @returns {string[]} slugs of the cameras on which one has it */
  #allowed(right) {
    return this.#host
      .cameras()
      .filter(({ may }) => may.includes(right))
      .map(({ slug }) => slug);
  }

  /** @param {string} act */
  #act(act) {
    if (act === "clear" || !this.#selection) {
      this.#host.select(null);
      return;
    }
    const detail = {
      cameras: this.#allowed(act),
      startMs: Math.round(this.#selection.startMs),
      endMs: Math.round(this.#selection.endMs),
      done: () => this.#host.changed(),
    };
    document.dispatchEvent(new CustomEvent(`nvr-${act}`, { detail, cancelable: true }));
  }
}
