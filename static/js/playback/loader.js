/** Keeps one camera's map and lanes filled around a moment: playlists, then groups of pictures, the one that is waited for first. */

import { AUDIO_TRACK, initOf, joined, keyPictureOf, picturesIn, trackIn, VIDEO_TRACK } from "./mp4.js";
import { FootageError, kindOf } from "./source.js";

/**
 * @import { Entry, FootageMap, PlacedFile, Span } from "./footage-map.js"
 * @import { FootageSource } from "./source.js"
 * @import { JpegLane } from "./jpeg-lane.js"
 * @import { Lane } from "./lane.js"
 * @import { Bytes } from "./mp4.js"
 */

/** How much of the map is asked for at a time, around a moment. */
const MAP_BACK_MS = 30_000;
const MAP_AHEAD_MS = 300_000;
/** Footage kept ready in front, in real time. */
const AHEAD_MS = 6_000;
/** Footage kept behind, for steps back. */
const BEHIND_MS = 8_000;
const LARGEST_BATCH_BYTES = 3_000_000;
const LONGEST_BATCH_MS = 4_000;
const POLL_MS = 1_000;
const NEAR_NEWEST_MS = 20_000;
const KEYS_AT_ONCE = 4;
const MOST_TABLES = 240;
const RETRY_MS = 1_000;
const MOST_RETRY_MS = 10_000;
/** A right that is missing may be given. */
const FINAL_RETRY_MS = 30_000;

/**
 * @typedef {object} Wish
 * @property {number} ms
 * @property {number} rate
 * @property {number} strideMs 0: every picture; else keyframes so far apart
 */

/**
 * @typedef {object} Lanes
 * @property {Lane | JpegLane} video
 * @property {Lane | null} audio
 */

export class Loader {
  #source;
  #map;
  #lanes;
  #failed;
  /** @type {Wish} */
  #wish = { ms: 0, rate: 1, strideMs: 0 };
  #isBusy = false;
  #isClosed = false;
  #abort = new AbortController();
  #mapAskedAtMs = Number.NEGATIVE_INFINITY;
  #mapAskedForMs = 0;
  #quietUntilMs = 0;
  #retryMs = RETRY_MS;
  #keyBytes = 96 * 1024;
  /** When each picture of a group is shown, in ticks of its file. @type {Map<string, number[]>} */
  #tables = new Map();
  /** Reordered pictures (B-frames) are shown so long after they are decoded. */
  #reorderMs = 0;
  /** What is being fetched now. @type {Span | null} */
  #fetching = null;

  /**
   * @param {FootageSource} source @param {FootageMap} map
   * @param {(entry: Entry) => Lanes | null} lanes where its parts belong; null when this browser can't play it
   * @param {(error: FootageError | null) => void} failed null: it works again
   */
  constructor(source, map, lanes, failed) {
    this.#source = source;
    this.#map = map;
    this.#lanes = lanes;
    this.#failed = failed;
  }

