/**
 * What the address of the search keeps: `?camera=door&start=2026-11-22T14:00:00Z&end=…&area=0.1,0.2;…`, or `&last=day` for a time that
 * goes with the present. Pure.
 *
 * @import { Area } from "./area.js"
 *
 * @typedef {keyof typeof LASTS} Last
 * @typedef {object} Place
 * @property {string} camera slug, empty for the first
 * @property {string} last one of LASTS; empty when start and end are given
 * @property {number} startMs
 * @property {number} endMs
 * @property {Area | null} area
 */

import { areaText, parseArea } from "./area.js";

const HOUR = 3_600_000;
const DAY = 86_400_000;
export const LASTS = /** @type {const} */ ({ hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY });
/** As far as footage may be looked at in one go. */
export const LONGEST_MS = 92 * DAY;

/** @param {string} search of a location @param {number} nowMs @returns {Place} */
export function parsePlace(search, nowMs) {
  const given = new URLSearchParams(search);
  const [startMs, endMs] = ["start", "end"].map((name) => Date.parse(given.get(name) ?? ""));
  const isGiven = startMs < endMs && endMs - startMs <= LONGEST_MS;
  const last = given.get("last") ?? "";
  return {
    camera: given.get("camera") ?? "",
    area: parseArea(given.get("area") ?? ""),
    ...(isGiven ? { last: "", startMs, endMs } : lastOf(last in LASTS ? last : "day", nowMs)),
  };
}

/** @param {string} last one of LASTS @param {number} nowMs */
export function lastOf(last, nowMs) {
  return { last, startMs: nowMs - LASTS[/** @type {Last} */ (last)], endMs: nowMs };
}

/** @param {Place} place */
export function placeQuery({ camera, last, startMs, endMs, area }) {
  const query = new URLSearchParams({ camera });
  if (last) query.set("last", last);
  else {
    query.set("start", new Date(startMs).toISOString());
    query.set("end", new Date(endMs).toISOString());
  }
  if (area) query.set("area", areaText(area));
  // They may stand as they are, and people read these.
  return `?${query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%3B", ";")}`;
}
