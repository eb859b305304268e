/** The storage page: how full the volumes are, what each camera takes, and what goes when. */

import { call } from "./api.js";
import { clockText, daysUpTo, rateText, ruleText, sizeText, spanText, stacked } from "./storage/amounts.js";
import { drawBars, seriesColor } from "./storage/bars.js";

const ASK_EVERY_MS = 10_000;
const SHOWN_DAYS = 30;
const AHEAD_DAYS = 14;

/** @type {any} */
let shown = null;

async function refresh() {
  const lead = element("lead");
  try {
    shown = await call(`storage/?days=${SHOWN_DAYS}`);
  } catch (error) {
    lead.textContent = error instanceof Error ? error.message : "The server can’t be reached.";
    return;
  }
  lead.textContent = leadText(shown);
  lead.removeAttribute("aria-busy");
  showClock(shown);
  showAlarms(shown.shortfalls);
  element("volumes").replaceChildren(...shown.volumes.map(volumeItem));
  element("cameras")
    .querySelector("tbody")
    ?.replaceChildren(...shown.cameras.map((/** @type {any} */ one) => cameraRow(one, shown.at_ms)));
  draw();
}

/** @param {any} storage */
function leadText({ volumes, bytes_per_s: rate, room_bytes: room, full_at_ms: fullAt, at_ms: now }) {
  if (!volumes.length) return "There is no volume: nothing is recorded. Add one in the administration.";
  const writes = rate > 0 ? `${rateText(rate)} is being written.` : "Nothing is being written now.";
  const ends = fullAt
    ? `There is room for ${sizeText(room)} more; in about ${spanText(fullAt - now)} the oldest footage has to go for it.`
    : `There is room for ${sizeText(room)} more, which lasts.`;
  return `${writes} ${ends}`;
}

/** @param {any} storage */
function showClock({ clock_ahead_ms: aheadMs, at_ms: nowMs }) {
  element("clock").hidden = !aheadMs;
  const words = aheadMs ? clockText(aheadMs, nowMs) : "";
  if (element("clock-words").textContent !== words) element("clock-words").textContent = words;
}

async function confirmClock() {
  try {
    await call("storage/clock/", { method: "POST", body: { at_ms: shown.at_ms } });
  } catch (error) {
    element("lead").textContent = error instanceof Error ? error.message : "The server can’t be reached.";
  }
  await refresh();
}

/** @param {any[]} shortfalls */
function showAlarms(shortfalls) {
  const alarms = element("alarms");
  alarms.hidden = shortfalls.length === 0;
  alarms.replaceChildren(
    ...shortfalls.map((one) =>
      text("li", "storage-alarm", `${one.what}: ${sizeText(one.missing_bytes)} too much. ${one.reason}`),
    ),
  );
}

/** @param {any} volume */
function volumeItem(volume) {
  const item = document.createElement("li");
  item.className = "storage-volume";
  const isWell = !volume.trouble && volume.state !== "failed";
  const head = text("p", "storage-volume-name", volume.name);
  head.dataset.state = isWell ? "live" : "down";
  head.prepend(text("span", "state-dot", ""));
  const where = text("p", "quiet small", volume.path);
  const words = text("p", "storage-volume-words", volumeText(volume));
  item.append(head, where);
  if (volume.total_bytes) item.append(meter(volume));
  item.append(words);
  return item;
}

/** @param {any} volume */
function volumeText(volume) {
  if (volume.trouble) return `Not usable: ${volume.trouble}`;
  const parts = [
    `${sizeText(volume.used_bytes)} of footage`,
    `${sizeText(volume.free_bytes)} free of ${sizeText(volume.total_bytes ?? 0)}`,
  ];
  if (volume.bytes_per_s) parts.push(rateText(volume.bytes_per_s));
  if (!volume.is_enabled) parts.push("gets no new footage");
  if (volume.stuck_bytes) parts.push(`${sizeText(volume.stuck_bytes)} could not be deleted yet`);
  return parts.join(" · ");
}

