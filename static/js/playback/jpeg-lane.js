/** A lane (lane.js) for MJPEG, which no browser plays out of an MP4 file: the pictures are taken out of it and drawn one by one. */

import { JpegScreen } from "./jpeg-screen.js";
import { samplesIn, VIDEO_TRACK } from "./mp4.js";

/**
 * @import { Entry, Span } from "./footage-map.js"
 * @import { Bytes } from "./mp4.js"
 */

/** As the codec is called in our files' headers. */
export const JPEG_CODEC = "mjpeg";
/** A moment inside a picture, and how far in front of one is still at it: less than a picture lasts, for none is reordered here. */
const INSIDE_MS = 1;
const SLACK_MS = 15;
const HOLE_MS = 2_000;

export class JpegLane {
  element = new JpegScreen();
  /** @type {Map<string, number>} */
  #loaded = new Map();
  #lastKey = "";

  get shownMs() {
    return this.element.ms;
  }

  get isReady() {
    return !this.element.seeking && this.element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  reaches() {
    return true;
  }

  /** @param {number} ms */
  seek(ms) {
    const { shelf } = this.element;
    const next = shelf.at(ms + INSIDE_MS) ? null : shelf.after(ms);
    this.element.seek(next && next.startMs - ms <= SLACK_MS ? next.startMs + INSIDE_MS : ms + INSIDE_MS);
  }

  /** @param {string} key @param {Entry} entry */
  has(key, entry) {
    return (this.#loaded.get(key) ?? -1) >= entry.gop.size;
  }

  /** @param {string} key */
  continuesAt(key) {
    return key === this.#lastKey ? (this.#loaded.get(key) ?? 0) : 0;
  }

  /** @param {number} ms */
  covers(ms) {
    const { shelf } = this.element;
    return shelf.at(ms) !== null || (shelf.after(ms)?.startMs ?? Number.POSITIVE_INFINITY) - ms <= SLACK_MS;
  }

  /** @returns {number | null} as in lane.js */
  get nextAcrossHoleMs() {
    const ms = this.element.ms;
    const { shelf } = this.element;
    const next = shelf.after(Math.max(ms, shelf.heldUntil(ms) - 2 * INSIDE_MS));
    return next && next.startMs - ms < HOLE_MS ? next.startMs : null;
  }

  /** @param {{media: Bytes | null, atMs: number, contents: {key: string, bytes: number}[]}} part as in lane.js */
  async append({ media, atMs, contents }) {
    const samples = media ? samplesIn(media, VIDEO_TRACK) : [];
    this.element.shelf.add(
      samples.map(({ decodeTime, compositionOffset, duration, data }) => {
        const startMs = atMs + (decodeTime + compositionOffset) / 90;
        return { startMs, endMs: startMs + duration / 90, data };
      }),
    );
    for (const { key, bytes } of contents) {
      this.#loaded.set(key, bytes);
      this.#lastKey = key;
    }
    this.element.refresh();
  }

  /** @param {Span} span @param {(key: string) => boolean} isKept */
  async trim(span, isKept) {
    for (const key of this.#loaded.keys()) if (!isKept(key)) this.#loaded.delete(key);
    this.element.shelf.keep(span);
  }

  async clear() {
    this.#loaded.clear();
    this.#lastKey = "";
    this.element.shelf.clear();
  }

  close() {
    this.element.pause();
    this.element.remove();
    this.element.shelf.clear();
  }
}
