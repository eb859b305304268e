/**
 * What is known of one camera's footage, on one time line in milliseconds since 1970. Pure.
 *
 * A file says when it began by the server's clock, which saw its first picture arrive a little early or late. So a file that continues
 * another one seamlessly, by their media times, is placed at its end, and drawn towards its own time by at most 10 ms.
 */

/** @import { FootageFile, Gop, Playlist } from "./playlist.js" */

/** Beyond this the clock was set: media time is continuous, the wall clock is not. */
const LARGEST_DOUBT_MS = 1_000;
const LARGEST_PULL_MS = 10;
/** A hole that is shorter is no gap to speak of: a picture came late. */
export const JOIN_MS = 1_500;
const KEEP_MS = 2 * 3_600_000;
/** Footage that is not catalogued after this long won't come. */
const LATEST_NEWS_MS = 20_000;

/** @typedef {{startMs: number, endMs: number}} Span */
/** @typedef {FootageFile & {atMs: number}} PlacedFile `atMs`: where decode time 0 is */
/** @typedef {{file: PlacedFile, gop: Gop, startMs: number, endMs: number}} Entry */

export class FootageMap {
  /** @type {PlacedFile[]} */
  #files = [];
  /** @type {Entry[]} */
  #entries = [];
  /** @type {Span[]} */
  #known = [];
  #isGrowing = false;

  /** In order of time. */
  get entries() {
    return this.#entries;
  }

  /** Where the newest known footage ends; 0 without any. */
  get newestMs() {
    return this.#entries.at(-1)?.endMs ?? 0;
  }

  /** Whether more may come behind the newest footage, by what the server said last. */
  get isGrowing() {
    return this.#isGrowing;
  }

  /** @param {Playlist} playlist @param {Span} window that was asked for @param {number} serverNowMs */
  merge({ files, isGrowing }, window, serverNowMs) {
    for (const file of files) this.#add(file);
    this.#files.sort((a, b) => a.startedMs - b.startedMs);
    this.#place();
    this.#rebuild(window);
    const newestMs = Math.max(window.startMs, ...files.map((file) => endOf(file, file.startedMs)));
    const untilMs = isGrowing ? Math.min(window.endMs, Math.max(newestMs, serverNowMs - LATEST_NEWS_MS)) : window.endMs;
    this.#known = joinedSpans([...this.#known, { startMs: window.startMs, endMs: untilMs }]);
    if (untilMs >= this.newestMs) this.#isGrowing = isGrowing;
  }

  /** Its file is gone. @param {string} url @returns {boolean} whether it was known */
  forget(url) {
    const count = this.#files.length;
    this.#files = this.#files.filter((file) => file.url !== url);
    this.#entries = this.#entries.filter(({ file }) => file.url !== url);
    return this.#files.length < count;
  }

  /** Until when it is known, without a hole, what there is. @param {number} ms @returns {number} `ms` itself when nothing is */
  knownUntil(ms) {
    const span = this.#known.find(({ startMs, endMs }) => startMs <= ms && ms < endMs);
    return span ? Math.max(span.endMs, this.find(span.endMs)?.endMs ?? 0) : (this.find(ms)?.endMs ?? ms);
  }

  /** @param {number} ms @returns {Entry | null} the group of pictures shown at that moment */
  find(ms) {
    const entry = this.#entries[this.#lastAt(ms)];
    return entry && ms < entry.endMs ? entry : null;
  }

  /** @param {number} ms @returns {Entry | null} the first that begins later */
  after(ms) {
    return this.#entries[this.#lastAt(ms) + 1] ?? null;
  }