/** Footage, everything else, and what is kept free. @param {any} volume */
function meter({ used_bytes: used, free_bytes: free, total_bytes: total, keep_free_bytes: kept, name }) {
  const bar = document.createElement("div");
  bar.className = "storage-volume-meter";
  bar.setAttribute("role", "img");
  bar.setAttribute(
    "aria-label",
    `${name}: ${Math.round((used / total) * 100)} % footage, ${Math.round((free / total) * 100)} % free`,
  );
  const parts = {
    used,
    other: Math.max(total - used - free, 0),
    free: Math.max(free - kept, 0),
    kept: Math.min(kept, free),
  };
  for (const [kind, bytes] of Object.entries(parts)) {
    const part = document.createElement("span");
    part.className = `storage-volume-${kind}`;
    part.style.flexGrow = String(bytes / total);
    bar.append(part);
  }
  return bar;
}

/** @param {any} camera @param {number} nowMs */
function cameraRow(camera, nowMs) {
  const row = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  const link = document.createElement("a");
  link.href = `/recordings/?camera=${encodeURIComponent(camera.camera)}`;
  link.textContent = camera.name;
  name.append(link);
  const next = camera.next_at_ms
    ? `in ${spanText(camera.next_at_ms - nowMs)}: ${ruleText(camera.next_rule)}`
    : "nothing";
  row.append(
    name,
    text("td", "", sizeText(camera.used_bytes)),
    text("td", "", rateText(camera.bytes_per_s)),
    text("td", "", camera.oldest_ms ? `${spanText(nowMs - camera.oldest_ms)} ago` : "no footage"),
    text("td", "", camera.lag_ms === null ? "not being recorded" : `${(camera.lag_ms / 1000).toFixed(1)} s ago`),
    text("td", "", next),
  );
  return row;
}

function draw() {
  if (!shown) return;
  const days = daysUpTo(shown.at_ms, SHOWN_DAYS);
  drawBars(
    element("plot"),
    days,
    stacked(shown.cameras, days),
    shown.cameras.map((/** @type {any} */ one) => one.name),
    240,
  );
  element("legend").replaceChildren(...shown.cameras.map(legendItem));
  drawExpiries(shown);
}

/** @param {any} camera @param {number} index */
function legendItem(camera, index) {
  const item = text("li", "", camera.name);
  const patch = text("span", "legend-patch", "");
  patch.style.background = seriesColor(index);
  item.prepend(patch);
  return item;
}

/** @param {any} storage */
function drawExpiries({ expiries, cameras, at_ms: now }) {
  const days = daysUpTo(now + (AHEAD_DAYS - 1) * 86_400_000, AHEAD_DAYS);
  const series = cameras.map((/** @type {any} */ camera) => ({
    days: sizesByDay(
      expiries.filter((/** @type {any} */ one) => one.camera === camera.camera),
      now,
    ),
  }));
  const names = cameras.map((/** @type {any} */ one) => one.name);
  element("expiries-note").textContent = expiries.length
    ? "By the rules of each camera and at the present rate."
    : "Nothing: no footage gets as old, or takes as much, as it may.";
  element("expiries").hidden = expiries.length === 0;
  if (expiries.length) drawBars(element("expiries"), days, stacked(series, days), names, 160);
}

/** What is overdue goes today. @param {{at_ms: number, size_bytes: number}[]} expiries @param {number} nowMs */
function sizesByDay(expiries, nowMs) {
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for (const { at_ms: at, size_bytes: size } of expiries) {
    const day = new Date(Math.max(at, nowMs)).toISOString().slice(0, 10);
    sizes.set(day, (sizes.get(day) ?? 0) + size);
  }
  return Array.from(sizes, ([day, size]) => ({ day, size_bytes: size }));
}

/** @param {string} tag @param {string} className @param {string} words */
function text(tag, className, words) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = words;
  return made;
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

document.getElementById("clock-confirm")?.addEventListener("click", confirmClock);
let resizing = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(resizing);
  resizing = requestAnimationFrame(draw);
});
refresh();
setInterval(() => document.visibilityState === "visible" && refresh(), ASK_EVERY_MS);
