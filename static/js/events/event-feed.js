/**
 * News of events as they begin, go on and end. The news says which one; the API then says all of it, so that a storm of news asks once.
 *
 * Fires `event` (detail: the NvrEvent), `gone` (detail: its id), and `missed` when there may have been news that nobody heard.
 *
 * @import { CameraEvents } from "../events.js"
 */

import { parseEvent } from "./event.js";

const GATHER_MS = 250;
/** From so many at once on, one page of all of them is cheaper. */
const MANY = 12;

export class EventFeed extends EventTarget {
  #fetch;
  /** @type {Set<number>} */
  #wanted = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #wasOpen = false;

  /**
   * @param {CameraEvents | EventTarget} news
   * @param {(path: string) => Promise<any>} fetch the API's answer; rejects with an error that has the `status`
   */
  constructor(news, fetch) {
    super();
    this.#fetch = fetch;
    news.addEventListener("open", () => {
      if (this.#wasOpen) this.dispatchEvent(new Event("missed"));
      this.#wasOpen = true;
    });
    news.addEventListener("event", (event) => this.#heard(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {any} message */
  #heard(message) {
    if (message.type !== "event" || !Number.isInteger(message.id)) return;
    this.#wanted.add(message.id);
    this.#timer ??= setTimeout(() => this.#ask(), GATHER_MS);
  }

  async #ask() {
    this.#timer = undefined;
    const ids = [...this.#wanted];
    this.#wanted.clear();
    if (ids.length > MANY) this.dispatchEvent(new Event("missed"));
    else await Promise.all(ids.map((id) => this.#askOne(id)));
  }

  /** @param {number} id */
  async #askOne(id) {
    try {
      const event = parseEvent(await this.#fetch(`events/${id}/`));
      this.dispatchEvent(new CustomEvent("event", { detail: event }));
    } catch (error) {
      // Not there any more, or of a camera that one may view, and not look into the past of.
      const status = /** @type {any} */ (error)?.status;
      if (status === 404 || status === 403) this.dispatchEvent(new CustomEvent("gone", { detail: id }));
    }
  }
}
