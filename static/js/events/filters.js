/**
 * Which events are asked for: in the page's address, in the API's query, and of an event that has just come. Pure.
 *
 * The address reads `?review=all&camera=door&kind=motion&zone=Drive&label=person&time=2026-11-22&score=40`; what is as usual is left out.
 *
 * @typedef {"new" | "done" | "all"} Review not reviewed, reviewed, both
 * @typedef {object} Filters
 * @property {Review} review
 * @property {string[]} cameras slugs; none for all
 * @property {string[]} kinds
 * @property {string[]} zones names
 * @property {string[]} labels
 * @property {string} time "" for all of it, today, yesterday, week, or a day as in 2026-11-22
 * @property {number} score the least, 0 for any
 *
 * @import { NvrEvent } from "./event.js"
 * @import { Zone } from "../timeline/zone.js"
 */

import { DAY_MS } from "../timeline/zone.js";

export const KINDS = [
  ...["motion", "camera_motion", "line", "intrusion", "tamper", "sound", "input"],
  ...["camera_down", "gap", "storage", "node"],
];
const PERIODS = ["today", "yesterday", "week"];
const REVIEWS = ["new", "done", "all"];
const WEEK_DAYS = 7;

/** @type {Filters} */
export const NO_FILTERS = { review: "new", cameras: [], kinds: [], zones: [], labels: [], time: "", score: 0 };

/** @param {string} search of a location @returns {Filters} */
export function parseFilters(search) {
  const given = new URLSearchParams(search);
  const all = (/** @type {string} */ name) => [...new Set(given.getAll(name).filter(Boolean))];
  const review = given.get("review") ?? "";
  const time = given.get("time") ?? "";
  const score = Math.round(Number(given.get("score") ?? 0));
  return {
    review: /** @type {Review} */ (REVIEWS.includes(review) ? review : NO_FILTERS.review),
    cameras: all("camera"),
    kinds: all("kind").filter((kind) => KINDS.includes(kind)),
    zones: all("zone"),
    labels: all("label"),
    time: PERIODS.includes(time) || dayNumber(time) !== null ? time : "",
    score: score > 0 && score <= 100 ? score : 0,
  };
}

/** As the page's address keeps it; "" when all is as usual. @param {Filters} filters */
export function filtersQuery({ review, cameras, kinds, zones, labels, time, score }) {
  const query = new URLSearchParams();
  if (review !== NO_FILTERS.review) query.set("review", review);
  for (const [name, values] of named({ cameras, kinds, zones, labels })) {
    for (const value of values) query.append(name, value);
  }
  if (time) query.set("time", time);
  if (score) query.set("score", String(score));
  return query.size ? `?${query}` : "";
}

/** As the API takes it. @param {Filters} filters @param {Zone} zone @param {number} nowMs */
export function apiQuery(filters, zone, nowMs) {
  const query = new URLSearchParams();
  for (const [name, values] of named(filters)) for (const value of values) query.append(name, value);
  if (filters.review !== "all") query.set("reviewed", String(filters.review === "done"));
  if (filters.score) query.set("min_score", String(filters.score));
  const period = periodOf(filters.time, zone, nowMs);
  if (period) {
    query.set("start", String(period.startMs));
    query.set("end", String(period.endMs));
  }
  return query;
}

/**
 * Days of the zone's own calendar.
 *
 * @param {string} time @param {Zone} zone @param {number} nowMs @returns {{startMs: number, endMs: number} | null} null for all of it
 */
export function periodOf(time, zone, nowMs) {
  const today = zone.dayOf(nowMs);
  const days = (/** @type {number} */ first, /** @type {number} */ count) => ({
    startMs: zone.startOfDay(first),
    endMs: zone.startOfDay(first + count),
  });
  if (time === "today") return days(today, 1);
  if (time === "yesterday") return days(today - 1, 1);
  if (time === "week") return days(today - WEEK_DAYS + 1, WEEK_DAYS);
  const day = dayNumber(time);
  return day === null ? null : days(day, 1);
}

/**
 * Whether the API would answer with it. Reviewed or not is left out: what was marked a moment ago stays where it is.
 *
 * @param {Filters} filters @param {NvrEvent} event @param {Zone} zone @param {number} nowMs
 */
export function matches(filters, event, zone, nowMs) {
  const among = (/** @type {string[]} */ wanted, /** @type {string[]} */ has) =>
    wanted.length === 0 || wanted.some((one) => has.includes(one));
  const period = periodOf(filters.time, zone, nowMs);
  return (
    among(filters.cameras, event.camera ? [event.camera] : []) &&
    among(filters.kinds, [event.kind]) &&
    among(filters.zones, event.zones) &&
    among(
      filters.labels,
      event.labels.map(({ label }) => label),
    ) &&
    event.score >= filters.score &&
    (!period || (event.startMs >= period.startMs && event.startMs < period.endMs))
  );
}

/** How many ways of choosing are in use, those behind the review's own switch left out. @param {Filters} filters */
export function countInUse({ cameras, kinds, zones, labels, time, score }) {
  return [cameras.length, kinds.length, zones.length, labels.length, time, score].filter(Boolean).length;
}

/** Days since 1970, or null for what is no day. @param {string} iso */
function dayNumber(iso) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return null;
  const day = Date.parse(`${iso}T00:00Z`) / DAY_MS;
  // "2026-02-31" would be read as a day of March.
  return Number.isInteger(day) && new Date(day * DAY_MS).toISOString().startsWith(iso) ? day : null;
}

/** @param {Pick<Filters, "cameras" | "kinds" | "zones" | "labels">} filters @returns {[string, string[]][]} */
function named({ cameras, kinds, zones, labels }) {
  return [
    ["camera", cameras],
    ["kind", kinds],
    ["zone", zones],
    ["label", labels],
  ];
}
