/**
 * The last minute of levels, as bars of a chart. Pure: the present comes in as an argument.
 *
 * @typedef {{atMs: number, score: number, isMotion: boolean}} Level `atMs` is when what it tells of was over
 * @typedef {{start: number, width: number, score: number, isMotion: boolean}} Bar `start` in seconds before the right edge (negative), `width` in seconds
 */

export const SHOWN_MS = 60_000;
/** A level tells of the time since the one before it, but not over a pause. */
const LONGEST_BAR_MS = 4_000;
const USUAL_BAR_MS = 1_000;

export class Levels {
  /** @type {Level[]} */
  #levels = [];

  /** In any order: what comes late is put where it belongs. @param {Level} level */
  add(level) {
    const at = this.#levels.findLastIndex(({ atMs }) => atMs <= level.atMs);
    if (this.#levels[at]?.atMs === level.atMs) this.#levels[at] = level;
    else this.#levels.splice(at + 1, 0, level);
    const newest = this.#levels[this.#levels.length - 1].atMs;
    while (this.#levels[0].atMs < newest - 2 * SHOWN_MS) this.#levels.shift();
  }

  clear() {
    this.#levels = [];
  }

  /** @returns {Level | null} */
  get newest() {
    return this.#levels.at(-1) ?? null;
  }

  /** @param {number} nowMs @returns {Bar[]} */
  bars(nowMs) {
    return this.#levels
      .map(({ atMs, score, isMotion }, index) => {
        const sinceMs = this.#levels[index - 1]?.atMs ?? atMs - USUAL_BAR_MS;
        const lengthMs = atMs - sinceMs > LONGEST_BAR_MS ? USUAL_BAR_MS : atMs - sinceMs;
        return { start: (atMs - lengthMs - nowMs) / 1000, width: lengthMs / 1000, score, isMotion };
      })
      .filter(({ start, width }) => start + width > -SHOWN_MS / 1000 && start < 0);
  }
}
