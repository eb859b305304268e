/** Frames that were given to a <video> and are not displayed yet, by their time in it. Pure. */

/** @import { Shown } from "./session.js" */

/** Older ones were never displayed, and won't be. */
const MOST = 600;
const SLACK_S = 0.001;

export class AwaitedFrames {
  /** In the order of arrival, which is not that of display when there are B-frames. @type {{frame: Shown, mediaS: number}[]} */
  #frames = [];

  get size() {
    return this.#frames.length;
  }

  /** @type {Shown | null} */
  get newest() {
    return this.#frames.at(-1)?.frame ?? null;
  }

  /** @param {Shown} frame @param {number} mediaS */
  add(frame, mediaS) {
    this.#frames.push({ frame, mediaS });
    if (this.#frames.length > MOST) this.#frames.shift();
  }

  /**
   * The <video> displays what is at `mediaS`; whatever is before that is done with.
   * @param {number} mediaS
   * @returns {Shown | null}
   */
  displayed(mediaS) {
    const done = this.#frames.filter((one) => one.mediaS <= mediaS + SLACK_S);
    if (!done.length) return null;
    this.#frames = this.#frames.filter((one) => one.mediaS > mediaS + SLACK_S);
    return done.reduce((newest, one) => (one.mediaS >= newest.mediaS ? one : newest)).frame;
  }
}
