/** One camera, large: player, its controls, and the camera's state as it changes. */

import { call } from "./api.js";
import { showConnection } from "./connection-notice.js";
import { showLastEvents } from "./events/last-events.js";
import { pageEvents } from "./events.js";
import { bindFullscreen } from "./fullscreen.js";
import { bindKeys } from "./keyboard.js";
import { makePlayer, NO_PLAYER, playerIsThere, saveSnapshot } from "./player-door.js";
import { bindPtzCard } from "./ptz/camera-card.js";
import { bindOnvifDialog } from "./ptz/onvif-dialog.js";
import { toast } from "./toast.js";
import { Veil } from "./veil.js";
import { clockTime, sinceText, stateTitle } from "./words.js";

/**
 * @import { Player } from "./player-door.js"
 * @import { Status } from "./words.js"
 */

const WORDS_EVERY_MS = 30_000;
const RUNGS = /** @type {Record<string, string>} */ ({ main: "main stream", sub: "sub stream" });
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

const viewer = byId("viewer");
const slug = viewer.dataset.camera ?? "";
const veil = new Veil(viewer);
const mute = byId("mute");
const volume = /** @type {HTMLInputElement} */ (byId("volume"));
const quality = /** @type {HTMLSelectElement} */ (byId("quality"));
const overlay = byId("overlay");
/** @type {Player | undefined} */
let player;

// Before the player is waited for: turning a camera needs no picture.
const ptz = bindPtzCard(slug, {
  card: byId("ptz"),
  viewer,
  centre: /** @type {HTMLButtonElement} */ (byId("centre")),
  pictureSize: () => ({ width: player?.stats.width ?? 0, height: player?.stats.height ?? 0 }),
});
const onvifButton = document.getElementById("onvif-open");
if (onvifButton) bindOnvifDialog(slug, onvifButton, () => ptz.changed().catch(() => undefined));

const isThere = await playerIsThere();
if (isThere) {
  player = makePlayer(slug, viewer.dataset.name ?? "", quality.value);
  player.addEventListener("statechange", () => veil.setPlayerState(player?.state ?? ""));
  player.addEventListener("statschange", () => offerRungs(player?.stats.rungs ?? []));
  viewer.querySelector(".tile-picture")?.append(player);
} else {
  veil.fail(NO_PLAYER);
}

/** What can be asked for depends on how the pictures come: streams, or sizes of JPEG. @param {string[]} rungs */
function offerRungs(rungs) {
  const offered = [...quality.options].map((option) => option.value);
  if (rungs.length === 0 || offered.join() === ["auto", ...rungs].join()) return;
  const chosen = quality.value;
  quality.replaceChildren(
    new Option("automatic", "auto"),
    ...rungs.map((rung) => new Option(RUNGS[rung] ?? rung, rung)),
  );
  quality.value = rungs.includes(chosen) ? chosen : "auto";
}

function toggleMute() {
  if (!player || mute.hidden) return;
  player.muted = !player.muted;
  mute.setAttribute("aria-pressed", String(!player.muted));
}

function toggleOverlay() {
  if (player) overlay.setAttribute("aria-pressed", String(player.toggleAttribute("overlay")));
}

mute.addEventListener("click", toggleMute);
overlay.addEventListener("click", toggleOverlay);
volume.addEventListener("input", () => {
  if (!player) return;
  player.volume = volume.valueAsNumber / 100;
  if (player.muted) toggleMute();
});
quality.addEventListener("change", () => {
  if (player) player.quality = quality.value;
});
byId("snapshot").addEventListener("click", (event) => {
  // What is on the screen now; without a moving picture the link fetches the server's newest one.
  if (!player || veil.view !== "moving") return;
  event.preventDefault();
  saveSnapshot(player, slug).catch(() => toast("There is no picture to save yet."));
});
const toggleFullscreen = bindFullscreen(viewer, byId("fullscreen"));
bindKeys({ f: () => void toggleFullscreen(), m: toggleMute, i: toggleOverlay });

/** @param {Status} status */
function showStatus({ state, reason, since }) {
  const isNews = state !== viewer.dataset.state || reason !== viewer.dataset.reason;
  veil.setStatus({ state, reason, since });
  const text = reason ? `${stateTitle(state)}: ${reason}` : stateTitle(state);
  byId("state-chip").dataset.state = state;
  byId("state-word").textContent = stateTitle(state);
  byId("state-text").textContent = text;
  byId("state-since").textContent = sinceText(since, new Date());
  if (isNews) addToHistory(text);
}

/** @param {string} text */
function addToHistory(text) {
  const now = new Date();
  const item = document.createElement("li");
  const time = document.createElement("time");
  time.dateTime = now.toISOString();
  time.textContent = clockTime(now, now);
  item.append(time, text);
  byId("history").prepend(item);
  byId("history").hidden = byId("history-title").hidden = false;
}

async function synchronise() {
  const camera = await call(`cameras/${encodeURIComponent(slug)}/`);
  showStatus({ state: camera.state, reason: camera.state_reason, since: camera.state_changed_at });
  for (const stream of camera.streams) {
    const cell = document.querySelector(`[data-stream="${stream.role}"]`);
    if (cell)
      cell.textContent = stream.state_reason
        ? `${stateTitle(stream.state)}: ${stream.state_reason}`
        : stateTitle(stream.state);
  }
}

const events = pageEvents();
showConnection(events);
events.addEventListener("open", () => synchronise().catch(() => undefined));
events.addEventListener("event", (event) => {
  const message = /** @type {CustomEvent} */ (event).detail;
  if (message.camera !== slug) return;
  if (message.type === "camera.removed") location.assign("/");
  if (message.type === "camera.state") synchronise().catch(() => undefined);
  if (message.type === "ptz.presets") ptz.presetsChanged();
  if (message.type === "ptz.tours") ptz.toursChanged();
});
const lastEvents = document.getElementById("last-events");
if (lastEvents) showLastEvents(lastEvents, byId("no-events"), slug, events);
events.open();
setInterval(() => {
  veil.refresh();
  byId("state-since").textContent = sinceText(viewer.dataset.since ?? "", new Date());
}, WORDS_EVERY_MS);
