/**
 * One search, stretch after stretch, from the newest on. Fires `progress` after each, and `end` when it is over, was stopped, or failed.
 *
 * @import { Searched, Stretch } from "./stretches.js"
 */

import { parseSearched, searchedMs, stretchesOf } from "./stretches.js";

export class SearchRun extends EventTarget {
  /** @type {Searched[]} newest first */
  parts = [];
  /** Where there is footage at all; null as long as that is not known. @type {Stretch[] | null} */
  footage = null;
  /** Why it ended early; empty when it did not. */
  trouble = "";
  #span;
  #fetch;
  #fetchFootage;
  #isStopped = false;

  /**
   * @param {Stretch} span
   * @param {(stretch: Stretch) => Promise<any>} fetch the API's answer for a stretch
   * @param {(span: Stretch) => Promise<Stretch[]>} fetchFootage
   */
  constructor(span, fetch, fetchFootage) {
    super();
    this.#span = span;
    this.#fetch = fetch;
    this.#fetchFootage = fetchFootage;
  }

  get span() {
    return this.#span;
  }

  /** 0 to 1 */
  get progress() {
    return Math.min(1, searchedMs(this.parts) / (this.#span.endMs - this.#span.startMs));
  }

  get isStopped() {
    return this.#isStopped;
  }

  stop() {
    this.#isStopped = true;
  }

  async run() {
    const footage = this.#fetchFootage(this.#span).catch(() => null);
    const left = stretchesOf(this.#span.startMs, this.#span.endMs);
    for (let stretch = left.shift(); stretch && !this.#isStopped; stretch = left.shift()) {
      try {
        const part = parseSearched(await this.#fetch(stretch), stretch);
        this.footage ??= await footage;
        if (this.#isStopped) break;
        this.parts.push(part);
        // The server does what it can in its time, and leaves the older part.
        if (part.startMs > stretch.startMs) left.unshift({ startMs: stretch.startMs, endMs: part.startMs });
      } catch (error) {
        this.trouble = error instanceof Error ? error.message : String(error);
        break;
      }
      this.dispatchEvent(new Event("progress"));
    }
    this.dispatchEvent(new Event("end"));
  }
}
