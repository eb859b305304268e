/** Which access units are worth decoding, so that a busy machine falls back to live and not behind for ever. Pure. */

import { Kind } from "./protocol.js";

/** @import { Header } from "./protocol.js" */

export const LONGEST_QUEUE = 30;
export const OLDEST_MS = 1_500;
/** Only below this age may the age rule strike again: a link that is always late must not turn into a slide show. */
const REARM_BELOW_MS = 1_000;

export class DropRule {
  #waitsForKey = true;
  #isAgeArmed = true;

  /** After a new decoder, a gap or a failure: only a keyframe will do. */
  waitForKey() {
    this.#waitsForKey = true;
  }

  /**
   * @param {Header} header
   * @param {object} now
   * @param {number} now.queue live units handed to the decoder and not yet decoded
   * @param {number | null} now.ageMs since capture; null while the clock offset is unknown
   * @returns {boolean} true to decode it
   */
  accepts(header, { queue, ageMs }) {
    if (header.kind !== Kind.ACCESS_UNIT) return false;
    if (header.isDiscontinuity) this.#waitsForKey = true;
    if (header.isKey) {
      this.#waitsForKey = queue > LONGEST_QUEUE;
      return !this.#waitsForKey;
    }
    if (this.#waitsForKey) return false;
    if (header.isBacklog || ageMs === null) return true;
    if (ageMs < REARM_BELOW_MS) this.#isAgeArmed = true;
    if (queue > LONGEST_QUEUE || (ageMs > OLDEST_MS && this.#isAgeArmed)) {
      if (ageMs > OLDEST_MS) this.#isAgeArmed = false;
      this.#waitsForKey = true;
      return false;
    }
    return true;
  }
}
