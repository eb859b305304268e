/**
 * What a stretch of one camera's time holds: the timeline API's answer, put in order, and questions to it. Pure.
 *
 * @typedef {{startMs: number, endMs: number}} Span
 * @typedef {Span & {kind: string, text: string}} Gap
 * @typedef {Span & {id: number | string, note: string}} Protection
 * @typedef {Span & {id: string, kind: string, score: number, zones: string[], labels: string[]}} Happening
 * @typedef {object} Account
 * @property {number} startMs
 * @property {number} endMs
 * @property {Span[]} spans
 * @property {Gap[]} gaps
 * @property {Protection[]} protections
 * @property {Happening[]} events
 * @property {number | null} newestMs end of the newest footage of all, wherever it lies
 */

import { parseLabels } from "../events/event.js";

/** What the API may round away between two spans. */
const TOUCHING_MS = 50;

/** @param {any} answer @returns {Account} */
export function parseAccount(answer) {
  return {
    startMs: answer.start_ms,
    endMs: answer.end_ms,
    spans: items(answer.spans),
    gaps: items(answer.gaps, (gap) => ({
      kind: String(gap.kind ?? "unknown"),
      text: String(gap.text || gap.reason || ""),
    })),
    protections: items(answer.protections, ({ id, note }) => ({ id, note: String(note ?? "") })),
    events: items(answer.events, (one) => ({
      // What goes on reaches as far as footage does.
      endMs: Math.max(one.start_ms, one.end_ms ?? answer.newest_ms ?? one.start_ms),
      id: String(one.id),
      kind: String(one.kind ?? ""),
      score: Number(one.peak_score ?? 0),
      zones: (one.zones ?? []).map(String),
      labels: parseLabels(one.labels).map(({ label }) => label),
    })),
    newestMs: answer.newest_ms ?? null,
  };
}

/** The part of it within a window. @param {Account} account @param {number} startMs @param {number} endMs @returns {Account} */
export function clipped(account, startMs, endMs) {
  const [from, to] = [Math.max(startMs, account.startMs), Math.min(endMs, account.endMs)];
  const cut = (/** @type {any[]} */ list) =>
    within(list, from, to).map((one) => ({
      ...one,
      startMs: Math.max(one.startMs, from),
      endMs: Math.min(one.endMs, to),
    }));
  return {
    ...account,
    startMs: from,
    endMs: to,
    spans: cut(account.spans),
    gaps: cut(account.gaps),
    protections: within(account.protections, from, to),
    events: overlapping(account.events, from, to),
  };
}

/**
 * A newer answer for the end of it replaces what was there.
 *
 * @param {Account} account @param {Account} newer begins within `account` @returns {Account}
 */
export function renewed(account, newer) {
  return { ...joined([clipped(account, account.startMs, newer.startMs), newer]), newestMs: newer.newestMs };
}

/** Several that follow each other as one: what goes on across a border becomes one item again. @param {Account[]} accounts @returns {Account} */
export function joined(accounts) {
  const known = accounts.map((one) => one.newestMs).filter((one) => one !== null);
  return {
    startMs: accounts[0]?.startMs ?? 0,
    endMs: accounts[accounts.length - 1]?.endMs ?? 0,
    spans: mended(
      accounts.flatMap((one) => one.spans),
      () => true,
    ),
    gaps: mended(
      accounts.flatMap((one) => one.gaps),
      (a, b) => a.kind === b.kind && a.text === b.text,
    ),
    protections: unique(accounts.flatMap((one) => one.protections)),
    events: unique(accounts.flatMap((one) => one.events)),
    newestMs: known.length ? Math.max(...known) : null,
  };
}

/** @template {Span} T @param {T[]} list sorted, without overlap @param {number} startMs @param {number} endMs @returns {T[]} */
export function within(list, startMs, endMs) {
  return list
    .slice(firstEndingAfter(list, startMs), list.length)
    .filter((one) => one.startMs < endMs && one.endMs > startMs);
}

/** The same of a list whose items may overlap each other. @template {Span} T @param {T[]} list @param {number} startMs @param {number} endMs @returns {T[]} */
export function overlapping(list, startMs, endMs) {
  return list.filter((one) => one.startMs < endMs && Math.max(one.endMs, one.startMs + 1) > startMs);
}

/** @template {Span} T @param {T[]} list sorted @param {number} atMs @returns {T | undefined} */
export function itemAt(list, atMs) {
  const found = list[firstEndingAfter(list, atMs)];
  return found && found.startMs <= atMs ? found : undefined;
}

/** Index of the first that ends after the moment. @param {Span[]} list sorted, without overlap @param {number} atMs */
export function firstEndingAfter(list, atMs) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].endMs > atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Begins of footage, but not where only the window begins.
 *
 * @param {Account} account @returns {number[]}
 */
export function startsOf(account) {
  return account.spans.map((span) => span.startMs).filter((atMs) => atMs > account.startMs);
}

/** @param {any[]} list @param {(item: any) => object} [more] @returns {any[]} */
function items(list, more = () => ({})) {
  return (list ?? [])
    .map((item) => ({ startMs: item.start_ms, endMs: item.end_ms ?? item.start_ms, ...more(item) }))
    .sort((a, b) => a.startMs - b.startMs);
}

/** @template {Span} T @param {T[]} list @param {(a: T, b: T) => boolean} isAlike @returns {T[]} */
function mended(list, isAlike) {
  /** @type {T[]} */
  const found = [];
  for (const one of list) {
    const last = found[found.length - 1];
    if (last && one.startMs - last.endMs <= TOUCHING_MS && isAlike(last, one)) {
      found[found.length - 1] = { ...last, endMs: Math.max(last.endMs, one.endMs) };
    } else {
      found.push(one);
    }
  }
  return found;
}

/** @template {Span & {id: unknown}} T @param {T[]} list @returns {T[]} */
function unique(list) {
  return [...new Map(list.map((one) => [one.id, one])).values()].sort((a, b) => a.startMs - b.startMs);
}
