/** Finds the picture so many steps away, across groups of pictures, files and gaps. Pure but for asking what a group holds. */

import { JOIN_MS } from "./footage-map.js";

/** @import { Entry, FootageMap } from "./footage-map.js" */

/** Times in the map are sums of rounded durations. */
const ROUNDING_MS = 0.5;

/**
 * @param {FootageMap} map @param {(entry: Entry) => Promise<number[]>} pictures of a group, in order @param {number} ms
 * @param {number} steps negative for back
 * @returns {Promise<number | null>} when that picture begins; null when there is none so far
 */
export async function pictureAt(map, pictures, ms, steps) {
  if (steps === 0) return ms;
  let entry = map.find(ms);
  let left = Math.abs(steps);
  if (entry) {
    let times = await pictures(entry);
    const before = map.before(entry.startMs + ROUNDING_MS);
    if (times[0] > ms + ROUNDING_MS && before && entry.startMs - before.endMs < JOIN_MS) {
      // Reordered pictures are shown a little after their time to be decoded: still the last one of the group before.
      entry = before;
      times = await pictures(entry);
    }
    const shown = times.findLastIndex((at) => at <= ms + ROUNDING_MS);
    const wanted = shown + steps;
    if (wanted >= 0 && wanted < times.length) return times[wanted];
    left -= steps > 0 ? times.length - 1 - shown : Math.max(shown, 0);
  }
  for (;;) {
    /** @type {Entry | null} */
    const next = steps > 0 ? map.after(entry?.startMs ?? ms) : map.before((entry?.startMs ?? ms) + ROUNDING_MS);
    if (!next || next === entry) return null;
    entry = next;
    const times = await pictures(entry);
    if (left <= times.length) return steps > 0 ? times[left - 1] : times[times.length - left];
    left -= times.length;
  }
}