  /** What is wanted from now on; cheap, to be called often. @param {Wish} wish */
  want(wish) {
    const jumped = Math.abs(wish.ms - this.#wish.ms) > 500 || wish.strideMs !== this.#wish.strideMs;
    this.#wish = wish;
    // Nobody waits for what a jump has left behind.
    if (jumped && this.#fetching && (wish.ms < this.#fetching.startMs || wish.ms >= this.#fetching.endMs))
      this.#abort.abort();
    if (jumped) this.#quietUntilMs = 0;
    this.#run();
  }

  close() {
    this.#isClosed = true;
    this.#abort.abort();
  }

  /**
   * When the pictures of a group are shown, on the wall clock, in order.
   * @param {Entry} entry @returns {Promise<number[]>}
   */
  async pictures(entry) {
    const key = keyOf(entry, 0);
    let ticks = this.#tables.get(key);
    if (!ticks || entry.gop.isOpen) {
      ticks = picturesIn(
        await this.#source.bytes(entry.file.url, entry.gop.offset, entry.gop.size, AbortSignal.timeout(10_000)),
      );
      this.#remember(key, ticks);
    }
    return ticks.map((at) => entry.file.atMs + at / 90);
  }

  /** Asks for the map around a moment, now. @param {number} ms */
  async refresh(ms) {
    await this.#ask(ms, new AbortController().signal);
  }

  async #run() {
    if (this.#isBusy || this.#isClosed || performance.now() < this.#quietUntilMs) return;
    this.#isBusy = true;
    try {
      while (!this.#isClosed && (await this.#step())) this.#succeeded();
    } catch (error) {
      this.#stumbled(error);
    } finally {
      this.#isBusy = false;
      this.#fetching = null;
    }
  }

  /** @returns {Promise<boolean>} whether something was done */
  async #step() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const { ms } = this.#wish;
    if (this.#map.knownUntil(ms) <= ms) {
      if (this.#hasJustAsked && Math.abs(ms - this.#mapAskedForMs) < MAP_BACK_MS / 2) return false;
      this.#fetching = { startMs: ms - MAP_BACK_MS, endMs: ms + MAP_AHEAD_MS };
      await this.#ask(ms, signal);
      if (this.#map.knownUntil(ms) <= ms) return false;
    }
    const missing = this.#missing();
    if (missing.length) {
      this.#fetching = { startMs: missing[0].startMs, endMs: missing[missing.length - 1].endMs };
      await (this.#wish.strideMs ? this.#loadKeys(missing, signal) : this.#loadWhole(missing, signal));
      return true;
    }
    return this.#extend(signal);
  }

  get #hasJustAsked() {
    return performance.now() - this.#mapAskedAtMs < POLL_MS;
  }

  /** The map in front, before it is needed; and what was written since, near the newest footage. @param {AbortSignal} signal */
  async #extend(signal) {
    const { ms, rate } = this.#wish;
    const untilMs = this.#map.knownUntil(ms);
    const enoughMs = (this.#map.isGrowing ? NEAR_NEWEST_MS : MAP_AHEAD_MS / 4) * Math.max(1, rate / 2);
    if (untilMs - ms > enoughMs || this.#hasJustAsked) return false;
    await this.#ask(untilMs, signal);
    return this.#missing().length > 0;
  }

  /** @param {number} ms @param {AbortSignal} signal */
  async #ask(ms, signal) {
    this.#mapAskedAtMs = performance.now();
    this.#mapAskedForMs = ms;
    const aheadMs = MAP_AHEAD_MS * Math.max(1, this.#wish.rate / 2);
    const window = { startMs: Math.max(0, Math.floor(ms - MAP_BACK_MS)), endMs: Math.floor(ms + aheadMs) };
    const { playlist, serverNowMs } = await this.#source.playlist(window, signal);
    this.#map.merge(playlist, window, serverNowMs);
  }

  /** The next groups to fetch: they belong together, and the first of them is what is waited for. @returns {Entry[]} */
  #missing() {
    const { ms, rate, strideMs } = this.#wish;
    const untilMs = ms + AHEAD_MS * Math.max(1, rate);
    const entries = strideMs
      ? this.#map.thinned(ms, untilMs, strideMs)
      : this.#map.between(ms - this.#reorderMs, untilMs);
    const lacking = entries.filter((entry) => !this.#isThere(entry, strideMs));
    if (strideMs || lacking.length < 2) return lacking.slice(0, KEYS_AT_ONCE);
    const untilUrgentMs = lacking[0].startMs <= ms ? ms : Number.POSITIVE_INFINITY;
    /** @type {Entry[]} */
    const batch = [];
    let bytes = 0;
    for (const entry of lacking) {
      const last = batch.at(-1);
      const isNext = !last || (last.file === entry.file && last.gop.offset + last.gop.size === entry.gop.offset);
      bytes += entry.gop.size;
      const isTooMuch = bytes > LARGEST_BATCH_BYTES || entry.endMs - batch[0]?.startMs > LONGEST_BATCH_MS;
      if (!isNext || (last && (entry.startMs > untilUrgentMs || isTooMuch))) break;
      batch.push(entry);
    }
    return batch;
  }

  /** @param {Entry} entry @param {number} strideMs */
  #isThere(entry, strideMs) {
    const lanes = this.#lanes(entry);
    if (!lanes) return true;
    const key = keyOf(entry, strideMs);
    if (strideMs) return lanes.video.has(key, { ...entry, gop: { ...entry.gop, size: 1 } });
    return lanes.video.has(key, entry) && (!lanes.audio || !entry.file.audioCodec || lanes.audio.has(key, entry));
  }

  /** @param {Entry[]} batch @param {AbortSignal} signal */
  async #loadWhole(batch, signal) {
    const [first] = batch;
    const lanes = this.#lanes(first);
    if (!lanes) return;
    const { file } = first;
    // A group that grew since: only what is new of it.
    const given = Math.min(
      ...[lanes.video, lanes.audio].map((lane) => lane?.continuesAt(keyOf(first, 0)) ?? Number.POSITIVE_INFINITY),
    );
    const offset = first.gop.offset + given;
    const size = batch.reduce((sum, { gop }) => sum + gop.size, -given);
    const [init, bytes] = await Promise.all([
      this.#source.init(file),
      this.#source.bytes(file.url, offset, size, signal),
    ]);
    const contents = batch.map((entry) => ({ key: keyOf(entry, 0), bytes: entry.gop.size }));
    for (const entry of batch) {
      const key = keyOf(entry, 0);
      const isContinued = entry === first && given > 0;
      const part = bytes.subarray(Math.max(0, entry.gop.offset - offset), entry.gop.offset + entry.gop.size - offset);
      const ticks = [...(isContinued ? (this.#tables.get(key) ?? []) : []), ...picturesIn(part)];
      this.#remember(key, ticks);
      if (ticks.length) this.#reorderMs = Math.max(0, file.atMs + ticks[0] / 90 - entry.startMs);
    }
    await Promise.all([
      give(lanes.video, VIDEO_TRACK, file, init, bytes, file.videoCodec, contents),
      lanes.audio && file.audioCodec && give(lanes.audio, AUDIO_TRACK, file, init, bytes, file.audioCodec, contents),
    ]);
    this.#trim(lanes);
  }

  /** @param {Entry[]} batch @param {AbortSignal} signal */
  async #loadKeys(batch, signal) {
    const { strideMs } = this.#wish;
    const parts = await Promise.all(
      batch.map(async (entry) => ({
        entry,
        init: await this.#source.init(entry.file),
        media: await this.#keyPicture(entry, signal),
      })),
    );
    for (const { entry, init, media } of parts) {
      const lanes = this.#lanes(entry);
      if (!lanes) continue;
      const contents = [{ key: keyOf(entry, strideMs), bytes: entry.gop.size }];
      const { file } = entry;
      const alone = initOf(init, VIDEO_TRACK);
      if (!alone) throw new FootageError("This footage can’t be read.", 422);
      await lanes.video.append({
        initKey: kindOf(file),
        init: alone,
        media,
        codec: file.videoCodec,
        atMs: file.atMs,
        contents,
      });
      this.#trim(lanes);
    }
  }

  /** @param {Entry} entry @param {AbortSignal} signal @returns {Promise<Bytes | null>} */
  async #keyPicture({ file, gop, startMs, endMs }, signal) {
    const durationTicks = (endMs - startMs) * 90;
    let bytes = await this.#source.bytes(file.url, gop.offset, Math.min(this.#keyBytes, gop.size), signal);
    for (let tries = 0; tries < 3; tries += 1) {
      const { fragment, neededBytes } = keyPictureOf(bytes, durationTicks);
      if (fragment) {
        this.#keyBytes = Math.max(
          16 * 1024,
          Math.round(this.#keyBytes * 0.8 + neededBytes * 1.3 * 0.2),
          Math.round(neededBytes * 1.1),
        );
        return fragment;
      }
      if (neededBytes <= bytes.length || neededBytes > gop.size) return null;
      const rest = await this.#source.bytes(file.url, gop.offset + bytes.length, neededBytes - bytes.length, signal);
      bytes = joined([bytes, rest]);
    }
    return null;
  }

  /** @param {Lanes} lanes */
  #trim({ video, audio }) {
    const { ms, rate, strideMs } = this.#wish;
    const span = {
      startMs: ms - BEHIND_MS * Math.max(1, rate),
      endMs: ms + 2 * AHEAD_MS * Math.max(1, rate) + LONGEST_BATCH_MS,
    };
    const entries = strideMs
      ? this.#map.thinned(span.startMs, span.endMs, strideMs)
      : this.#map.between(span.startMs, span.endMs);
    const keys = new Set(entries.map((entry) => keyOf(entry, strideMs)));
    // A group is kept or goes as a whole.
    const kept = {
      startMs: Math.min(span.startMs, entries[0]?.startMs ?? ms),
      endMs: Math.max(span.endMs, entries.at(-1)?.endMs ?? ms),
    };
    video.trim(kept, (key) => keys.has(key)).catch(() => {});
    audio?.trim(kept, (key) => keys.has(key)).catch(() => {});
  }

  /** @param {string} key @param {number[]} ticks */
  #remember(key, ticks) {
    this.#tables.delete(key);
    this.#tables.set(key, ticks);
    for (const oldest of this.#tables.keys()) if (this.#tables.size > MOST_TABLES) this.#tables.delete(oldest);
  }

  #succeeded() {
    this.#retryMs = RETRY_MS;
    this.#failed(null);
  }

  /** @param {unknown} error */
  #stumbled(error) {
    if (this.#isClosed) return;
    if (this.#abort.signal.aborted || (error instanceof DOMException && error.name === "AbortError")) {
      queueMicrotask(() => this.#run());
      return;
    }
    if (error instanceof FootageError && error.status === 404 && this.#map.forget(error.url)) return; // deleted since the map was drawn
    const found =
      error instanceof FootageError ? error : new FootageError(`This footage can’t be shown: ${wordsOf(error)}`, 0);
    this.#quietUntilMs = performance.now() + (found.isFinal ? FINAL_RETRY_MS : this.#retryMs);
    this.#retryMs = Math.min(MOST_RETRY_MS, this.#retryMs * 2);
    this.#failed(found);
  }
}

/**
 * @param {Lane | JpegLane} lane @param {number} track @param {PlacedFile} file @param {Bytes} init @param {Bytes} bytes @param {string} codec
 * @param {{key: string, bytes: number}[]} contents
 */
function give(lane, track, file, init, bytes, codec, contents) {
  const alone = initOf(init, track);
  if (!alone) {
    if (track === VIDEO_TRACK) throw new FootageError("This footage can’t be read.", 422);
    return lane.append({ initKey: "", init, media: null, codec, atMs: file.atMs, contents });
  }
  return lane.append({
    initKey: kindOf(file),
    init: alone,
    media: trackIn(bytes, track),
    codec,
    atMs: file.atMs,
    contents,
  });
}

/** @param {Entry} entry @param {number} strideMs */
function keyOf({ file, gop }, strideMs) {
  return `${strideMs}:${file.url}:${gop.offset}`;
}

/** @param {unknown} error */
function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}
