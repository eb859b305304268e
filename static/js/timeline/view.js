/**
 * Which stretch of time is shown on how many pixels. Pure; views are values: every change makes a new one.
 *
 * @typedef {object} View
 * @property {number} startMs
 * @property {number} spanMs
 * @property {number} widthPx
 */

export const SHORTEST_MS = 1_000;
export const LONGEST_MS = 35 * 86_400_000;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
/** This part of the width may show the future, so that "now" need not stick to the edge. */
const FUTURE = 0.1;

/** @param {View} view */
export function endOf(view) {
  return view.startMs + view.spanMs;
}

/** @param {View} view @param {number} atMs */
export function xOf(view, atMs) {
  return ((atMs - view.startMs) / view.spanMs) * view.widthPx;
}

/** @param {View} view @param {number} x */
export function timeAt(view, x) {
  return view.startMs + (x / view.widthPx) * view.spanMs;
}

/** @param {View} view @param {number} atMs */
export function shows(view, atMs) {
  return atMs >= view.startMs && atMs < endOf(view);
}

/** @param {View} view @param {number} dx pixels the picture moves to the right */
export function panned(view, dx) {
  return { ...view, startMs: view.startMs - (dx / view.widthPx) * view.spanMs };
}

/** What is under `x` stays there. @param {View} view @param {number} factor above 1 shows more time @param {number} x */
export function zoomed(view, factor, x) {
  const spanMs = clamp(view.spanMs * factor, SHORTEST_MS, LONGEST_MS);
  const atMs = timeAt(view, x);
  return { ...view, spanMs, startMs: atMs - (x / view.widthPx) * spanMs };
}

/**
 * Two fingers: what was under each at first stays under it.
 *
 * @param {View} view as it was when they came down
 * @param {[number, number]} from their x then
 * @param {[number, number]} to their x now
 */
export function pinched(view, from, to) {
  const before = Math.max(8, Math.abs(from[0] - from[1]));
  const after = Math.max(8, Math.abs(to[0] - to[1]));
  const middle = (from[0] + from[1]) / 2;
  return panned(zoomed(view, before / after, middle), (to[0] + to[1]) / 2 - middle);
}

/** @param {View} view @param {number} atMs @param {number} [place] 0 at the left edge, 1 at the right one */
export function placedAt(view, atMs, place = 0.5) {
  return { ...view, startMs: atMs - view.spanMs * place };
}

/** Moves the view as little as needed to be within what can be looked at. @param {View} view @param {number} nowMs */
export function bounded(view, nowMs) {
  const spanMs = clamp(view.spanMs, SHORTEST_MS, LONGEST_MS);
  const latest = nowMs + spanMs * FUTURE - spanMs;
  return { ...view, spanMs, startMs: clamp(view.startMs, EARLIEST_MS, Math.max(EARLIEST_MS, latest)) };
}

/**
 * Follows a playhead that runs: it may come up to nine tenths of the width. Left alone when it was outside before.
 *
 * @param {View} view @param {number} beforeMs @param {number} atMs
 */
export function following(view, beforeMs, atMs) {
  const limit = view.startMs + view.spanMs * 0.9;
  if (!shows(view, beforeMs) || atMs <= limit || atMs < beforeMs) return view;
  return { ...view, startMs: Math.max(view.startMs, atMs - view.spanMs * 0.9) };
}

/** @param {View} one @param {View} other */
export function isSame(one, other) {
  return one.startMs === other.startMs && one.spanMs === other.spanMs && one.widthPx === other.widthPx;
}

/** @param {number} value @param {number} low @param {number} high */
function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
