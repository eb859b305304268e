/** The system page: what /readyz says of each part, and the cameras' states as they change. */

import { list } from "./api.js";
import { showConnection } from "./connection-notice.js";
import { pageEvents } from "./events.js";
import { momentText, stateTitle } from "./words.js";

const ASK_EVERY_MS = 5_000;
const NAMES = /** @type {Record<string, string>} */ ({
  database: "Database",
  migrations: "Database tables",
  redis: "Redis",
  ingest: "Cameras (ingest)",
  render: "Pictures (renderer)",
  worker: "Tasks (worker)",
});
const NOTES = /** @type {Record<string, string>} */ ({
  ok: "Everything runs.",
  degraded: "Something is missing; what still runs goes on.",
  failed: "The server can’t work like this.",
});

async function askParts() {
  const parts = /** @type {HTMLElement} */ (document.getElementById("parts"));
  const note = /** @type {HTMLElement} */ (document.getElementById("parts-note"));
  try {
    const { status, components } = await (await fetch("/readyz", { cache: "no-store" })).json();
    setText(note, NOTES[status] ?? status);
    parts.replaceChildren(...Object.entries(components).map(([name, component]) => part(name, component)));
    parts.removeAttribute("aria-busy");
  } catch {
    setText(note, "The server doesn’t answer. Asking again …");
  }
}

/** @param {string} name @param {{status: string, text?: string, seconds_ago?: number}} component */
function part(name, { status, text, seconds_ago: secondsAgo }) {
  const item = document.createElement("li");
  item.className = "part";
  const title = document.createElement("p");
  title.className = "part-name";
  title.dataset.state = status === "ok" ? "live" : "down";
  const dot = document.createElement("span");
  dot.className = "state-dot";
  title.append(dot, NAMES[name] ?? name);
  const words = document.createElement("p");
  words.className = "part-text";
  const heard = secondsAgo === undefined ? "" : `heard ${Math.round(secondsAgo)} s ago`;
  words.textContent = [status === "ok" ? "Running" : status === "missing" ? "Missing" : "Failed", text ?? heard]
    .filter(Boolean)
    .join(", ");
  item.append(title, words);
  return item;
}

async function showCameras() {
  for (const camera of await list("cameras/")) {
    const row = document.querySelector(`tr[data-camera="${camera.slug}"]`);
    if (!row) continue;
    const chip = /** @type {HTMLElement} */ (row.querySelector(".state-chip"));
    chip.dataset.state = camera.state;
    setText(chip.querySelector(".state-word"), stateTitle(camera.state));
    setText(row.querySelector(".state-reason"), camera.state_reason);
    setText(row.querySelector("time"), momentText(camera.state_changed_at, new Date()));
  }
}

/** Leaves an unchanged text alone, so that no screen reader says it again. @param {Element | null} element @param {string} text */
function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

const events = pageEvents();
showConnection(events);
const refresh = () => showCameras().catch(() => undefined);
events.addEventListener("open", refresh);
events.addEventListener("event", refresh);
events.open();
askParts();
setInterval(askParts, ASK_EVERY_MS);
