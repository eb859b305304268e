/** Judges from what was observed whether a tile is live, and what to do when it is not. Pure: a clock's reading comes in. */

/** @typedef {"connecting" | "playing" | "waiting" | "stalled" | "paused" | "failed"} State */

export const START_MS = 4_000;
export const FROZEN_MS = 3_000;
export const SILENT_MS = 5_000;
export const LAG_MS = 3_000;
const LONGEST_FROZEN_MS = 15_000;
const ERROR_WINDOW_MS = 10_000;
const LAG_WINDOW_MS = 60_000;
/** One late burst is one lag, not as many as it has pictures. */
const LAG_APART_MS = 1_500;
const MANY_FREEZES = 3;

/**
 * @typedef {object} Observed
 * @property {number} nowMs
 * @property {boolean} isOpen the socket is open and an `init` has come
 * @property {string | null} cameraState from `stats`; null while unknown
 * @property {number} startedAtMs when this connection (or its resumption) began to expect pictures
 * @property {number | null} lastArrivedAtMs of media, since then
 * @property {number | null} lastShownAtMs since the player began, also before `startedAtMs`
 * @property {number} streamFps 0 while unknown
 * @property {number | null} playerLagMs arrival to display of the last picture
 *
 * @typedef {{kind: "none"} | {kind: "reconnect", reason: string} | {kind: "step-down", reason: string}} HealthAction
 * @typedef {{state: State, isStale: boolean, action: HealthAction}} Verdict
 */

/** @type {HealthAction} */
const NOTHING = Object.freeze({ kind: "none" });

export class Health {
  /** @type {number[]} */
  #errors = [];
  /** @type {number[]} */
  #lags = [];
  #freezes = 0;

  /** A new transport starts with a clean record. */
  reset() {
    this.#errors = [];
    this.#lags = [];
    this.#freezes = 0;
  }

  /** @param {number} nowMs @param {string} text @returns {HealthAction} */
  decodeFailed(nowMs, text) {
    this.#errors = [...this.#errors.filter((atMs) => nowMs - atMs < ERROR_WINDOW_MS), nowMs];
    return this.#errors.length >= 2 ? { kind: "step-down", reason: text } : NOTHING;
  }

  /** @param {Observed} observed @returns {Verdict} */
  judge(observed) {
    const { nowMs, startedAtMs, lastShownAtMs, isOpen } = observed;
    const frozenMs = frozenAfterMs(observed.streamFps);
    const isStale = lastShownAtMs !== null && nowMs - lastShownAtMs > frozenMs;
    const isShowing = lastShownAtMs !== null && lastShownAtMs >= startedAtMs && !isStale;
    if (isOpen && isShowing) {
      if (observed.playerLagMs !== null) this.#freezes = 0;
      return { state: "playing", isStale, action: this.#judgeLag(nowMs, observed.playerLagMs) };
    }
    if (!isOpen) return { state: "connecting", isStale, action: NOTHING };
    if (observed.cameraState !== null && observed.cameraState !== "live")
      return { state: "waiting", isStale, action: NOTHING };
    return this.#judgeMissingPicture(observed, isStale, frozenMs);
  }

  /** @param {Observed} observed @param {boolean} isStale @param {number} frozenMs @returns {Verdict} */
  #judgeMissingPicture({ nowMs, startedAtMs, lastShownAtMs, lastArrivedAtMs }, isStale, frozenMs) {
    const hasStarted = lastShownAtMs !== null && lastShownAtMs >= startedAtMs;
    const arrives = lastArrivedAtMs !== null && lastArrivedAtMs >= startedAtMs && nowMs - lastArrivedAtMs < frozenMs;
    if (!hasStarted && arrives && nowMs - startedAtMs > START_MS) {
      return {
        state: "stalled",
        isStale,
        action: { kind: "step-down", reason: "media arrives but no picture comes of it" },
      };
    }
    const sinceMs = Math.max(startedAtMs, lastShownAtMs ?? 0);
    const state = hasStarted || nowMs - sinceMs > frozenMs ? "stalled" : "connecting";
    if (nowMs - sinceMs <= (hasStarted ? frozenMs : Math.max(START_MS, frozenMs) + FROZEN_MS))
      return { state, isStale, action: NOTHING };
    this.#freezes += 1;
    if (this.#freezes >= MANY_FREEZES && arrives) {
      return { state, isStale, action: { kind: "step-down", reason: "the picture froze again and again" } };
    }
    return { state, isStale, action: { kind: "reconnect", reason: "no picture although the camera is live" } };
  }

  /** @param {number} nowMs @param {number | null} lagMs @returns {HealthAction} */
  #judgeLag(nowMs, lagMs) {
    if (lagMs === null || lagMs <= LAG_MS) return NOTHING;
    if (nowMs - (this.#lags.at(-1) ?? 0) < LAG_APART_MS) return NOTHING;
    this.#lags = [...this.#lags.filter((atMs) => nowMs - atMs < LAG_WINDOW_MS), nowMs];
    return this.#lags.length >= 3 ? { kind: "step-down", reason: "playback can't keep up" } : NOTHING;
  }
}

/**
 * How long a picture may stand before it no longer counts as live: a camera of one picture in two seconds is not frozen after three.
 * @param {number} streamFps
 */
export function frozenAfterMs(streamFps) {
  return streamFps > 0 ? Math.min(LONGEST_FROZEN_MS, Math.max(FROZEN_MS, 3_000 / streamFps)) : FROZEN_MS;
}
