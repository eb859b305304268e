/**
 * Why there is nothing to see at a moment, and what there is instead. Pure.
 *
 * @import { Account } from "../timeline/account.js"
 * @import { TimeWords } from "../timeline/time-words.js"
 */

import { itemAt } from "../timeline/account.js";
import { gapWords, lengthWords } from "../timeline/time-words.js";

const YOUNG_MS = 3 * 60_000;
/** The last seconds before now are recorded, but not catalogued yet. */
const PENDING_MS = 20_000;

/**
 * @typedef {object} Note
 * @property {string} title
 * @property {string} text
 * @property {"" | "next" | "newest" | "settings"} offer what a button beneath could do
 */

/**
 * @param {{name: string, record: string, account: Account}[]} cameras those whose pictures are on the page
 * @param {number} atMs @param {number} nowMs @param {TimeWords} words
 * @returns {Note | null} null when there is footage, or when nothing is known yet
 */
export function noteAt(cameras, atMs, nowMs, words) {
  if (cameras.length === 0 || cameras.some(({ account }) => itemAt(account.spans, atMs))) return null;
  if (cameras.every(({ account }) => account.newestMs === null && account.gaps.length > 0)) return nothingYet(cameras);
  const newestMs = Math.max(...cameras.map(({ account }) => account.newestMs ?? 0));
  if (atMs >= newestMs && nowMs - newestMs < PENDING_MS) return null;
  const gaps = cameras.map(({ name, account }) => ({ name, gap: itemAt(account.gaps, atMs) }));
  if (gaps.some(({ gap }) => !gap)) return null;
  const reasons = new Set(
    gaps.map(({ name, gap }) => (gap ? `${cameras.length > 1 ? `${name}: ` : ""}${gapWords(gap)}` : "")),
  );
  return {
    title: `No footage at ${words.time(atMs)}`,
    text: [...reasons].filter(Boolean).join("\n"),
    offer: atMs < newestMs ? "next" : newestMs > 0 ? "newest" : "",
  };
}

/**
 * @param {Account[]} accounts @param {number} atMs
 * @returns {number | null} when footage begins after a moment at which there surely is none; null for none, and when that is not known yet
 */
export function beginAfter(accounts, atMs) {
  if (!accounts.every(({ gaps }) => itemAt(gaps, atMs))) return null;
  const starts = accounts
    .flatMap(({ spans }) => spans.map(({ startMs }) => startMs))
    .filter((startMs) => startMs > atMs);
  return starts.length ? Math.min(...starts) : null;
}

/** @param {{name: string, record: string}[]} cameras @returns {Note} */
function nothingYet(cameras) {
  if (cameras.every(({ record }) => record === "off")) {
    return {
      title: "Recording is off",
      text: `${namesOf(cameras)} ${cameras.length > 1 ? "are" : "is"} not recorded.`,
      offer: "settings",
    };
  }
  if (cameras.every(({ record }) => record === "disabled")) {
    return {
      title: "Switched off",
      text: `${namesOf(cameras)}: a camera that is not enabled is not recorded.`,
      offer: "settings",
    };
  }
  return {
    title: "No footage yet",
    text: "Recording begins as soon as the camera sends pictures. The first footage shows here within seconds.",
    offer: "",
  };
}

/**
 * For the first minutes of all footage: "Recording started 12 seconds ago."
 *
 * @param {Account[]} accounts of a stretch that goes back further than that @param {number} nowMs
 */
export function startedWords(accounts, nowMs) {
  const starts = accounts.flatMap(({ spans }) => spans.map(({ startMs }) => startMs));
  const earliest = Math.min(...starts);
  const reaches = accounts.every(
    ({ startMs, gaps }) => nowMs - startMs > YOUNG_MS && gaps.some((gap) => gap.startMs < nowMs - YOUNG_MS),
  );
  if (!starts.length || !reaches || nowMs - earliest > YOUNG_MS) return "";
  return `Recording started ${lengthWords(Math.max(1000, nowMs - earliest))} ago.`;
}

/** @param {{name: string}[]} cameras */
function namesOf(cameras) {
  return cameras.map(({ name }) => name).join(", ");
}
