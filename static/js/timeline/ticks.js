/**
 * Where the ruler has lines and labels: on round times of the zone's wall clock, never closer together than their labels are wide.
 * Pure. On the day the clock is put back an hour shows twice, on the day it is put forward one is missing, as on the wall.
 *
 * @import { View } from "./view.js"
 * @import { Zone } from "./zone.js"
 */

import { endOf, xOf } from "./view.js";
import { DAY_MS } from "./zone.js";

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const MONDAY = 4; // 1970-01-05, in days since 1970

/** @typedef {{unit: "ms" | "day" | "week" | "month" | "year", ms: number}} Step `ms` is the shortest it can be */

/** @type {Step[]} */
export const STEPS = [
  ...[100, 200, 500].map((ms) => clockStep(ms)),
  ...[1, 2, 5, 10, 15, 30].map((count) => clockStep(count * SECOND)),
  ...[1, 2, 5, 10, 15, 30].map((count) => clockStep(count * MINUTE)),
  ...[1, 2, 3, 6, 12].map((count) => clockStep(count * HOUR)),
  { unit: "day", ms: DAY_MS },
  { unit: "week", ms: 7 * DAY_MS },
  { unit: "month", ms: 28 * DAY_MS },
];
/** @type {Step} */
const YEAR = { unit: "year", ms: 365 * DAY_MS };
const GAP_PX = 16;
const FINE_PX = 7;

/**
 * @typedef {object} Ruler
 * @property {Step} step of the labelled lines
 * @property {number[]} ticks moments, with labels
 * @property {number[]} fine moments, only lines
 * @property {Step} context what the second row names: days, months or years
 * @property {number[]} contexts begins of those that can be seen; the first one may lie before the view
 */

/**
 * @param {View} view @param {Zone} zone
 * @param {(step: Step) => number} labelPx how wide the widest label of a step is
 * @returns {Ruler}
 */
export function rulerFor(view, zone, labelPx) {
  const pxPerMs = view.widthPx / view.spanMs;
  const at = STEPS.findIndex((step) => step.ms * pxPerMs >= labelPx(step) + GAP_PX);
  const step = at < 0 ? STEPS[STEPS.length - 1] : STEPS[at];
  const finer = STEPS.slice(0, at < 0 ? STEPS.length : at).find(
    (one) => one.ms * pxPerMs >= FINE_PX && isWithin(one, step),
  );
  const context = contextOf(step);
  const wide = labelPx(step) + GAP_PX / 2;
  return {
    step,
    ticks: spaced(view, moments(step, view.startMs - step.ms, endOf(view) + step.ms, zone), wide),
    fine: finer ? moments(finer, view.startMs, endOf(view), zone) : [],
    context,
    contexts: visibleContexts(view, context, zone),
  };
}

/**
 * All round moments of a step in [startMs, endMs).
 *
 * @param {Step} step @param {number} startMs @param {number} endMs @param {Zone} zone
 */
export function moments(step, startMs, endMs, zone) {
  /** @type {number[]} */
  const found = [];
  if (step.unit === "ms") {
    for (const stretch of zone.stretches(startMs, endMs)) {
      const first = Math.ceil((stretch.startMs + stretch.offsetMs) / step.ms) * step.ms - stretch.offsetMs;
      for (let atMs = first; atMs < stretch.endMs; atMs += step.ms) found.push(atMs);
    }
    return found;
  }
  const last = zone.dayOf(endMs);
  for (let day = firstDay(step, zone.dayOf(startMs)); day <= last; day = nextDay(step, day)) {
    const atMs = zone.startOfDay(day);
    if (atMs >= startMs && atMs < endMs) found.push(atMs);
  }
  return found;
}

/** The begin of the context that a moment is in. @param {Step} context @param {number} atMs @param {Zone} zone */
function beginOf(context, atMs, zone) {
  return zone.startOfDay(firstDay(context, zone.dayOf(atMs)));
}

/** @param {View} view @param {Step} context @param {Zone} zone */
function visibleContexts(view, context, zone) {
  const first = beginOf(context, view.startMs, zone);
  return [first, ...moments(context, first + 1, endOf(view), zone)];
}

/** Only daylight saving brings two closer together than their step: then the later one goes. @param {View} view @param {number[]} ticks @param {number} apartPx */
function spaced(view, ticks, apartPx) {
  let before = Number.NEGATIVE_INFINITY;
  return ticks.filter((atMs) => {
    const x = xOf(view, atMs);
    if (x - before < apartPx) return false;
    before = x;
    return true;
  });
}

/** @param {number} ms @returns {Step} */
function clockStep(ms) {
  return { unit: "ms", ms };
}

/** @param {Step} step @returns {Step} */
function contextOf(step) {
  if (step.unit === "ms") return STEPS[STEPS.length - 3];
  return step.unit === "month" ? YEAR : STEPS[STEPS.length - 1];
}

/** @param {Step} fine @param {Step} coarse */
function isWithin(fine, coarse) {
  if (coarse.unit === "month") return fine.unit === "day";
  return coarse.ms % fine.ms === 0;
}

/** The last begin of the step that is not after the day. @param {Step} step @param {number} day */
function firstDay(step, day) {
  if (step.unit === "week") return day - ((((day - MONDAY) % 7) + 7) % 7);
  if (step.unit === "day") return day;
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), step.unit === "year" ? 0 : date.getUTCMonth(), 1) / DAY_MS;
}

/** @param {Step} step @param {number} day a begin */
function nextDay(step, day) {
  if (step.unit === "day") return day + 1;
  if (step.unit === "week") return day + 7;
  const date = new Date(day * DAY_MS);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return (step.unit === "year" ? Date.UTC(year + 1, 0, 1) : Date.UTC(year, month + 1, 1)) / DAY_MS;
}
