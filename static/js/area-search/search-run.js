/**
 * One search, stretch after stretch. Fires `progress` after each and `end` when it is over, was stopped, or failed.
 *
 * @import { Searched } from "./stretches.js"
 */

import { parseSearched, stretchesOf } from "./stretches.js";

export class SearchRun extends EventTarget {
  /** @type {Searched[]} newest first */
  parts = [];
  /** Why it ended early; empty when it did not. */
  trouble = "";
  #fetch;
  #span;
  #stretches;
  #isStopped = false;

  /**
   * @param {{startMs: number, endMs: number}} span
   * @param {(start: number, end: number) => Promise<any>} fetch the API's answer for a stretch
   */
  constructor(span, fetch) {
    super();
    this.#span = span;
    this.#fetch = fetch;
    this.#stretches = stretchesOf(span.startMs, span.endMs);
  }

  get span() {
    return this.#span;
  }

  /** 0 to 1 */
  get progress() {
    return this.#stretches.length ? this.parts.length / this.#stretches.length : 1;
  }

  get isStopped() {
    return this.#isStopped;
  }

  stop() {
    this.#isStopped = true;
  }

  async run() {
    for (const stretch of this.#stretches) {
      try {
        const answer = await this.#fetch(stretch.startMs, stretch.endMs);
        if (this.#isStopped) break;
        this.parts.push(parseSearched(answer, stretch));
      } catch (error) {
        this.trouble = error instanceof Error ? error.message : String(error);
        break;
      }
      this.dispatchEvent(new Event("progress"));
    }
    this.dispatchEvent(new Event("end"));
  }
}
