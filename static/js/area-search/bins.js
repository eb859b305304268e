/**
 * What was found, by time: bins that begin on round times of the zone's wall clock. Pure.
 *
 * @import { Zone } from "../timeline/zone.js"
 * @import { Found, Searched } from "./stretches.js"
 *
 * @typedef {object} Bin
 * @property {number} startMs
 * @property {number} endMs
 * @property {number} count how often something began to move
 * @property {number} movedMs
 * @property {number} unknown which part of it was not analysed, 0 to 1
 */

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
 * @param {{startMs: number, endMs: number}} span @param {Found[]} found @param {Searched[]} parts what is searched so far @param {Zone} zone
 * @returns {Bin[]}
 */
export function binsOf(span, found, parts, zone) {
  const length = binLength(span.endMs - span.startMs);
  /** @type {Bin[]} */
  const bins = [];
  for (let at = beginOf(span.startMs, length, zone); at < span.endMs; ) {
    // On the day the clock is changed a bin may be an hour shorter or longer.
    const next = Math.max(at + MINUTE, beginOf(at + length * 1.5, length, zone));
    bins.push({ startMs: at, endMs: next, count: 0, movedMs: 0, unknown: unknownShare(at, next, parts) });
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

/** Of a stretch one knows how much was not analysed, not when: it counts for all of it alike. @param {number} startMs @param {number} endMs @param {Searched[]} parts */
function unknownShare(startMs, endMs, parts) {
  let unknownMs = 0;
  for (const part of parts) {
    const sharedMs = Math.min(endMs, part.endMs) - Math.max(startMs, part.startMs);
    if (sharedMs > 0) unknownMs += (sharedMs * part.notAnalysedMs) / Math.max(1, part.endMs - part.startMs);
  }
  return Math.min(1, unknownMs / (endMs - startMs));
}

/** @param {number} atMs @param {number} length @param {Zone} zone */
function beginOf(atMs, length, zone) {
  return zone.fromWall(Math.floor(zone.toWall(atMs) / length) * length);
}
