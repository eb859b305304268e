/**
 * One MediaSource with one SourceBuffer and its element: pictures or sound of one camera, on a time line that is the wall clock less an
 * origin. Appends one after the other; remembers what it has.
 */

/**
 * @import { Entry, Span } from "./footage-map.js"
 * @import { Bytes } from "./mp4.js"
 */

/** Media times stay small and positive: a lane reaches a day back from where it was opened. */
export const REACH_MS = 86_400_000;
/** A moment inside a picture: times are rounded on their way through the browser. */
const INSIDE_MS = 1;
/** Reordered pictures begin a little after their file does. */
const SLACK_S = 0.2;

/** @typedef {{bytes: number, tries: number}} Loaded */

export class Lane {
  element;
  #kind;
  #onBroken;
  #source;
  #address;
  /** @type {SourceBuffer | null} */
  #buffer = null;
  #originMs;
  /** @type {Promise<void>} */
  #queue;
  /** @type {Map<string, Loaded>} */
  #loaded = new Map();
  #mime = "";
  #initOf = "";
  #lastKey = "";
  #isClosed = false;
  #isClearing = false;

  /**
   * @param {"video" | "audio"} kind @param {number} aroundMs
   * @param {(why: string) => void} onBroken the element gave up: nothing more will come of this lane
   */
  constructor(kind, aroundMs, onBroken) {
    this.#kind = kind;
    this.#onBroken = onBroken;
    this.#originMs = Math.floor(aroundMs) - REACH_MS;
    this.element = document.createElement(kind);
    const Source = window.ManagedMediaSource ?? MediaSource;
    this.#source = new Source();
    if (window.ManagedMediaSource) this.element.disableRemotePlayback = true;
    if (this.element instanceof HTMLVideoElement) {
      this.element.playsInline = true;
      this.element.muted = true;
    }
    this.element.addEventListener("error", () => this.#broken(this.element.error?.message ?? "the browser gave up"));
    this.#queue = new Promise((resolve) =>
      this.#source.addEventListener("sourceopen", () => resolve(), { once: true }),
    );
    this.#address = URL.createObjectURL(this.#source);
    this.element.src = this.#address;
  }

  /** @param {string} codec @param {"video" | "audio"} kind */
  static plays(codec, kind) {
    const Source = window.ManagedMediaSource ?? window.MediaSource;
    return Source?.isTypeSupported(mimeOf(codec, kind)) ?? false;
  }

  /** Where the element is, on the wall clock. */
  get shownMs() {
    return this.element.currentTime * 1000 + this.#originMs;
  }

  get isReady() {
    return !this.element.seeking && this.element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  }

  /** @param {number} ms */
  reaches(ms) {
    return ms > this.#originMs && ms < this.#originMs + 2 * REACH_MS;
  }

