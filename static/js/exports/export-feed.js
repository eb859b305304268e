/**
 * News of one's exports: `progress` (detail: the server's message) as it comes, `refresh` when the lists may have missed something: after
 * the connection came back, and every few seconds while it is away.
 */

import { CameraEvents } from "../events.js";

const WITHOUT_EVENTS_MS = 3_000;

export class ExportFeed extends EventTarget {
  events;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /** @param {CameraEvents} [events] a connection of its own when left out */
  constructor(events = new CameraEvents()) {
    super();
    this.events = events;
  }

  open() {
    const refresh = () => this.dispatchEvent(new Event("refresh"));
    this.events.addEventListener("open", () => {
      clearInterval(this.#timer);
      this.#timer = undefined;
      refresh();
    });
    this.events.addEventListener("lost", () => {
      this.#timer ??= setInterval(refresh, WITHOUT_EVENTS_MS);
    });
    this.events.addEventListener("event", (event) => {
      const message = /** @type {CustomEvent} */ (event).detail;
      if (message.type === "export.progress") this.dispatchEvent(new CustomEvent("progress", { detail: message }));
    });
    this.events.open();
  }

  close() {
    clearInterval(this.#timer);
    this.events.close();
  }
}
