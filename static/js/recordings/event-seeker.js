/**
 * The next event after a moment, or the one before it. The API answers newest first, so the one before is its first; for the next one the
 * time after the moment is asked for in growing stretches, and a stretch that holds too many is cut short. Pure but for `fetch`.
 */

const HOUR_MS = 3_600_000;
const STRETCHES_MS = [HOUR_MS, 24 * HOUR_MS, 30 * 24 * HOUR_MS];
const STRETCHES = 14;
/** So often a stretch is cut before what was found is good enough. */
const CUTS = 8;

/**
 * @typedef {(query: URLSearchParams) => Promise<{next: string | null, results: {start_ms: number}[]}>} Fetch
 *
 * @param {Fetch} fetch the API's list of events
 * @param {string[]} cameras slugs @param {number} atMs @param {1 | -1} direction @param {number} nowMs
 * @returns {Promise<number | null>} when it begins; null when there is none
 */
export async function findEvent(fetch, cameras, atMs, direction, nowMs) {
  const query = new URLSearchParams([["kind", "motion"], ...cameras.map((slug) => ["camera", slug])]);
  if (direction < 0) return findBefore(fetch, query, atMs);
  let from = atMs;
  for (let turn = 0; turn < STRETCHES && from <= nowMs; turn += 1) {
    const to = from + STRETCHES_MS[Math.min(turn, STRETCHES_MS.length - 1)];
    const found = await findFirst(fetch, query, from, to);
    if (found !== null) return found;
    from = to;
  }
  return null;
}

/** @param {Fetch} fetch @param {URLSearchParams} query @param {number} atMs */
async function findBefore(fetch, query, atMs) {
  query.set("end", String(Math.ceil(atMs)));
  const starts = startsOf(await fetch(query)).filter((startMs) => startMs < atMs);
  return starts.length ? Math.max(...starts) : null;
}

/** @param {Fetch} fetch @param {URLSearchParams} query @param {number} from @param {number} to */
async function findFirst(fetch, query, from, to) {
  /** @type {number | null} */
  let found = null;
  let end = to;
  for (let turn = 0; turn < CUTS; turn += 1) {
    query.set("start", String(Math.floor(from)));
    query.set("end", String(Math.ceil(end)));
    const answer = await fetch(query);
    // What began before and goes on is no next one.
    const starts = startsOf(answer).filter((startMs) => startMs > from);
    if (starts.length) found = Math.min(...starts);
    if (answer.next === null || found === null || found >= end) return found;
    end = found;
  }
  return found;
}

/** @param {{results: {start_ms: number}[]}} answer */
function startsOf({ results }) {
  return results.map(({ start_ms: startMs }) => startMs);
}
