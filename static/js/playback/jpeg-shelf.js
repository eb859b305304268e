/** JPEG pictures in order of time, as a browser's own buffer keeps those of other codecs. Pure. */

/** @import { Span } from "./footage-map.js" */

/** @typedef {{startMs: number, endMs: number, data: Uint8Array<ArrayBuffer>}} Picture */

export class JpegShelf {
  /** @type {Picture[]} */
  #pictures = [];

  /** What comes later takes the place of what was there. @param {Picture[]} pictures of one piece of footage, in order */
  add(pictures) {
    const [first, last] = [pictures[0], pictures.at(-1)];
    if (!first || !last) return;
    const before = this.#pictures.slice(0, this.#lastAt(first.startMs - 1) + 1);
    const after = this.#pictures.filter(({ startMs }) => startMs >= last.endMs - 1);
    const until = before.at(-1);
    if (until && until.endMs > first.startMs)
      before[before.length - 1] = { ...until, endMs: Math.min(until.endMs, first.startMs) };
    this.#pictures = [...before, ...pictures, ...after];
  }

  /** @param {number} ms @returns {Picture | null} what is shown then */
  at(ms) {
    const picture = this.#pictures[this.#lastAt(ms)];
    return picture && ms < picture.endMs ? picture : null;
  }

  /** @param {number} ms @returns {Picture | null} the first that begins later */
  after(ms) {
    return this.#pictures[this.#lastAt(ms) + 1] ?? null;
  }

  /** Until when there is a picture at every moment. @param {number} ms @returns {number} `ms` itself where there is none */
  heldUntil(ms) {
    let index = this.#lastAt(ms);
    let untilMs = this.#pictures[index]?.endMs ?? ms;
    if (untilMs <= ms) return ms;
    while (this.#pictures[index + 1]?.startMs <= untilMs + 1) {
      index += 1;
      untilMs = Math.max(untilMs, this.#pictures[index].endMs);
    }
    return untilMs;
  }

  /** @param {Span} span */
  keep({ startMs, endMs }) {
    this.#pictures = this.#pictures.filter((picture) => picture.endMs > startMs && picture.startMs < endMs);
  }

  clear() {
    this.#pictures = [];
  }

  /** The index of the last that begins at the moment or before; -1 for none. @param {number} ms */
  #lastAt(ms) {
    let [low, high] = [0, this.#pictures.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#pictures[middle].startMs <= ms) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
