/** Keeps the wall in step with the server: states, cameras that come and go. */

import { call, list } from "../api.js";
import { summary } from "../words.js";

const WORDS_EVERY_MS = 30_000;

/**
 * @param {import("./wall.js").Wall} wall
 * @param {import("./enlarge.js").Enlarger} enlarger
 * @param {import("../events.js").CameraEvents} events
 */
export function keepInStep(wall, enlarger, events) {
  const refresh = () => showSummary(wall);
  events.addEventListener("open", () => synchronise(wall, enlarger).then(refresh, () => undefined));
  events.addEventListener("event", (event) =>
    apply(/** @type {CustomEvent} */ (event).detail, wall, enlarger).then(refresh, () => undefined),
  );
  setInterval(() => {
    for (const tile of wall.tiles) tile.refreshWords();
  }, WORDS_EVERY_MS);
  refresh();
}

/** What may have happened unheard. @param {import("./wall.js").Wall} wall @param {import("./enlarge.js").Enlarger} enlarger */
async function synchronise(wall, enlarger) {
  const cameras = await list("cameras/");
  const slugs = new Set(cameras.map((camera) => camera.slug));
  for (const tile of [...wall.tiles]) if (!slugs.has(tile.slug)) remove(tile.slug, wall, enlarger);
  for (const camera of cameras) {
    if (wall.find(camera.slug)) wall.find(camera.slug)?.setStatus(statusOf(camera));
    else add(camera, wall);
  }
}

/** @param {any} message @param {import("./wall.js").Wall} wall @param {import("./enlarge.js").Enlarger} enlarger */
async function apply(message, wall, enlarger) {
  if (message.type === "camera.state") {
    wall.find(message.camera)?.setStatus({ state: message.state, reason: message.reason, since: message.changed_at });
  } else if (message.type === "camera.added" && !wall.find(message.camera)) {
    add(await call(`cameras/${encodeURIComponent(message.camera)}/`), wall);
  } else if (message.type === "camera.removed") {
    remove(message.camera, wall, enlarger);
  }
}

/** @param {any} camera @param {import("./wall.js").Wall} wall */
function add(camera, wall) {
  // The page without cameras has no wall to put it on.
  if (wall.element.hidden) return location.reload();
  wall.add(
    { slug: camera.slug, name: camera.name, pageUrl: `/cameras/${encodeURIComponent(camera.slug)}/` },
    statusOf(camera),
  );
}

/** @param {string} slug @param {import("./wall.js").Wall} wall @param {import("./enlarge.js").Enlarger} enlarger */
function remove(slug, wall, enlarger) {
  const tile = wall.find(slug);
  if (!tile) return;
  if (enlarger.tile === tile) enlarger.restore();
  wall.drop(tile);
  if (wall.tiles.length === 0) location.reload();
}

/** @param {any} camera @returns {import("../words.js").Status} */
function statusOf(camera) {
  return { state: camera.state, reason: camera.state_reason, since: camera.state_changed_at };
}

/** @param {import("./wall.js").Wall} wall */
function showSummary(wall) {
  const element = document.getElementById("summary");
  if (!element || wall.tiles.length === 0) return;
  const { state, text } = summary(wall.tiles.map((tile) => tile.state));
  element.dataset.state = state;
  element.textContent = text;
  element.hidden = false;
}
