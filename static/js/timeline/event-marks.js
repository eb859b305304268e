/**
 * Events on a lane: those wide enough to see are marks of their own, the others are added up in columns, higher the more there was. So a
 * month shows when it was busy, and a minute shows each. Also: which one a pointer means. Pure.
 *
 * @import { Happening } from "./account.js"
 * @import { View } from "./view.js"
 */

import { xOf } from "./view.js";

/** Narrower ones are added up. */
const OWN_PX = 5;
const COLUMN_PX = 2;
/** What there is at all is to be seen. */
const LEAST = 0.3;
const LEAST_PX = 3;
/** A mark so narrow is meant as a whole; within a wider one, a moment of it is meant. */
export const NARROW_PX = 28;

/** @typedef {{x: number, width: number, height: number}} Mark in pixels; `height` from 0 to 1 */

/** What a lane marks. That there is no footage its gaps say already. @param {Happening[]} events */
export function marked(events) {
  return events.filter(({ kind }) => kind !== "gap" && kind !== "camera_down");
}

/** @param {Happening[]} events @param {View} view @returns {Mark[]} from left to right, columns first */
export function marksOf(events, view) {
  const own = [];
  const columns = new Float64Array(Math.ceil(view.widthPx / COLUMN_PX));
  const columnMs = (COLUMN_PX / view.widthPx) * view.spanMs;
  for (const event of events) {
    const [from, to] = [xOf(view, event.startMs), xOf(view, event.endMs)];
    if (to < 0 || from > view.widthPx) continue;
    if (to - from < OWN_PX) addUp(columns, event, (event.startMs - view.startMs) / columnMs, columnMs);
    else own.push({ x: from, width: Math.max(LEAST_PX, to - from), height: heightOf(event.score / 100) });
  }
  return [...marksIn(columns), ...own];
}

/**
 * The event that a pointer at `x` means: the nearest within reach, of several the strongest.
 *
 * @param {Happening[]} events @param {View} view @param {number} x @param {number} reachPx
 * @returns {{event: Happening, count: number, isNarrow: boolean} | null} `count`: how many are within reach
 */
export function markAt(events, view, x, reachPx) {
  const near = events.filter(
    ({ startMs, endMs }) => xOf(view, startMs) - reachPx <= x && x <= xOf(view, endMs) + reachPx,
  );
  if (!near.length) return null;
  const event = near.reduce((best, one) => (one.score > best.score ? one : best));
  return { event, count: near.length, isNarrow: xOf(view, event.endMs) - xOf(view, event.startMs) < NARROW_PX };
}

/** @param {Float64Array} columns @param {Happening} event @param {number} at its column, with what is behind the point @param {number} columnMs */
function addUp(columns, event, at, columnMs) {
  const column = Math.min(columns.length - 1, Math.max(0, Math.floor(at)));
  const share = Math.min(1, Math.max(1_000, event.endMs - event.startMs) / columnMs);
  columns[column] += share * (0.4 + (0.6 * event.score) / 100);
}

/** @param {Float64Array} columns @returns {Mark[]} */
function marksIn(columns) {
  const marks = [];
  for (let at = 0; at < columns.length; at += 1) {
    if (columns[at] > 0) marks.push({ x: at * COLUMN_PX, width: COLUMN_PX, height: heightOf(columns[at]) });
  }
  return marks;
}

/** The root lets one tell little from less. @param {number} part */
function heightOf(part) {
  return LEAST + (1 - LEAST) * Math.sqrt(Math.min(1, Math.max(0, part)));
}
