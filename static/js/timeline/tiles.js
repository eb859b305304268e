/**
 * Time in tiles, so that what was fetched once serves again: tile lengths go up by four, from a minute to twelve days, all aligned to
 * 1970. A tile's answer is as fine as a four-thousandth of it, which is finer than a pixel where it is used. Pure.
 */

const SHORTEST_MS = 64_000;
export const FACTOR = 4;
const LEVELS = 8;

/** @typedef {{level: number, startMs: number}} Tile */

/** @param {number} level */
export function tileMs(level) {
  return SHORTEST_MS * FACTOR ** level;
}

/** At most three tiles cover a view, but for the longest. @param {number} spanMs */
export function levelFor(spanMs) {
  for (let level = 0; level < LEVELS; level += 1) if (tileMs(level) >= spanMs / 2) return level;
  return LEVELS;
}

/** @param {number} level @param {number} startMs @param {number} endMs @returns {Tile[]} */
export function tilesOf(level, startMs, endMs) {
  const length = tileMs(level);
  const tiles = [];
  for (let at = Math.floor(startMs / length) * length; at < endMs; at += length) tiles.push({ level, startMs: at });
  return tiles;
}

/** @param {Tile} tile @returns {Tile | null} */
export function parentOf({ level, startMs }) {
  if (level >= LEVELS) return null;
  const length = tileMs(level + 1);
  return { level: level + 1, startMs: Math.floor(startMs / length) * length };
}

/** @param {Tile} tile @returns {Tile[]} */
export function childrenOf({ level, startMs }) {
  if (level === 0) return [];
  return tilesOf(level - 1, startMs, startMs + tileMs(level));
}

/** @param {Tile} tile */
export function endOfTile({ level, startMs }) {
  return startMs + tileMs(level);
}

/** @param {Tile} tile */
export function keyOf({ level, startMs }) {
  return `${level}/${startMs}`;
}

/** How often a tile that reaches "now" is asked for again: by the time a pixel of it stands for. @param {number} level */
export function refreshMs(level) {
  return Math.min(30_000, Math.max(2_000, tileMs(level) / 2_000));
}
