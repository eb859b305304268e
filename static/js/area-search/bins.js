/**
 * What was found, by time: bins that begin on round times of the zone's wall clock. Pure.
 *
 * @import { Zone } from "../timeline/zone.js"
 * @import { Found, Searched, Stretch } from "./stretches.js"
 *
 * @typedef {object} Bin
 * @property {number} startMs
 * @property {number} endMs
 * @property {number} count how often something began to move
 * @property {number} movedMs
 * @property {number} unknown which part of it has no footage, or was not analysed, 0 to 1
 */

import { sharedMs } from "./stretches.js";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const LENGTHS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, DAY];
const MOST = 64;

/** @param {number} spanMs */
export function binLength(spanMs) {
  return LENGTHS.find((length) => spanMs / length <= MOST) ?? DAY;
}

/**
 * @param {Stretch} span @param {Found[]} found @param {Searched[]} parts what is searched so far
 * @param {Stretch[] | null} footage null: not known, and taken for all @param {Zone} zone
 * @returns {Bin[]}
 */
export function binsOf(span, found, parts, footage, zone) {
  const length = binLength(span.endMs - span.startMs);
  /** @type {Bin[]} */
  const bins = [];
  for (let at = beginOf(span.startMs, length, zone); at < span.endMs; ) {
    // On the day the clock is changed a bin may be an hour shorter or longer.
    const next = Math.max(at + MINUTE, beginOf(at + length * 1.5, length, zone));
    bins.push({
      startMs: at,
      endMs: next,
      count: 0,
      movedMs: 0,
      unknown: unknownShare({ startMs: at, endMs: next }, parts, footage),
    });
    at = next;
  }
  for (const one of found) {
    for (const bin of bins) {
      const movedMs = Math.min(bin.endMs, one.endMs) - Math.max(bin.startMs, one.startMs);
      if (movedMs > 0) bin.movedMs += movedMs;
      if (one.startMs >= bin.startMs && one.startMs < bin.endMs) bin.count += 1;
    }
  }
  return bins;
}

/**
 * Of a part's footage one knows how much was not analysed, not when: it counts for all of it alike.
 *
 * @param {Stretch} bin @param {Searched[]} parts @param {Stretch[] | null} footage
 */
function unknownShare(bin, parts, footage) {
  let unknownMs = 0;
  for (const part of parts) {
    const common = { startMs: Math.max(bin.startMs, part.startMs), endMs: Math.min(bin.endMs, part.endMs) };
    const commonMs = common.endMs - common.startMs;
    if (commonMs <= 0) continue;
    const recordedMs = footage ? sharedMs(footage, common) : commonMs;
    const ofPartMs = footage ? sharedMs(footage, part) : part.endMs - part.startMs;
    unknownMs += commonMs - recordedMs + recordedMs * Math.min(1, part.notAnalysedMs / Math.max(1, ofPartMs));
  }
  return Math.min(1, unknownMs / (bin.endMs - bin.startMs));
}

/** @param {number} atMs @param {number} length @param {Zone} zone */
function beginOf(atMs, length, zone) {
  return zone.fromWall(Math.floor(zone.toWall(atMs) / length) * length);
}
