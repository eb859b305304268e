/** One clock for several cameras, and how each picture is kept on it. Pure: the present comes in, in milliseconds of performance.now(). */

export const SLOWEST = 0.25;
export const FASTEST = 16;
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16];
/** Farther off, a picture jumps; nearer, its rate is nudged. In real time, so more footage when it plays fast. */
export const JUMP_MS = 300;
/** Less is not worth a nudge: half a picture. */
const CALM_MS = 15;
const LARGEST_NUDGE = 0.25;
/** What browsers take as a rate. */
const LOWEST_RATE = 0.0625;

/** Counts footage in wall time (milliseconds since 1970). */
export class MasterClock {
  #ms = 0;
  #atMs = 0;
  #rate = 1;
  #isRunning = false;

  get isRunning() {
    return this.#isRunning;
  }

  get rate() {
    return this.#rate;
  }

  /** @param {number} nowMs */
  at(nowMs) {
    return this.#isRunning ? this.#ms + (nowMs - this.#atMs) * this.#rate : this.#ms;
  }

  /** @param {number} ms @param {number} nowMs */
  set(ms, nowMs) {
    this.#ms = ms;
    this.#atMs = nowMs;
  }

  /** @param {boolean} isRunning @param {number} nowMs */
  run(isRunning, nowMs) {
    if (isRunning === this.#isRunning) return;
    this.set(this.at(nowMs), nowMs);
    this.#isRunning = isRunning;
  }

  /** @param {number} rate @param {number} nowMs */
  setRate(rate, nowMs) {
    this.set(this.at(nowMs), nowMs);
    this.#rate = clampedSpeed(rate);
  }
}

/** @param {number} rate */
export function clampedSpeed(rate) {
  return Number.isFinite(rate) ? Math.min(FASTEST, Math.max(SLOWEST, rate)) : 1;
}

/**
 * What brings a picture to the clock.
 * @param {number} behindMs footage from the picture to the clock; negative when the picture is ahead
 * @param {number} rate the clock's
 * @returns {{kind: "rate", rate: number} | {kind: "seek"}}
 */
export function correction(behindMs, rate) {
  const realMs = behindMs / Math.max(1, rate);
  if (Math.abs(realMs) > JUMP_MS) return { kind: "seek" };
  if (Math.abs(realMs) <= CALM_MS) return { kind: "rate", rate };
  // made good within half a second, if the bound allows
  const nudge = Math.min(LARGEST_NUDGE, Math.max(-LARGEST_NUDGE, realMs / 500));
  return { kind: "rate", rate: Math.min(FASTEST, Math.max(LOWEST_RATE, rate * (1 + nudge))) };
}

/** How fast every picture is still worth decoding, by the number of cameras; beyond, keyframes are. @param {number} cameras */
export function fastestWhole(cameras) {
  if (cameras <= 1) return 4;
  return cameras <= 4 ? 2 : 1;
}

/** Footage between two keyframes shown, so that all cameras together show about 16 of them a second. @param {number} rate @param {number} cameras */
export function keyStrideMs(rate, cameras) {
  const perSecond = Math.min(8, Math.max(2, 16 / Math.max(1, cameras)));
  return (rate * 1000) / perSecond;
}

/** Tells a decoder that does not keep up: it had what it needs, and still lost too much of a second. */
export class Stamina {
  #sinceMs = 0;
  #wallMs = 0;
  #shownMs = 0;

  /** Forgets; after jumps and changes of the rate. */
  reset() {
    this.#sinceMs = 0;
  }

  /**
   * @param {number} nowMs @param {number} shownMs where the picture is @param {number} rate @returns {boolean} it can't keep this rate
   */
  fails(nowMs, shownMs, rate) {
    if (!this.#sinceMs) {
      this.#sinceMs = nowMs;
      this.#shownMs = shownMs;
      return false;
    }
    this.#wallMs = nowMs - this.#sinceMs;
    if (this.#wallMs < 2_000) return false;
    const share = (shownMs - this.#shownMs) / (this.#wallMs * rate);
    this.#sinceMs = nowMs;
    this.#shownMs = shownMs;
    return share < 0.75;
  }
}

/**
 * The clock waits for cameras that have footage at this moment and can't show it yet, but for none too long.
 * @param {{isLoading: boolean, sinceMs: number}[]} cameras @param {number} nowMs @param {number} [patienceMs]
 */
export function waitsFor(cameras, nowMs, patienceMs = 6_000) {
  return cameras.some(({ isLoading, sinceMs }) => isLoading && nowMs - sinceMs < patienceMs);
}
