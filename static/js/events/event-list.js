/**
 * The events that a page knows: those of the API's pages and those that came live, each once, newest first. Pure.
 *
 * What comes live while somebody reads further down is held back until they ask for it, so that nothing moves under their hands.
 *
 * @import { NvrEvent } from "./event.js"
 */

import { newestFirst } from "./event.js";

export class EventList {
  /** @type {Map<number, NvrEvent>} */
  #shown = new Map();
  /** @type {Map<number, NvrEvent>} */
  #held = new Map();
  /** @type {NvrEvent[] | null} sorted, until something is added */
  #sorted = null;

  /** Newest first. @returns {readonly NvrEvent[]} */
  get events() {
    this.#sorted ??= [...this.#shown.values()].sort(newestFirst);
    return this.#sorted;
  }

  /** How many wait to be shown. */
  get heldCount() {
    return this.#held.size;
  }

  /** @param {number} id */
  get(id) {
    return this.#shown.get(id) ?? this.#held.get(id);
  }

  /** @param {number} id */
  isShown(id) {
    return this.#shown.has(id);
  }

  /** A page of the API's: what was held back of it is not any more. @param {NvrEvent[]} events */
  add(events) {
    for (const event of events) {
      this.#held.delete(event.id);
      this.#shown.set(event.id, event);
    }
    this.#sorted = null;
  }

  /**
   * One that came live, or has changed.
   *
   * @param {NvrEvent} event @param {{holdsBack: boolean}} options whether a new one waits
   * @returns {"changed" | "added" | "held"}
   */
  put(event, { holdsBack }) {
    if (this.#shown.has(event.id)) {
      this.add([event]);
      return "changed";
    }
    if (holdsBack) {
      this.#held.set(event.id, event);
      return "held";
    }
    this.add([event]);
    return "added";
  }

  /** Shows what was held back. @returns {number} how many */
  release() {
    const held = [...this.#held.values()];
    this.add(held);
    return held.length;
  }

  /** @param {number} id @returns {boolean} whether it was there */
  drop(id) {
    this.#sorted = null;
    const wasHeld = this.#held.delete(id);
    return this.#shown.delete(id) || wasHeld;
  }

  /** Keeps what satisfies; tells what went. @param {(event: NvrEvent) => boolean} isKept @returns {NvrEvent[]} */
  keepOnly(isKept) {
    const gone = [...this.#shown.values(), ...this.#held.values()].filter((event) => !isKept(event));
    for (const { id } of gone) this.drop(id);
    return gone;
  }

  clear() {
    this.#shown.clear();
    this.#held.clear();
    this.#sorted = null;
  }

  /** The one after it in the list, or before it. @param {number} id @param {1 | -1} step 1 is older */
  beside(id, step) {
    const { events } = this;
    const at = events.findIndex((event) => event.id === id);
    return at < 0 ? undefined : events[at + step];
  }
}
