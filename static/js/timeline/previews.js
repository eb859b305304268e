/**
 * Small pictures of any moment, for the finger that looks for one: cut out of the strips' sheets of tiles, or asked for one by one where
 * there is no strip. One request of a kind at a time; of what is wanted meanwhile only the newest is asked for.
 *
 * @typedef {{startMs: number, endMs: number, everyMs: number, columns: number, rows: number, tileWidth: number, tileHeight: number, url: string}} Strip
 * @typedef {{image: ImageBitmap | HTMLImageElement, x: number, y: number, width: number, height: number}} Preview
 */

import { itemAt } from "./account.js";

const WINDOW_MS = 30 * 60_000;
/** Strips near "now" are made a little later than their footage: ask again. */
const STALE_MS = 30_000;
const SHEETS = 60;
const SINGLES = 120;
const SINGLE_EVERY_MS = 1_000;
const MISSING_MS = 20_000;

export class Previews {
  #fetchStrips;
  #singleUrl;
  /** @type {Map<string, {askedMs: number, strips: Strip[], isComplete: boolean}>} */
  #windows = new Map();
  /** @type {Map<string, Promise<HTMLImageElement | null>>} */
  #images = new Map();
  /** @type {Map<string, number>} */
  #missing = new Map();
  /** @type {{key: string, run: () => Promise<void>} | null} */
  #next = null;
  #isBusy = false;

  /**
   * @param {(camera: string, startMs: number, endMs: number) => Promise<any>} fetchStrips the API's answer
   * @param {(camera: string, atMs: number) => string} singleUrl
   */
  constructor(fetchStrips, singleUrl) {
    this.#fetchStrips = fetchStrips;
    this.#singleUrl = singleUrl;
  }

  /**
   * @param {string} camera @param {number} atMs
   * @param {(preview: Preview | null) => void} show called once, unless something else is wanted before it was this one's turn
   */
  want(camera, atMs, show) {
    this.#next = { key: `${camera}/${atMs}`, run: async () => show(await this.#find(camera, atMs)) };
    this.#pump();
  }

  /** A picture by its address. @param {string} url @param {(preview: Preview | null) => void} show as `want` does */
  wantPicture(url, show) {
    this.#next = { key: url, run: async () => show(await this.#single(url)) };
    this.#pump();
  }

  /** Nothing is wanted any more. */
  stop() {
    this.#next = null;
  }

  async #pump() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#next) {
      const { run } = this.#next;
      this.#next = null;
      await run();
    }
    this.#isBusy = false;
  }

  /** @param {string} camera @param {number} atMs @returns {Promise<Preview | null>} */
  async #find(camera, atMs) {
    const strip = await this.#strip(camera, atMs);
    if (strip) {
      const image = await this.#image(strip.url, SHEETS);
      if (image) return tileOf(strip, image, atMs);
    }
    const url = this.#singleUrl(camera, Math.floor(atMs / SINGLE_EVERY_MS) * SINGLE_EVERY_MS);
    return this.#single(url);
  }

  /** @param {string} url @returns {Promise<Preview | null>} */
  async #single(url) {
    const image = await this.#image(url, SHEETS + SINGLES);
    return image && { image, x: 0, y: 0, width: image.naturalWidth, height: image.naturalHeight };
  }

  /** @param {string} camera @param {number} atMs @returns {Promise<Strip | undefined>} */
  async #strip(camera, atMs) {
    const startMs = Math.floor(atMs / WINDOW_MS) * WINDOW_MS;
    const key = `${camera}/${startMs}`;
    const kept = this.#windows.get(key);
    const found = kept && itemAt(kept.strips, atMs);
    if (found || kept?.isComplete || (kept && performance.now() - kept.askedMs < STALE_MS)) return found;
    /** @type {Strip[]} */
    let strips = [];
    try {
      strips = ((await this.#fetchStrips(camera, startMs, startMs + WINDOW_MS))?.strips ?? []).map(parseStrip);
    } catch {
      // Without strips there still are single pictures.
    }
    strips.sort((a, b) => a.startMs - b.startMs);
    const isComplete = strips.length > 0 && strips[strips.length - 1].endMs >= startMs + WINDOW_MS;
    if (this.#windows.size > 400) this.#windows.clear();
    this.#windows.set(key, { askedMs: performance.now(), strips, isComplete });
    return itemAt(strips, atMs);
  }

  /** @param {string} url @param {number} kept how many are kept at most @returns {Promise<HTMLImageElement | null>} */
  async #image(url, kept) {
    if (performance.now() - (this.#missing.get(url) ?? Number.NEGATIVE_INFINITY) < MISSING_MS) return null;
    const loading = this.#images.get(url) ?? load(url);
    this.#images.delete(url);
    this.#images.set(url, loading);
    if (this.#images.size > kept) this.#images.delete([...this.#images.keys()][0]);
    const image = await loading;
    if (!image) {
      this.#images.delete(url);
      this.#missing.set(url, performance.now());
    }
    return image;
  }
}

/** @param {Strip} strip @param {HTMLImageElement} image @param {number} atMs @returns {Preview} */
export function tileOf(strip, image, atMs) {
  const number = Math.min(
    strip.columns * strip.rows - 1,
    Math.max(0, Math.floor((atMs - strip.startMs) / strip.everyMs)),
  );
  return {
    image,
    x: (number % strip.columns) * strip.tileWidth,
    y: Math.floor(number / strip.columns) * strip.tileHeight,
    width: strip.tileWidth,
    height: strip.tileHeight,
  };
}

/** @param {any} strip @returns {Strip} */
function parseStrip(strip) {
  return {
    startMs: strip.start_ms,
    endMs: strip.end_ms,
    everyMs: strip.every_ms,
    columns: strip.columns,
    rows: strip.rows,
    tileWidth: strip.tile_width,
    tileHeight: strip.tile_height,
    url: strip.url,
  };
}

/** @param {string} url @returns {Promise<HTMLImageElement | null>} */
async function load(url) {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return image;
  } catch {
    return null;
  }
}