  /** @param {number} ms @returns {Entry | null} the last that ends at this moment or before */
  before(ms) {
    for (let at = this.#lastAt(ms); at >= 0; at -= 1) if (this.#entries[at].endMs <= ms) return this.#entries[at];
    return null;
  }

  /**
   * The hole around a moment, as far as it is known.
   * @param {number} ms @returns {Span | null} null where there is footage, and in holes too short to speak of
   */
  gapAt(ms) {
    if (this.find(ms)) return null;
    const startMs = this.#entries[this.#lastAt(ms)]?.endMs ?? Number.NEGATIVE_INFINITY;
    const endMs = this.after(ms)?.startMs ?? Number.POSITIVE_INFINITY;
    return endMs - startMs <= JOIN_MS ? null : { startMs, endMs };
  }

  /** What overlaps a span. @param {number} startMs @param {number} endMs @returns {Entry[]} */
  between(startMs, endMs) {
    let at = Math.max(this.#lastAt(startMs), 0);
    const found = [];
    for (; at < this.#entries.length && this.#entries[at].startMs < endMs; at += 1)
      if (this.#entries[at].endMs > startMs) found.push(this.#entries[at]);
    return found;
  }

  /**
   * Groups of pictures at least `strideMs` apart, each lasting until the next: what is shown of keyframes alone.
   * @param {number} startMs @param {number} endMs @param {number} strideMs @returns {Entry[]}
   */
  thinned(startMs, endMs, strideMs) {
    /** @type {Entry[]} */
    const found = [];
    let slot = Number.NaN;
    for (const entry of this.between(startMs - strideMs, endMs + strideMs)) {
      const last = found.at(-1);
      const continues = last !== undefined && entry.startMs - last.endMs <= JOIN_MS;
      const entrySlot = Math.floor(entry.startMs / strideMs);
      if (continues && entrySlot === slot) last.endMs = entry.endMs;
      else {
        if (continues) last.endMs = entry.startMs;
        found.push({ ...entry });
      }
      slot = entrySlot;
    }
    return found.filter((entry) => entry.endMs > startMs && entry.startMs < endMs);
  }

  /** @param {FootageFile} file */
  #add(file) {
    const known = this.#files.find(({ url }) => url === file.url);
    if (!known) {
      this.#files.push({ ...file, atMs: Number.NaN });
      return;
    }
    const gops = new Map([...known.gops, ...file.gops].map((gop) => [gop.offset, gop]));
    known.gops = [...gops.values()].sort((a, b) => a.offset - b.offset);
  }

  #place() {
    this.#files.forEach((file, index) => {
      if (Number.isFinite(file.atMs)) return;
      const before = this.#files[index - 1];
      const next = this.#files[index + 1];
      file.atMs = file.startedMs;
      if (before && continues(before, file)) {
        const followsMs = endOf(before, before.atMs);
        const offMs = file.startedMs - followsMs;
        const pullMs = Math.min(LARGEST_PULL_MS, Math.max(-LARGEST_PULL_MS, offMs));
        if (Math.abs(offMs) < LARGEST_DOUBT_MS) file.atMs = followsMs + pullMs;
      } else if (next && Number.isFinite(next.atMs) && continues(file, next)) {
        const atMs = file.startedMs + next.atMs - endOf(file, file.startedMs);
        if (Math.abs(atMs - file.startedMs) < LARGEST_DOUBT_MS) file.atMs = atMs;
      }
    });
  }

  /** @param {Span} window */
  #rebuild(window) {
    const [fromMs, untilMs] = [window.startMs - KEEP_MS, window.endMs + KEEP_MS];
    this.#files = this.#files.filter((file) => endOf(file, file.atMs) > fromMs && file.atMs < untilMs);
    this.#known = this.#known
      .map(({ startMs, endMs }) => ({ startMs: Math.max(startMs, fromMs), endMs: Math.min(endMs, untilMs) }))
      .filter(({ startMs, endMs }) => startMs < endMs);
    this.#entries = notTwice(this.#files).flatMap(entriesOf);
    this.#entries.sort((a, b) => a.startMs - b.startMs);
    // Files overlap by a pull of some milliseconds, and groups of pictures where a clock was set back: the later one counts.
    this.#entries.forEach((entry, index) => {
      const next = this.#entries[index + 1];
      if (next && next.file !== entry.file && entry.endMs > next.startMs) entry.endMs = next.startMs;
    });
  }

  /** The index of the last entry that begins at the moment or before; -1 for none. @param {number} ms */
  #lastAt(ms) {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle].startMs <= ms) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/**
 * Where a clock was set back there are two recordings of one hour: the later one, whole, and never now this one and now that one.
 * @param {PlacedFile[]} files in order of time @returns {PlacedFile[]} with the groups of pictures that count
 */
function notTwice(files) {
  const overlaps = files.some((file, at) => at > 0 && endOf(files[at - 1], files[at - 1].atMs) > file.atMs + JOIN_MS);
  if (!overlaps) return files;
  /** @type {Span[]} */
  let taken = [];
  const found = [];
  for (const file of [...files].sort((a, b) => b.mediaStart90k - a.mediaStart90k)) {
    const gops = file.gops.filter((gop) => {
      const atMs = file.atMs + gop.startS * 1000;
      return !taken.some(({ startMs, endMs }) => startMs <= atMs && atMs < endMs - LARGEST_PULL_MS);
    });
    taken = joinedSpans([...taken, { startMs: file.atMs, endMs: endOf(file, file.atMs) }]);
    found.push({ ...file, gops });
  }
  return found;
}

/** @param {PlacedFile} file @returns {Entry[]} */
function entriesOf(file) {
  return file.gops.map((gop) => {
    const startMs = file.atMs + gop.startS * 1000;
    return { file, gop, startMs, endMs: startMs + gop.durationS * 1000 };
  });
}

/** @param {FootageFile} before @param {FootageFile} file */
function continues(before, file) {
  const end90k = before.mediaStart90k + lengthS(before) * 90_000;
  return before.generation === file.generation && Math.abs(end90k - file.mediaStart90k) <= 90;
}

/** @param {FootageFile} file @param {number} atMs */
function endOf(file, atMs) {
  return atMs + lengthS(file) * 1000;
}

/** @param {FootageFile} file */
function lengthS(file) {
  const last = file.gops.at(-1);
  return last ? last.startS + last.durationS : 0;
}

/** @param {Span[]} spans @returns {Span[]} */
function joinedSpans(spans) {
  /** @type {Span[]} */
  const found = [];
  for (const span of spans.filter(({ startMs, endMs }) => startMs < endMs).sort((a, b) => a.startMs - b.startMs)) {
    const last = found.at(-1);
    if (last && span.startMs <= last.endMs) last.endMs = Math.max(last.endMs, span.endMs);
    else found.push({ ...span });
  }
  return found;
}
