/**
 * Marking events as reviewed, and taking it back. Shown at once; if the server refuses, it is taken back and said.
 *
 * @import { NvrEvent } from "./event.js"
 */

/** So many at once are asked of the API. */
const AT_ONCE = 200;

/**
 * @typedef {object} ReviewHost
 * @property {(path: string, options: {method: string, body: unknown}) => Promise<any>} call the API
 * @property {(events: NvrEvent[]) => void} changed to be shown
 * @property {(text: string) => void} complain
 */

export class Reviewing {
  #host;

  /** @param {ReviewHost} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * @param {readonly NvrEvent[]} events @param {boolean} isReviewed
   * @returns {Promise<NvrEvent[]>} those that it changed
   */
  async mark(events, isReviewed) {
    const before = events.filter((event) => event.isReviewed !== isReviewed);
    if (!before.length) return [];
    this.#host.changed(before.map((event) => ({ ...event, isReviewed, reviewedBy: "", reviewedAtMs: null })));
    /** @type {NvrEvent[]} */
    const done = [];
    try {
      for (let at = 0; at < before.length; at += AT_ONCE) {
        const part = before.slice(at, at + AT_ONCE);
        await this.#send(part, isReviewed);
        done.push(...part);
      }
    } catch (error) {
      this.#host.changed(before.slice(done.length));
      this.#host.complain(error instanceof Error ? error.message : String(error));
    }
    if (done.length) document.dispatchEvent(new Event("nvr-reviewed"));
    return done;
  }

  /** @param {NvrEvent[]} events @param {boolean} isReviewed */
  async #send(events, isReviewed) {
    if (events.length === 1) {
      await this.#host.call(`events/${events[0].id}/`, { method: "PATCH", body: { reviewed: isReviewed } });
    } else {
      const body = { ids: events.map(({ id }) => id), reviewed: isReviewed };
      // False: the time of one request did not suffice.
      for (let isComplete = false; !isComplete; )
        isComplete = (await this.#host.call("events/review/", { method: "POST", body })).is_complete !== false;
    }
  }
}