  /** @param {number} ms */
  seek(ms) {
    const atS = (ms + INSIDE_MS - this.#originMs) / 1000;
    const { buffered } = this.element;
    let toS = atS;
    for (let index = 0; index < buffered.length; index += 1) {
      if (buffered.start(index) <= atS && atS < buffered.end(index)) toS = atS;
      else if (buffered.start(index) > atS && buffered.start(index) - SLACK_S <= atS && toS === atS)
        toS = buffered.start(index);
    }
    this.element.currentTime = toS;
  }

  /** Whether it was given all of this, and the browser has not thrown it away since. @param {string} key @param {Entry} entry */
  has(key, entry) {
    const loaded = this.#loaded.get(key);
    if (!loaded || loaded.bytes < entry.gop.size) return false;
    // What a browser never shows as buffered (no sound in there) must not be fetched for ever.
    return loaded.tries > 1 || this.covers((entry.startMs + entry.endMs) / 2);
  }

  /** How many bytes of it were given, if more can simply be put behind them. @param {string} key */
  continuesAt(key) {
    return key === this.#lastKey ? (this.#loaded.get(key)?.bytes ?? 0) : 0;
  }

  /** @param {number} ms */
  covers(ms) {
    if (this.#isClearing) return false;
    const atS = (ms - this.#originMs) / 1000;
    const { buffered } = this.element;
    for (let index = 0; index < buffered.length; index += 1)
      if (buffered.start(index) - SLACK_S <= atS && atS < buffered.end(index)) return true;
    return false;
  }

  /**
   * A tiny hole right in front of where the element stands: footage goes on in the next file.
   * @returns {number | null} where on the wall clock
   */
  get nextAcrossHoleMs() {
    const { buffered, currentTime } = this.element;
    for (let index = 0; index < buffered.length; index += 1) {
      const startS = buffered.start(index);
      if (startS > currentTime) return startS - currentTime < 2 ? startS * 1000 + this.#originMs : null;
      if (currentTime < buffered.end(index) - 0.05) return null;
    }
    return null;
  }

  /**
   * @param {object} part
   * @param {string} part.initKey names the init segment, so that it is given once
   * @param {Bytes} part.init
   * @param {Bytes | null} part.media null when there is none of this kind in it
   * @param {string} part.codec
   * @param {number} part.atMs where decode time 0 is
   * @param {{key: string, bytes: number}[]} part.contents what is in it
   * @returns {Promise<void>} when the element has it; rejects when the browser refuses it
   */
  append({ initKey, init, media, codec, atMs, contents }) {
    return this.#enqueue(async () => {
      if (media) {
        const buffer = this.#bufferFor(codec);
        if (this.#initOf !== initKey) {
          await updated(buffer, () => buffer.appendBuffer(init));
          this.#initOf = initKey;
        }
        buffer.timestampOffset = (atMs - this.#originMs) / 1000;
        await updated(buffer, () => buffer.appendBuffer(media));
      }
      for (const { key, bytes } of contents) {
        const known = this.#loaded.get(key);
        this.#loaded.set(key, { bytes, tries: known && known.bytes === bytes ? known.tries + 1 : 1 });
        this.#lastKey = key;
      }
    });
  }

  /** Throws away what lies outside. @param {Span} span @param {(key: string) => boolean} isKept */
  trim({ startMs, endMs }, isKept) {
    for (const key of this.#loaded.keys()) if (!isKept(key)) this.#loaded.delete(key);
    return this.#enqueue(async () => {
      const buffer = this.#buffer;
      if (!buffer?.buffered.length) return;
      const [fromS, untilS] = [(startMs - this.#originMs) / 1000, (endMs - this.#originMs) / 1000];
      if (buffer.buffered.start(0) < fromS - 1) await updated(buffer, () => buffer.remove(0, fromS));
      const last = buffer.buffered.length - 1;
      if (last >= 0 && buffer.buffered.end(last) > untilS + 1)
        await updated(buffer, () => buffer.remove(untilS, Number.POSITIVE_INFINITY));
    });
  }

  /** Forgets everything it was given. */
  clear() {
    this.#loaded.clear();
    this.#lastKey = "";
    this.#isClearing = true;
    return this.#enqueue(async () => {
      const buffer = this.#buffer;
      this.#loaded.clear();
      if (buffer?.buffered.length) await updated(buffer, () => buffer.remove(0, Number.POSITIVE_INFINITY));
      this.#isClearing = false;
    });
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.element.removeAttribute("src");
    this.element.load();
    this.element.remove();
    URL.revokeObjectURL(this.#address);
  }

  /** @param {() => Promise<void>} work */
  #enqueue(work) {
    const done = this.#queue.then(() => {
      if (this.#isClosed) throw new DOMException("The lane is closed.", "AbortError");
      return work();
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  /** @param {string} codec */
  #bufferFor(codec) {
    const mime = mimeOf(codec, this.#kind);
    if (!this.#buffer) {
      this.#source.duration = (2 * REACH_MS) / 1000;
      this.#buffer = this.#source.addSourceBuffer(mime);
    } else if (mime !== this.#mime) {
      this.#buffer.changeType(mime);
    }
    this.#mime = mime;
    return this.#buffer;
  }

  /** @param {string} why */
  #broken(why) {
    if (!this.#isClosed) this.#onBroken(why);
  }
}

/** @param {string} codec @param {"video" | "audio"} kind */
function mimeOf(codec, kind) {
  return `${kind}/mp4; codecs="${codec}"`;
}

/** @param {SourceBuffer} buffer @param {() => void} start @returns {Promise<void>} */
function updated(buffer, start) {
  return new Promise((resolve, reject) => {
    const ends = new AbortController();
    /** @param {() => void} settle */
    const settled = (settle) => () => {
      ends.abort();
      settle();
    };
    const failed = settled(() => reject(new Error("the browser can’t read it")));
    buffer.addEventListener("updateend", settled(resolve), { signal: ends.signal });
    buffer.addEventListener("error", failed, { signal: ends.signal });
    try {
      start();
    } catch (error) {
      settled(() => reject(error))();
    }
  });
}
