/**
 * `<nvr-jpeg-screen>`: plays pictures off a shelf as a `<video>` plays what it has buffered, in so far as the player asks for it: times in
 * seconds from an origin, `seeking` until the picture is drawn, a stop where there is nothing.
 */

import { JpegShelf } from "./jpeg-shelf.js";

/** @import { Picture } from "./jpeg-shelf.js" */

/** Times are rounded on their way: this near to the end of what there is, it is reached. */
const END_MS = 1;

export class JpegScreen extends HTMLElement {
  shelf = new JpegShelf();
  canvas = document.createElement("canvas");
  paused = true;
  seeking = false;
  /** There is no sound in it. */
  volume = 0;
  frames = 0;
  #context = this.canvas.getContext("2d");
  #rate = 1;
  /** Where it stood at a moment of performance.now(). */
  #ms = 0;
  #atMs = 0;
  /** @type {Picture | null} */
  #drawn = null;
  #isDecoding = false;
  #ticking = 0;

  connectedCallback() {
    this.append(this.canvas);
  }

  disconnectedCallback() {
    cancelAnimationFrame(this.#ticking);
    this.#ticking = 0;
  }

  /** Where it is, on the wall clock. */
  get ms() {
    if (this.paused || this.seeking) return this.#ms;
    const ms = this.#ms + (performance.now() - this.#atMs) * this.#rate;
    return Math.min(ms, Math.max(this.#ms, this.shelf.heldUntil(this.#ms) - END_MS));
  }

  get playbackRate() {
    return this.#rate;
  }

  set playbackRate(rate) {
    this.#stand(this.ms);
    this.#rate = rate;
  }

  get readyState() {
    const ms = this.ms;
    if (!this.#drawn || !this.shelf.at(ms)) return HTMLMediaElement.HAVE_METADATA;
    return this.shelf.heldUntil(ms) - ms > 2 * END_MS
      ? HTMLMediaElement.HAVE_FUTURE_DATA
      : HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  /** @param {number} ms */
  seek(ms) {
    this.#stand(ms);
    this.seeking = true;
    this.refresh();
  }

  /** There may be other pictures on the shelf now. */
  refresh() {
    this.#show();
  }

  async play() {
    if (!this.paused) return;
    this.#stand(this.#ms);
    this.paused = false;
    this.#tick();
  }

  pause() {
    this.#stand(this.ms);
    this.paused = true;
  }

  /** @returns {Promise<Blob | null>} the picture as the camera sent it */
  async snapshot() {
    return this.#drawn && new Blob([this.#drawn.data], { type: "image/jpeg" });
  }

  /** @param {number} ms */
  #stand(ms) {
    this.#ms = ms;
    this.#atMs = performance.now();
  }

  #tick() {
    cancelAnimationFrame(this.#ticking);
    if (this.paused || !this.isConnected) return;
    this.#show();
    this.#ticking = requestAnimationFrame(() => this.#tick());
  }

  /** One picture is decoded at a time; which is next is asked when it is done. */
  async #show() {
    if (this.#isDecoding) return;
    this.#isDecoding = true;
    for (let picture = this.#wanted(); picture; picture = this.#wanted()) {
      const wasSeeking = this.seeking;
      const bitmap = await createImageBitmap(new Blob([picture.data], { type: "image/jpeg" })).catch(() => null);
      if (bitmap) this.#draw(bitmap);
      // What can't be decoded leaves the picture before it, as everywhere.
      this.#drawn = picture;
      if (!wasSeeking || picture !== this.shelf.at(this.#ms)) continue;
      this.#stand(this.#ms);
      this.seeking = false;
      this.dispatchEvent(new Event("seeked"));
      this.dispatchEvent(new Event("canplay"));
    }
    this.#isDecoding = false;
  }

  #wanted() {
    const picture = this.shelf.at(this.ms);
    return picture && (picture !== this.#drawn || this.seeking) ? picture : null;
  }

  /** @param {ImageBitmap} bitmap */
  #draw(bitmap) {
    if (this.canvas.width !== bitmap.width || this.canvas.height !== bitmap.height)
      [this.canvas.width, this.canvas.height] = [bitmap.width, bitmap.height];
    this.#context?.drawImage(bitmap, 0, 0);
    bitmap.close();
    this.frames += 1;
  }
}

customElements.define("nvr-jpeg-screen", JpegScreen);
