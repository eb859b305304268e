/**
 * A long search in stretches of time, the newest first, so that something is to be seen soon; and what they find, put together. Pure.
 *
 * @typedef {{startMs: number, endMs: number}} Stretch
 * @typedef {{startMs: number, endMs: number, score: number, share: number}} Found `share`: of the area, 0 to 1
 * @typedef {{startMs: number, endMs: number, notAnalysedMs: number, found: Found[]}} Searched
 */

const STRETCH_MS = 86_400_000;
/** What goes on across a border is one again. */
const TOUCHING_MS = 2_000;

/** @param {number} startMs @param {number} endMs @returns {Stretch[]} newest first */
export function stretchesOf(startMs, endMs) {
  const stretches = [];
  for (let to = endMs; to > startMs; to -= STRETCH_MS)
    stretches.push({ startMs: Math.max(startMs, to - STRETCH_MS), endMs: to });
  return stretches;
}

/** `notAnalysedMs`: of its footage. @param {any} answer of the API @param {Stretch} asked @returns {Searched} */
export function parseSearched(answer, asked) {
  return {
    startMs: Math.min(asked.endMs - 1, Math.max(asked.startMs, answer.searched?.start_ms ?? asked.startMs)),
    endMs: asked.endMs,
    notAnalysedMs: Math.max(0, Number(answer.not_analysed_ms ?? 0)),
    found: (answer.spans ?? []).map((/** @type {any} */ span) => ({
      startMs: span.start_ms,
      endMs: span.end_ms,
      score: Number(span.score ?? 0),
      share: Number(span.share ?? 0),
    })),
  };
}

/** Newest first; what touches across a border is joined. @param {Searched[]} parts @returns {Found[]} */
export function foundIn(parts) {
  const sorted = parts.flatMap(({ found }) => found).sort((a, b) => b.startMs - a.startMs);
  const borders = new Set(parts.flatMap(({ startMs, endMs }) => [startMs, endMs]));
  const isAtBorder = (/** @type {number} */ ms) => [...borders].some((border) => Math.abs(border - ms) <= TOUCHING_MS);
  /** @type {Found[]} */
  const joined = [];
  for (const one of sorted) {
    const later = joined[joined.length - 1];
    if (later && later.startMs - one.endMs <= TOUCHING_MS && isAtBorder(later.startMs)) {
      joined[joined.length - 1] = {
        startMs: one.startMs,
        endMs: Math.max(later.endMs, one.endMs),
        score: Math.max(later.score, one.score),
        share: Math.max(later.share, one.share),
      };
    } else joined.push(one);
  }
  return joined;
}

/** @param {Searched[]} parts */
export function searchedMs(parts) {
  return parts.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
}

/** How much there is to know. @param {Searched[]} parts @param {Stretch[] | null} footage null: not known, and taken for all */
export function totalsOf(parts, footage) {
  const recordedMs = footage ? parts.reduce((sum, part) => sum + sharedMs(footage, part), 0) : searchedMs(parts);
  const notAnalysedMs = parts.reduce((sum, part) => sum + part.notAnalysedMs, 0);
  return { searchedMs: searchedMs(parts), recordedMs, notAnalysedMs: Math.min(recordedMs, notAnalysedMs) };
}

/** How much of a stretch lies in others. @param {Stretch[]} others @param {Stretch} stretch */
export function sharedMs(others, { startMs, endMs }) {
  return others.reduce((sum, one) => sum + Math.max(0, Math.min(endMs, one.endMs) - Math.max(startMs, one.startMs)), 0);
}
