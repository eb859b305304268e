/** Keeps an MSE <video> near the live edge: proportional playback rate, then a jump. Pure; times in seconds, as in the DOM. */

export const TARGET_S = 0.08;
export const TARGET_WHEN_BUSY_S = 0.15;
/** Beyond this the rate alone gets a second to help, then the player jumps. */
export const JUMP_ABOVE_S = 1;
export const JUMP_AT_ONCE_S = 3;
const PATIENCE_MS = 1_000;
/** A <video> that ran dry this often within the time below gets the larger target. */
const MANY_STALLS = 4;
const STALL_MEMORY_MS = 15_000;
const EDGE_S = 0.05;
/** Nothing is done about so little: the lag swings by a frame anyway. */
const BAND_S = 0.04;

/**
 * @typedef {{kind: "none"} | {kind: "rate", rate: number} | {kind: "seek", toS: number, lagS: number}} RateAction
 */

export class RateControl {
  /** @type {number | null} */
  #behindSinceMs = null;
  /** @type {number[]} */
  #stalls = [];

  /** @param {number} nowMs */
  stalled(nowMs) {
    this.#stalls.push(nowMs);
  }

  /** @param {number} nowMs */
  targetS(nowMs) {
    this.#stalls = this.#stalls.filter((atMs) => nowMs - atMs < STALL_MEMORY_MS);
    return this.#stalls.length >= MANY_STALLS ? TARGET_WHEN_BUSY_S : TARGET_S;
  }

  /**
   * Ask only while the element neither seeks nor waits for data, except across a hole (`ranges` has a later one).
   * @param {object} now
   * @param {number} now.nowMs
   * @param {number} now.currentS
   * @param {number} now.rate the present playbackRate
   * @param {[number, number][]} now.ranges buffered, in order
   * @returns {RateAction}
   */
  decide({ nowMs, currentS, rate, ranges }) {
    const last = ranges.at(-1);
    if (!last) return { kind: "none" };
    const [startS, endS] = last;
    const lagS = endS - currentS;
    if (currentS < startS - 0.001) return this.#jump(Math.max(startS, endS - EDGE_S), lagS);
    if (lagS > JUMP_ABOVE_S) {
      this.#behindSinceMs ??= nowMs;
      if (lagS > JUMP_AT_ONCE_S || nowMs - this.#behindSinceMs > PATIENCE_MS) {
        return this.#jump(Math.max(startS, endS - EDGE_S), lagS);
      }
    } else {
      this.#behindSinceMs = null;
    }
    const excessS = lagS - this.targetS(nowMs);
    const wanted = excessS > BAND_S ? Math.min(2, 1 + 2 * excessS) : rate > 1 && excessS > 0.02 ? 1.05 : 1;
    return Math.abs(wanted - rate) < 0.01 ? { kind: "none" } : { kind: "rate", rate: wanted };
  }

  /** @param {number} toS @param {number} lagS @returns {RateAction} */
  #jump(toS, lagS) {
    this.#behindSinceMs = null;
    return { kind: "seek", toS, lagS };
  }
}
