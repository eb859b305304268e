/**
 * Shows on the tiles where something moves now: quietly, a dot beside the name and a thin frame.
 *
 * @import { CameraEvents } from "../events.js"
 * @import { Wall } from "./wall.js"
 */

import { call } from "../api.js";
import { parseEvent } from "../events/event.js";
import { MovingNow } from "./moving-now.js";

const LOOK_EVERY_MS = 60_000;

/** @param {Wall} wall @param {CameraEvents} events */
export function markMotion(wall, events) {
  const moving = new MovingNow(() => performance.now());
  moving.addEventListener("change", (event) => {
    const slug = /** @type {CustomEvent} */ (event).detail;
    wall.find(slug)?.setMoving(moving.isMoving(slug));
  });
  events.addEventListener("event", (event) => moving.hear(/** @type {CustomEvent} */ (event).detail));
  // What began before one looked, or unheard. Who may not look into the past goes by the news alone.
  events.addEventListener("open", async () => {
    const answer = await call("events/?kind=motion").catch(() => null);
    if (answer) moving.know(answer.results.map(parseEvent));
  });
  setInterval(() => moving.forgetStale(), LOOK_EVERY_MS);
}
