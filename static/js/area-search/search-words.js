/**
 * What is said about a search. Pure.
 *
 * @import { Found } from "./stretches.js"
 */

import { lengthWords } from "../timeline/time-words.js";

/** From so much on it is worth a word. */
const WORTH_MS = 1_000;

/** @param {{count: number, searchedMs: number, notAnalysedMs: number, isOver: boolean, isStopped: boolean}} state */
export function outcomeWords({ count, searchedMs, notAnalysedMs, isOver, isStopped }) {
  if (!isOver) return count ? `${timesWords(count)} so far …` : "Looking …";
  if (!searchedMs) return isStopped ? "Stopped." : "";
  const where = isStopped ? ` in the newest ${lengthWords(searchedMs)}; stopped there` : "";
  if (count) return `Something moved here ${timesWords(count)}${where}.`;
  if (notAnalysedMs >= searchedMs - WORTH_MS) return `Nothing is known of that time${where}.`;
  return `Nothing moved here${where}.`;
}

/** @param {number} searchedMs @param {number} notAnalysedMs @returns {string} empty when all was analysed */
export function unknownWords(searchedMs, notAnalysedMs) {
  if (notAnalysedMs < WORTH_MS) return "";
  const why = "there was no footage then, motion detection was off, or has not come to it yet";
  if (notAnalysedMs >= searchedMs - WORTH_MS) return `None of it was looked through for motion: ${why}.`;
  return `${lengthWords(notAnalysedMs)} of ${lengthWords(searchedMs)} were not looked through for motion: ${why}.`;
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
