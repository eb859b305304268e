/** Media Source Extensions as a transport: the fast path on plain http, and Firefox's. All of it lives in the page. */

import { MsePlayback } from "./mse-playback.js";
import { LiveSession } from "./session.js";
import { pictureOf } from "./snapshot.js";

/**
 * @import { Wish } from "./session.js"
 * @import { Emit, Transport } from "./transport.js"
 */

/**
 * @implements {Transport}
 */
export class MseTransport {
  #session;
  #playback;

  /**
   * @param {Wish} wish
   * @param {Emit} emit
   */
  constructor(wish, emit) {
    this.#session = new LiveSession(wish, (event) => {
      emit(event);
      if (event.type === "picture") this.#playback.shows();
    });
    this.#playback = new MsePlayback(this.#session, emit);
    this.#playback.isMuted = !wish.audio;
  }

  open() {
    this.#session.start(this.#playback);
  }

  close() {
    this.#session.close();
  }

  pause() {
    this.#session.pause();
  }

  resume() {
    this.#session.resume();
    this.#playback.resume();
  }

  nudge() {
    this.#session.nudge();
  }

  reconnect() {
    this.#session.reconnect();
  }

  /** @param {string} quality */
  setQuality(quality) {
    this.#session.setQuality(quality);
  }

  /** @param {boolean} isWanted */
  setAudio(isWanted) {
    this.#playback.isMuted = !isWanted;
    if (this.#playback.video && !isWanted) this.#playback.video.muted = true;
    this.#session.setAudio(isWanted);
  }

  /** @param {number} volume 0 to 1 */
  setVolume(volume) {
    this.#playback.volume = volume;
  }

  resize() {}

  snapshot() {
    const { video } = this.#playback;
    return video ? pictureOf(video) : Promise.resolve(null);
  }
}
