/**
 * The API's pages of events, one after the other. What is on its way when something else is asked for is forgotten.
 *
 * @import { NvrEvent } from "./event.js"
 */

import { parseEvent } from "./event.js";

export class EventPages {
  /** The complaint of the last answer, empty when it was fine. */
  trouble = "";
  #fetch;
  #path = "";
  /** @type {string | null} */
  #next = null;
  #isLoading = false;
  #age = 0;

  /** @param {(path: string) => Promise<any>} fetch the API's answer; rejects with an Error in words */
  constructor(fetch) {
    this.#fetch = fetch;
  }

  get isLoading() {
    return this.#isLoading;
  }

  get hasMore() {
    return this.#next !== null;
  }

  /** Begins anew. @param {URLSearchParams} query @returns {Promise<NvrEvent[] | null>} null when it failed, or was overtaken */
  async start(query) {
    this.#age += 1;
    this.#path = `events/?${query}`;
    this.#next = this.#path;
    this.#isLoading = false;
    this.trouble = "";
    return this.more();
  }

  /** The next page, or the one that failed once more. @returns {Promise<NvrEvent[] | null>} */
  async more() {
    if (this.#isLoading || this.#next === null) return null;
    const age = this.#age;
    this.#isLoading = true;
    const answer = await this.#ask(this.#next, age);
    if (age !== this.#age) return null;
    this.#isLoading = false;
    if (!answer) return null;
    this.#next = pathOf(answer.next);
    return answer.results.map(parseEvent);
  }

  /**
   * The first page once more, for what was missed.
   *
   * @returns {Promise<{events: NvrEvent[], isAll: boolean} | null>} `isAll`: there is no older one
   */
  async newest() {
    const age = this.#age;
    const answer = await this.#fetch(this.#path).catch(() => null);
    if (!answer || age !== this.#age) return null;
    return { events: answer.results.map(parseEvent), isAll: answer.next === null };
  }

  /** @param {string} path @param {number} age */
  async #ask(path, age) {
    try {
      const answer = await this.#fetch(path);
      if (age === this.#age) this.trouble = "";
      return answer;
    } catch (error) {
      if (age === this.#age) this.trouble = error instanceof Error ? error.message : String(error);
      return null;
    }
  }
}

/** Without its host, which a proxy in between may call by another name. @param {string | null} url */
function pathOf(url) {
  if (!url) return null;
  const { pathname, search } = new URL(url, "http://localhost");
  return pathname + search;
}
