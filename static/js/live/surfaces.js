/** Where decoded pictures go, in the worker: a track that feeds a <video>, or a canvas. Both take ownership of what they are given. */

/** So many pictures may wait in the track before newer ones are left out. */
const LONGEST_TRACK_QUEUE = 4;

/**
 * @typedef {object} Surface
 * @property {(picture: VideoFrame | ImageBitmap, done: (isShown: boolean) => void) => void} show closes the picture; `done` tells when
 *   it is on its way to the screen, or was left out for a newer one
 * @property {(widthPx: number, heightPx: number) => void} resize the box on the screen, in device pixels
 * @property {() => void} close
 */

/** @implements {Surface} */
export class TrackSurface {
  #writer;

  /** @param {WritableStream<VideoFrame>} writable of a MediaStreamTrackGenerator */
  constructor(writable) {
    this.#writer = writable.getWriter();
  }

  /** @param {VideoFrame | ImageBitmap} picture @param {(isShown: boolean) => void} done */
  show(picture, done) {
    if (!(picture instanceof VideoFrame) || (this.#writer.desiredSize ?? 0) < -LONGEST_TRACK_QUEUE) {
      picture.close();
      return done(false);
    }
    // The track closes it. A rejected write means that the page let go of the track; close() follows.
    this.#writer.write(picture).catch(() => picture.close());
    done(true);
  }

  resize() {}

  close() {
    this.#writer.close().catch(() => {});
  }
}

/** @implements {Surface} */
export class CanvasSurface {
  #canvas;
  #context;
  #boxWidthPx = 0;
  #boxHeightPx = 0;
  /** @type {{picture: VideoFrame | ImageBitmap, done: (isShown: boolean) => void} | null} */
  #next = null;

  /** @param {OffscreenCanvas} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    const context = canvas.getContext("2d", { alpha: false });
    if (!context) throw new Error("this canvas has no 2d context");
    this.#context = context;
  }

  /**
   * Drawing is what this path costs, so of the pictures that come between two refreshes of the screen only the newest is drawn.
   * @param {VideoFrame | ImageBitmap} picture
   * @param {(isShown: boolean) => void} done
   */
  show(picture, done) {
    if (this.#next) this.#leaveOut();
    else requestAnimationFrame(() => this.#draw());
    this.#next = { picture, done };
  }

  #leaveOut() {
    const left = this.#next;
    this.#next = null;
    left?.picture.close();
    left?.done(false);
  }

  #draw() {
    if (!this.#next) return;
    const { picture, done } = this.#next;
    this.#next = null;
    const isFrame = typeof VideoFrame !== "undefined" && picture instanceof VideoFrame;
    const width = isFrame ? picture.displayWidth : /** @type {ImageBitmap} */ (picture).width;
    const height = isFrame ? picture.displayHeight : /** @type {ImageBitmap} */ (picture).height;
    this.#fit(width, height);
    this.#context.drawImage(picture, 0, 0, this.#canvas.width, this.#canvas.height);
    picture.close();
    done(true);
  }

  /** @param {number} widthPx @param {number} heightPx */
  resize(widthPx, heightPx) {
    this.#boxWidthPx = widthPx;
    this.#boxHeightPx = heightPx;
  }

  close() {
    this.#leaveOut();
  }

  /** No more pixels than the picture has or the screen shows. @param {number} width @param {number} height */
  #fit(width, height) {
    const box = this.#boxWidthPx > 0 && this.#boxHeightPx > 0;
    const scale = box ? Math.min(1, Math.min(this.#boxWidthPx / width, this.#boxHeightPx / height)) : 1;
    const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    if (this.#canvas.width !== w) this.#canvas.width = w;
    if (this.#canvas.height !== h) this.#canvas.height = h;
  }
}
