/** What is said of deliveries. Pure. */

/**
 * @typedef {object} Delivery
 * @property {string} state
 * @property {string} title
 * @property {string} rule
 * @property {string} channel_name
 * @property {string} device
 * @property {number} attempts
 * @property {string} reason
 * @property {number} made_ms
 * @property {number | null} next_try_ms
 */

const STATES = /** @type {Record<string, string>} */ ({
  waiting: "Waiting",
  sending: "Being sent",
  sent: "Sent",
  failed: "Refused",
  given_up: "Given up",
});

/** @param {Delivery} delivery @param {number} nowMs */
export function stateText({ state, attempts, reason, next_try_ms: nextMs }, nowMs) {
  const tries = attempts > 1 ? ` after ${attempts} tries` : "";
  const title = `${STATES[state] ?? state}${state === "waiting" ? "" : tries}`;
  if (state === "waiting" && attempts > 0 && nextMs !== null) {
    const seconds = Math.max(Math.round((nextMs - nowMs) / 1000), 0);
    const wait = seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
    return `Failed${attempts > 1 ? ` ${attempts} times` : ""}, tried again in ${wait}. ${reason}`;
  }
  return reason ? `${title}. ${reason}` : title;
}
