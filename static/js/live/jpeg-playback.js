/** JPEG pictures to a canvas, in the worker. One is decoded at a time; of those that come meanwhile only the newest is kept. */

import { Kind } from "./protocol.js";

/**
 * @import { Header } from "./protocol.js"
 * @import { LiveSession, Playback, Shown } from "./session.js"
 * @import { Surface } from "./surfaces.js"
 */

/**
 * @implements {Playback}
 */
export class JpegPlayback {
  #session;
  #surface;
  #isBusy = false;
  /** @type {{frame: Shown, payload: Uint8Array<ArrayBuffer>} | null} */
  #next = null;
  /** Changes whenever what is being decoded is no longer wanted. */
  #epoch = 0;
  /** @type {Uint8Array<ArrayBuffer> | null} */
  #newest = null;

  /**
   * @param {LiveSession} session
   * @param {Surface} surface
   */
  constructor(session, surface) {
    this.#session = session;
    this.#surface = surface;
  }

  get queue() {
    return (this.#isBusy ? 1 : 0) + (this.#next ? 1 : 0);
  }

  configure() {
    this.pause();
  }

  /**
   * @param {Header} header
   * @param {Uint8Array<ArrayBuffer>} payload
   * @param {number} arrivedAtMs
   */
  accept(header, payload, arrivedAtMs) {
    if (header.kind !== Kind.JPEG) return;
    if (this.#next) this.#session.dropped(1);
    this.#next = { frame: { ...header, arrivedAtMs }, payload };
    if (!this.#isBusy) this.#work();
  }

  pause() {
    this.#epoch += 1;
    this.#next = null;
  }

  close() {
    this.pause();
    this.#surface.close();
  }

  /** @returns {Promise<Blob | null>} the newest picture as it came */
  async snapshot() {
    return this.#newest && new Blob([this.#newest], { type: "image/jpeg" });
  }

  async #work() {
    this.#isBusy = true;
    while (this.#next) {
      const { frame, payload } = this.#next;
      const epoch = this.#epoch;
      this.#next = null;
      try {
        const picture = await createImageBitmap(new Blob([payload], { type: "image/jpeg" }));
        if (epoch !== this.#epoch) {
          picture.close();
          continue;
        }
        this.#newest = payload;
        this.#surface.show(picture, (isShown) => (isShown ? this.#session.shown(frame) : this.#session.dropped(1)));
      } catch (error) {
        if (epoch === this.#epoch)
          this.#session.trouble("decode", error instanceof Error ? error.message : String(error));
      }
    }
    this.#isBusy = false;
  }
}
