/** Fragments to pictures by Media Source Extensions, in the page: one pipe for each `init`, the old one until the new one shows. */

import { MsePipe } from "./mse-pipe.js";

/**
 * @import { Header, Init } from "./protocol.js"
 * @import { LiveSession, Playback } from "./session.js"
 * @import { Emit } from "./transport.js"
 */

/**
 * @implements {Playback}
 */
export class MsePlayback {
  #session;
  #emit;
  /** @type {MsePipe | null} the one whose picture is shown */
  #shown = null;
  /** @type {MsePipe | null} the one of the newest `init`, until its first picture is there */
  #next = null;
  isMuted = true;
  #volume = 1;

  /**
   * @param {LiveSession} session
   * @param {Emit} emit
   */
  constructor(session, emit) {
    this.#session = session;
    this.#emit = emit;
  }

  get queue() {
    return (this.#next ?? this.#shown)?.queue ?? 0;
  }

  /** @type {HTMLVideoElement | null} */
  get video() {
    return this.#shown?.video ?? null;
  }

  /** @param {number} volume 0 to 1 */
  set volume(volume) {
    this.#volume = volume;
    for (const pipe of [this.#shown, this.#next]) if (pipe) pipe.video.volume = volume;
  }

  /** @param {Init} init */
  configure(init) {
    this.#next?.close();
    const pipe = new MsePipe(init, this.#session, () => this.#session.reconnect());
    pipe.video.muted = this.isMuted || !init.audio;
    pipe.video.volume = this.#volume;
    this.#next = pipe;
    this.#emit({ type: "surface", element: pipe.video });
  }

  /**
   * @param {Header} header
   * @param {Uint8Array<ArrayBuffer>} payload
   * @param {number} arrivedAtMs
   */
  accept(header, payload, arrivedAtMs) {
    (this.#next ?? this.#shown)?.accept(header, payload, arrivedAtMs);
  }

  /** The first picture of the newest pipe is on the screen: the one before it is no longer needed. */
  shows() {
    if (!this.#next) return;
    const old = this.#shown;
    this.#shown = this.#next;
    this.#next = null;
    // The page takes the old element out of sight in the same turn.
    if (old) queueMicrotask(() => old.close());
  }

  pause() {}

  resume() {
    this.#shown?.video.play().catch(() => {});
  }

  close() {
    this.#next?.close();
    this.#shown?.close();
    this.#next = this.#shown = null;
  }
}
