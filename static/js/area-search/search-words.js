/**
 * What is said about a search. Pure.
 *
 * @import { Found } from "./stretches.js"
 */

import { lengthWords } from "../timeline/time-words.js";

/** From so much on it is worth a word. */
const WORTH_MS = 1_000;
const WORTH = 0.01;

/**
 * @typedef {{searchedMs: number, recordedMs: number, notAnalysedMs: number}} Totals
 *
 * @param {Totals & {count: number, isOver: boolean, isStopped: boolean}} state
 */
export function outcomeWords({ count, searchedMs, recordedMs, notAnalysedMs, isOver, isStopped }) {
  if (!isOver) return count ? `${capital(timesWords(count))} so far …` : "Looking …";
  if (!searchedMs) return isStopped ? "Stopped." : "";
  const where = isStopped ? ` in the newest ${lengthWords(searchedMs)}; stopped there` : "";
  if (count) return `Something moved here ${timesWords(count)}${where}.`;
  if (recordedMs < WORTH_MS) return `There is no footage of that time${where}.`;
  if (recordedMs - notAnalysedMs < WORTH_MS) return `Nothing is known of that time${where}.`;
  return `Nothing moved here${where}.`;
}

/** What of the time could not be searched, and why; empty when all of it was. @param {Totals} totals */
export function unknownWords({ searchedMs, recordedMs, notAnalysedMs }) {
  if (recordedMs < WORTH_MS) return "";
  const said = [];
  const missingMs = searchedMs - recordedMs;
  if (missingMs > Math.max(WORTH_MS, searchedMs * WORTH)) {
    said.push(`There is footage of ${lengthWords(recordedMs)} of these ${lengthWords(searchedMs)}.`);
  }
  if (notAnalysedMs >= WORTH_MS) {
    const isAll = recordedMs - notAnalysedMs < WORTH_MS;
    const much = isAll ? "None of the footage was" : `${lengthWords(notAnalysedMs)} of the footage were not`;
    said.push(`${much} looked through for motion: detection was off, or has not come to it yet.`);
  }
  return said.join(" ");
}

/** "38 % of the area" @param {Found} found */
export function shareWords({ share }) {
  return `${Math.max(1, Math.round(share * 100))} % of the area`;
}

/** @param {number} count */
function timesWords(count) {
  if (count === 1) return "once";
  return count === 2 ? "twice" : `${count} times`;
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
