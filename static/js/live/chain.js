/**
 * Which transport to play by: the best one that this browser has and that hasn't failed lately. Pure: capabilities and times come in.
 *
 * A new transport (WHEP comes next, before mjpeg) is a name in ORDER, a line in `possible` and an entry in transports.js.
 */

/**
 * @typedef {"webcodecs" | "canvas" | "mse" | "mjpeg"} TransportName
 *
 * @typedef {object} Capabilities
 * @property {boolean} isFirefox
 * @property {boolean} videoDecoder VideoDecoder exists here (a secure context) and decodes
 * @property {boolean} trackGenerator
 * @property {boolean} offscreenCanvas
 * @property {boolean} mediaSource MediaSource or ManagedMediaSource
 */

/** @type {readonly TransportName[]} */
export const ORDER = Object.freeze(["webcodecs", "canvas", "mse", "mjpeg"]);

/** How long a transport that failed is left alone: doubled with every failure, forgotten after it played well. */
export const FIRST_PENALTY_MS = 30_000;
export const LONGEST_PENALTY_MS = 600_000;

/** @type {Record<TransportName, (has: Capabilities) => boolean>} */
const possible = {
  webcodecs: (has) => has.videoDecoder && has.trackGenerator,
  canvas: (has) => has.videoDecoder && has.offscreenCanvas,
  mse: (has) => has.mediaSource,
  mjpeg: (has) => has.offscreenCanvas,
};

/**
 * @param {Capabilities} has
 * @param {string | null} forced the only transport wanted
 * @returns {TransportName[]} best first
 */
export function transportsFor(has, forced = null) {
  const names = ORDER.filter((name) => possible[name](has));
  if (forced) return names.filter((name) => name === forced);
  // Firefox's decoder starves when all cores are busy (seconds of delay, measured), its MSE does not, and it plays H.265 there.
  if (has.isFirefox)
    return [...names.filter((name) => name === "mse"), ...names.filter((name) => name !== "mse" && name !== "canvas")];
  return names;
}

export class Chain {
  #names;
  /** @type {Map<TransportName, {failures: number, untilMs: number}>} */
  #penalties = new Map();

  /** @param {readonly TransportName[]} names best first */
  constructor(names) {
    this.#names = names;
  }

  get names() {
    return this.#names;
  }

  /** @param {number} nowMs @returns {TransportName | null} null when all are left alone for now */
  best(nowMs) {
    return this.#names.find((name) => (this.#penalties.get(name)?.untilMs ?? 0) <= nowMs) ?? null;
  }

  /**
   * @param {TransportName} name
   * @param {number} nowMs
   * @param {"trouble" | "impossible"} kind impossible: with this camera's codec it never will
   */
  failed(name, nowMs, kind = "trouble") {
    const failures = (this.#penalties.get(name)?.failures ?? 0) + 1;
    const penaltyMs = Math.min(LONGEST_PENALTY_MS, FIRST_PENALTY_MS * 2 ** (failures - 1));
    this.#penalties.set(name, {
      failures,
      untilMs: kind === "impossible" ? Number.POSITIVE_INFINITY : nowMs + penaltyMs,
    });
  }

  /** It has played for a while: its past is forgotten. @param {TransportName} name */
  playedWell(name) {
    this.#penalties.delete(name);
  }

  /** The connection was lost for other reasons: whatever had trouble may try again; what is impossible stays so. */
  reconnected() {
    for (const penalty of this.#penalties.values()) if (Number.isFinite(penalty.untilMs)) penalty.untilMs = 0;
  }

  /** Another camera, or another stream of it. */
  forgetAll() {
    this.#penalties.clear();
  }

  /** When the next one comes free; null when none will. @returns {number | null} */
  get nextTryAtMs() {
    const times = [...this.#penalties.values()].map(({ untilMs }) => untilMs).filter(Number.isFinite);
    return times.length ? Math.min(...times) : null;
  }

  /** @param {TransportName} name @param {number} nowMs @returns {TransportName | null} something better to go up to */
  better(name, nowMs) {
    const best = this.best(nowMs);
    return best !== null && this.#names.indexOf(best) < this.#names.indexOf(name) ? best : null;
  }
}
