/** Counts what arrived, what was shown and how late. Pure: times come in as milliseconds on one clock. */

const WINDOW_MS = 2_000;

/**
 * @typedef {object} Delay
 * @property {number} totalMs capture to display
 * @property {number} serverMs
 * @property {number} networkMs
 * @property {number} playerMs arrival to display
 *
 * @typedef {object} Sample
 * @property {number} atMs
 * @property {number} receivedFrames
 * @property {number} receivedBytes
 * @property {number} shownFrames
 * @property {number} missedFrames dropped by the server for this viewer
 * @property {number} droppedFrames dropped here
 * @property {number | null} firstShownAtMs
 * @property {number | null} lastShownAtMs
 * @property {number | null} lastArrivedAtMs
 * @property {number} fps shown, over the last two seconds
 * @property {number} bps received, over the last two seconds
 * @property {Delay | null} delay of the last live picture
 */

export class Meter {
  #received = 0;
  #receivedBytes = 0;
  #shown = 0;
  #missed = 0;
  #dropped = 0;
  /** @type {number | null} */
  #firstShownAtMs = null;
  /** @type {number | null} */
  #lastShownAtMs = null;
  /** @type {number | null} */
  #lastArrivedAtMs = null;
  /** @type {Delay | null} */
  #delay = null;
  /** @type {{atMs: number, bytes: number}[]} */
  #arrivals = [];
  /** @type {number[]} */
  #displays = [];

  /** @param {number} bytes @param {number} missed @param {number} nowMs */
  arrived(bytes, missed, nowMs) {
    this.#received += 1;
    this.#receivedBytes += bytes;
    this.#missed += missed;
    this.#lastArrivedAtMs = nowMs;
    this.#arrivals.push({ atMs: nowMs, bytes });
    while (this.#arrivals[0].atMs < nowMs - WINDOW_MS) this.#arrivals.shift();
  }

  /** @param {number} frames */
  dropped(frames) {
    this.#dropped += frames;
  }

  /** @param {number} frames */
  missed(frames) {
    this.#missed += frames;
  }

  /**
   * @param {number} nowMs
   * @param {Delay | null} delay null for a picture that was never meant to be live
   */
  shown(nowMs, delay) {
    this.#shown += 1;
    this.#firstShownAtMs ??= nowMs;
    this.#lastShownAtMs = nowMs;
    if (delay) this.#delay = delay;
    this.#displays.push(nowMs);
    while (this.#displays[0] < nowMs - WINDOW_MS) this.#displays.shift();
  }

  /** @param {number} nowMs @returns {Sample} */
  sample(nowMs) {
    const since = nowMs - WINDOW_MS;
    const arrivals = this.#arrivals.filter(({ atMs }) => atMs >= since);
    const displays = this.#displays.filter((atMs) => atMs >= since);
    return {
      atMs: nowMs,
      receivedFrames: this.#received,
      receivedBytes: this.#receivedBytes,
      shownFrames: this.#shown,
      missedFrames: this.#missed,
      droppedFrames: this.#dropped,
      firstShownAtMs: this.#firstShownAtMs,
      lastShownAtMs: this.#lastShownAtMs,
      lastArrivedAtMs: this.#lastArrivedAtMs,
      fps: perSecond(displays.length - 1, displays[0], displays.at(-1)),
      bps: perSecond(
        arrivals.slice(1).reduce((sum, { bytes }) => sum + bytes * 8, 0),
        arrivals[0]?.atMs,
        arrivals.at(-1)?.atMs,
      ),
      delay: this.#delay,
    };
  }
}

/**
 * @param {number} amount
 * @param {number | undefined} fromMs
 * @param {number | undefined} toMs
 */
function perSecond(amount, fromMs, toMs) {
  if (fromMs === undefined || toMs === undefined || toMs <= fromMs) return 0;
  return (amount * 1000) / (toMs - fromMs);
}

/**
 * Splits the way from capture to display. The network's part ends where the message arrived here; what the clocks can't
 * tell apart (a negative part, by a millisecond or two) is counted as nothing.
 * @param {object} frame
 * @param {number} frame.capturedUs by the server's clock
 * @param {number} frame.arrivedAtMs by ours
 * @param {number} frame.shownAtMs by ours
 * @param {number} frame.offsetMs server clock minus ours
 * @param {number} frame.serverDelayMs
 * @returns {Delay}
 */
export function delayOf({ capturedUs, arrivedAtMs, shownAtMs, offsetMs, serverDelayMs }) {
  const totalMs = Math.max(0, shownAtMs + offsetMs - capturedUs / 1000);
  const playerMs = Math.min(totalMs, Math.max(0, shownAtMs - arrivedAtMs));
  const serverMs = Math.min(totalMs - playerMs, serverDelayMs);
  return { totalMs, serverMs, networkMs: totalMs - playerMs - serverMs, playerMs };
}
