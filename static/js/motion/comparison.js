/**
 * Events that were made, beside those that other settings would have made of the same footage. Pure.
 *
 * @typedef {{start_ms: number, end_ms: number}} Spanned
 * @typedef {{made: boolean[], would: boolean[], same: number, gone: number, fresh: number}} Comparison `made` and `would` say of each whether the
 *   other side has it too
 */

const NEWEST_MS = 20_000;
/** So far apart two may be and still be the same: settings move where an event begins and ends. */
const TOLERANCE_MS = 2_000;

/** @param {readonly Spanned[]} made @param {readonly Spanned[]} would @returns {Comparison} */
export function compare(made, would) {
  const has = (/** @type {readonly Spanned[]} */ others, /** @type {Spanned} */ event) =>
    others.some(
      (other) => other.start_ms < event.end_ms + TOLERANCE_MS && event.start_ms < other.end_ms + TOLERANCE_MS,
    );
  const inBoth = { made: made.map((event) => has(would, event)), would: would.map((event) => has(made, event)) };
  return {
    ...inBoth,
    same: inBoth.would.filter(Boolean).length,
    gone: inBoth.made.filter((is) => !is).length,
    fresh: inBoth.would.filter((is) => !is).length,
  };
}

/** @param {number} made @param {number} would @param {Comparison} comparison */
export function comparisonWords(made, would, { gone, fresh }) {
  if (!made && !would) return "No event was made, and none would be.";
  const changes = [fresh && `${fresh} more`, gone && `${gone} no longer`].filter(Boolean).join(", ");
  if (!changes)
    return made === would ? `The same ${events(made)}.` : `${events(would)} instead of ${made}, at the same times.`;
  return `${events(would)} instead of ${made}: ${changes}.`;
}

/**
 * How much of the window could not be judged, in words; "" when hardly any.
 *
 * @param {number} analysedMs @param {number} windowMs @param {number} [turningMs] while the camera turned
 */
export function analysedWords(analysedMs, windowMs, turningMs = 0) {
  const missingMs = windowMs - analysedMs - turningMs;
  const turning =
    turningMs >= 1000 ? [`For ${lengthOf(turningMs)} the camera was turning: motion is not looked for then.`] : [];
  // The newest seconds never are: they are being recorded.
  if (missingMs < Math.max(NEWEST_MS, windowMs / 100)) return turning.join(" ");
  if (!analysedMs)
    return "None of this time was analysed: there was no footage, or motion detection was off or behind.";
  const missing = `${lengthOf(missingMs)} of it was not analysed: no footage, or motion detection was off or behind. Events may be missing there.`;
  return [missing, ...turning].join(" ");
}

/** @param {number} count */
function events(count) {
  return count === 1 ? "1 event" : `${count} events`;
}

/** @param {number} ms */
function lengthOf(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
