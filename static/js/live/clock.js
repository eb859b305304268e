/** How far the server's clock is ahead of ours, from pings. Pure, but for `wallMs`. */

/** Milliseconds since 1970 on the monotonic clock; page and worker agree on it. */
export const wallMs = () => performance.timeOrigin + performance.now();

/** Older round trips are forgotten, so that clocks may drift and networks may change. */
const WINDOW_MS = 60_000;

/**
 * The round trip bounds the error: at the smallest one the answer was under way for the least unknown time (RFC 5905, 10).
 */
export class ClockOffset {
  /** @type {{atMs: number, roundTripMs: number, offsetMs: number}[]} */
  #samples = [];

  /**
   * @param {{client_ms: number, server_ms: number}} pong
   * @param {number} nowMs
   */
  add(pong, nowMs) {
    const roundTripMs = nowMs - pong.client_ms;
    if (!(roundTripMs >= 0)) return;
    this.#samples = this.#samples.filter((sample) => nowMs - sample.atMs < WINDOW_MS);
    this.#samples.push({ atMs: nowMs, roundTripMs, offsetMs: pong.server_ms - (pong.client_ms + nowMs) / 2 });
  }

  get #best() {
    return this.#samples.reduce(
      (best, sample) => (sample.roundTripMs < best.roundTripMs ? sample : best),
      this.#samples[0],
    );
  }

  get isKnown() {
    return this.#samples.length > 0;
  }

  /** Server time minus ours; 0 while unknown. */
  get offsetMs() {
    return this.isKnown ? this.#best.offsetMs : 0;
  }

  /** The smallest round trip of the last minute; null while unknown. */
  get roundTripMs() {
    return this.isKnown ? this.#best.roundTripMs : null;
  }
}
