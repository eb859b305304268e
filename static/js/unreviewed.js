/** How many events nobody has looked at yet, beside "Events" in the header: fetched with the page, and again when there is news. */

import { call } from "./api.js";
import { pageEvents } from "./events.js";

/** A storm of events asks once. */
const NEWS_MS = 3_000;
const OWN_MS = 300;
/** What is older nobody is reminded of. */
const LOOK_BACK_MS = 31 * 86_400_000;
/** The server's clock may be ahead of this one. */
const AHEAD_MS = 86_400_000;
/** What others review is no news. */
const ANYWAY_MS = 120_000;

/** @param {HTMLElement[]} badges from templates/_unreviewed.html */
export function countUnreviewed(badges) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let dueMs = Number.POSITIVE_INFINITY;
  const refresh = async () => {
    [timer, dueMs] = [undefined, Number.POSITIVE_INFINITY];
    try {
      const nowMs = Date.now();
      const query = new URLSearchParams({ start: String(nowMs - LOOK_BACK_MS), end: String(nowMs + AHEAD_MS) });
      show(badges, (await call(`events/counts/?${query}`)).unreviewed);
    } catch {
      // The page itself says what is the matter; an old number stays.
    }
  };
  const soon = (/** @type {number} */ afterMs) => {
    if (performance.now() + afterMs >= dueMs) return;
    clearTimeout(timer);
    dueMs = performance.now() + afterMs;
    timer = setTimeout(refresh, afterMs);
  };
  const news = pageEvents();
  news.addEventListener("open", () => soon(0));
  news.addEventListener("event", (event) => {
    if (/** @type {CustomEvent} */ (event).detail.type === "event") soon(NEWS_MS);
  });
  document.addEventListener("nvr-reviewed", () => soon(OWN_MS));
  setInterval(() => {
    if (!document.hidden) soon(0);
  }, ANYWAY_MS);
  news.open();
}

/** @param {number} count */
export function cappedCount(count) {
  return count > 99 ? "99+" : String(count);
}

/** @param {HTMLElement[]} badges @param {number} count */
function show(badges, count) {
  const text = cappedCount(count);
  document.body.toggleAttribute("data-has-unreviewed", count > 0);
  for (const badge of badges) {
    badge.hidden = !(count > 0);
    const number = /** @type {HTMLElement} */ (badge.querySelector("[data-number]"));
    if (number.textContent !== text) number.textContent = text;
  }
}
