/** Keeps the wall in step with the server: states, cameras that come and go. */

import { call, list } from "../api.js";
import { summary } from "../words.js";

/**
 * @import { CameraEvents } from "../events.js"
 * @import { Status } from "../words.js"
 * @import { Enlarger } from "./enlarge.js"
 * @import { Wall } from "./wall.js"
 */

const WORDS_EVERY_MS = 30_000;

/**
 * @param {Wall} wall
 * @param {Enlarger} enlarger
 * @param {CameraEvents} events
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

/** What may have happened unheard. @param {Wall} wall @param {Enlarger} enlarger */
async function synchronise(wall, enlarger) {
  const cameras = await list("cameras/");
  const slugs = new Set(cameras.map((camera) => camera.slug));
  for (const tile of [...wall.tiles]) if (!slugs.has(tile.slug)) remove(tile.slug, wall, enlarger);
  for (const camera of cameras) {
    const tile = wall.find(camera.slug);
    if (!tile) add(camera, wall);
    else {
      if (tile.name !== camera.name) tile.rename(camera.name);
      tile.setStatus(statusOf(camera));
    }
  }
}

/** @param {any} message @param {Wall} wall @param {Enlarger} enlarger */
async function apply(message, wall, enlarger) {
  if (message.type === "camera.state") {
    wall.find(message.camera)?.setStatus({ state: message.state, reason: message.reason, since: message.changed_at });
  } else if (message.type === "camera.added" && !wall.find(message.camera)) {
    add(await call(`cameras/${encodeURIComponent(message.camera)}/`), wall);
  } else if (message.type === "camera.renamed") {
    wall.find(message.camera)?.rename(message.name);
  } else if (message.type === "camera.removed") {
    remove(message.camera, wall, enlarger);
  }
}

/** @param {any} camera @param {Wall} wall */
function add(camera, wall) {
  // The page without cameras has no wall to put it on.
  if (wall.element.hidden) return location.reload();
  wall.add(
    {
      slug: camera.slug,
      name: camera.name,
      pageUrl: `/cameras/${encodeURIComponent(camera.slug)}/`,
      may: camera.may,
    },
    statusOf(camera),
  );
}

/** @param {string} slug @param {Wall} wall @param {Enlarger} enlarger */
function remove(slug, wall, enlarger) {
  const tile = wall.find(slug);
  if (!tile) return;
  if (enlarger.tile === tile) enlarger.restore();
  wall.drop(tile);
  if (wall.tiles.length === 0) location.reload();
}

/** @param {any} camera @returns {Status} */
function statusOf(camera) {
  return { state: camera.state, reason: camera.state_reason, since: camera.state_changed_at };
}

/** @param {Wall} wall */
function showSummary(wall) {
  const element = document.getElementById("summary");
  if (!element || wall.tiles.length === 0) return;
  const { state, text } = summary(wall.tiles.map((tile) => tile.state));
  element.dataset.state = state;
  element.textContent = text;
  element.hidden = false;
}
