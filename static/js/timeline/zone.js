/** Wall clocks of a time zone, with its daylight-saving days. Pure: what the browser knows of zones comes in through Intl. */

const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** Zones change their clocks on quarters of an hour. */
const BUCKET_MS = HOUR_MS / 4;
const CACHED = 4_000;

export class Zone {
  name;
  #parts;
  /** @type {Map<number, number>} */
  #offsets = new Map();

  /** @param {string} name IANA; throws RangeError for one that the browser doesn't know */
  constructor(name) {
    this.name = name;
    this.#parts = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  }

  /** How far the wall clock is ahead of UTC. @param {number} atMs */
  offsetMs(atMs) {
    const bucket = Math.floor(atMs / BUCKET_MS);
    let offset = this.#offsets.get(bucket);
    if (offset === undefined) {
      offset = this.#askOffset(bucket * BUCKET_MS);
      if (this.#offsets.size >= CACHED) this.#offsets.clear();
      this.#offsets.set(bucket, offset);
    }
    return offset;
  }

  /** Milliseconds since 1970 if the wall clock were UTC. @param {number} atMs */
  toWall(atMs) {
    return atMs + this.offsetMs(atMs);
  }

  /**
   * The first moment at which the wall clock shows it. A time that daylight saving leaves out becomes the moment the clock is put forward.
   *
   * @param {number} wallMs
   */
  fromWall(wallMs) {
    const offsets = [this.offsetMs(wallMs - DAY_MS), this.offsetMs(wallMs + DAY_MS)];
    const found = offsets.map((offset) => wallMs - offset).filter((atMs) => this.toWall(atMs) === wallMs);
    if (found.length) return Math.min(...found);
    return this.#changeBetween(wallMs - Math.max(...offsets), wallMs - Math.min(...offsets));
  }

  /** Days since 1970 on the wall calendar. @param {number} atMs */
  dayOf(atMs) {
    return Math.floor(this.toWall(atMs) / DAY_MS);
  }

  /** @param {number} day as from dayOf */
  startOfDay(day) {
    return this.fromWall(day * DAY_MS);
  }

  /**
   * Stretches with one offset each, which cover the window.
   *
   * @param {number} startMs @param {number} endMs
   * @returns {{startMs: number, endMs: number, offsetMs: number}[]}
   */
  stretches(startMs, endMs) {
    const found = [];
    let from = startMs;
    let offsetMs = this.offsetMs(startMs);
    for (let at = startMs; at < endMs; ) {
      const next = Math.min(at + DAY_MS / 2, endMs);
      const after = this.offsetMs(next);
      if (after !== offsetMs) {
        const changeMs = this.#changeBetween(at, next);
        found.push({ startMs: from, endMs: changeMs, offsetMs });
        [from, offsetMs] = [changeMs, after];
      }
      at = next;
    }
    if (from < endMs) found.push({ startMs: from, endMs, offsetMs });
    return found;
  }

  /** The first moment of the later offset. @param {number} lowMs @param {number} highMs */
  #changeBetween(lowMs, highMs) {
    const later = this.offsetMs(highMs);
    let low = Math.floor(lowMs / BUCKET_MS);
    let high = Math.floor(highMs / BUCKET_MS);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetMs(middle * BUCKET_MS) === later) high = middle;
      else low = middle;
    }
    return high * BUCKET_MS;
  }

  /** @param {number} atMs */
  #askOffset(atMs) {
    /** @type {Record<string, number>} */
    const wall = {};
    for (const { type, value } of this.#parts.formatToParts(atMs)) wall[type] = Number(value);
    const wallMs = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
    return wallMs - Math.floor(atMs / 1000) * 1000;
  }
}
