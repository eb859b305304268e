/**
 * What the detector is at, in words. Pure: the present comes in as an argument.
 *
 * @typedef {object} Status as the API has it
 * @property {boolean} is_on
 * @property {string} why_not
 * @property {number | null} switches_at_ms
 * @property {string} role
 * @property {number | null} lag_ms
 * @property {number} analyses_per_s
 * @property {string} reason
 */

import { clockTime } from "../words.js";

/** Nobody notices less. */
const CURRENT_MS = 2_000;
/** Later than this people should know. */
const LATE_MS = 15_000;
const ROLES = /** @type {Record<string, string>} */ ({ main: "main", sub: "sub" });

/**
 * @param {{is_on: boolean, is_needed: boolean, status: Status}} answer of the API @param {Date} now @param {string} [locale]
 * @returns {{state: "live" | "connecting" | "off", text: string, more: string[]}}
 */
export function statusWords({ is_on: isOn, is_needed: isNeeded, status }, now, locale) {
  const until = status.switches_at_ms ? clockTime(new Date(status.switches_at_ms), now, locale) : "";
  const needed = isNeeded ? ["This camera is recorded on motion, so motion is always looked for."] : [];
  if (!status.is_on) {
    const again = until && (isOn || isNeeded) ? [`Its hours begin ${until}.`] : [];
    return { state: "off", text: status.why_not || "Motion is not being looked for.", more: [...again, ...needed] };
  }
  const more = [
    watchWords(status),
    ...(status.reason ? [status.reason] : []),
    ...(until ? [`Its hours end ${until}.`] : []),
    ...needed,
  ];
  if (status.lag_ms === null || status.why_not)
    return { state: "connecting", text: status.why_not || "On. Nothing was looked at yet.", more };
  if (status.lag_ms > LATE_MS)
    return {
      state: "connecting",
      text: `On, but ${lagWords(status.lag_ms)} behind.`,
      more: ["Events come that much later; none is lost.", ...more],
    };
  return { state: "live", text: status.lag_ms < CURRENT_MS ? "On." : `On, ${lagWords(status.lag_ms)} behind.`, more };
}

/** @param {Status} status */
function watchWords({ role, analyses_per_s: rate }) {
  const stream = `Looks at the ${ROLES[role] ?? role} stream`;
  if (!rate) return `${stream}.`;
  const count = Number(rate.toPrecision(2));
  return `${stream}, ${count} ${count === 1 ? "picture" : "pictures"} a second.`;
}

/** @param {number} ms */
function lagWords(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
