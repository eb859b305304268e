/** What is said about exports. Pure. */

import { sizeText } from "../storage/amounts.js";

/**
 * @typedef {object} Export
 * @property {string} id
 * @property {string[]} cameras slugs
 * @property {string} kind
 * @property {number} speed
 * @property {number} start_ms
 * @property {number} end_ms
 * @property {string} state
 * @property {number} progress 0 to 1
 * @property {string} error
 * @property {number} expected_bytes
 * @property {number} size_bytes
 * @property {string} name
 * @property {string | null} file
 * @property {{start_ms: number, end_ms: number, text: string, camera: string}[]} gaps
 * @property {string[]} notes
 * @property {string} expires_at
 */

/** @param {Export} one @returns {boolean} whether it is still to be made */
export function isUnfinished({ state }) {
  return state === "waiting" || state === "running";
}

/** @param {Export} one */
export function stateText(one) {
  if (one.state === "waiting") return `Waiting for its turn, about ${sizeText(one.expected_bytes)}`;
  if (one.state === "running") return `${Math.floor(one.progress * 100)} % of about ${sizeText(one.expected_bytes)}`;
  if (one.state === "done") return `${sizeText(one.size_bytes)}, kept until ${dayText(one.expires_at)}`;
  return one.state === "cancelled" ? "Cancelled" : `Failed: ${one.error}`;
}

/** "22 Nov 2026, 10:00:00 – 10:05:00" @param {number} startMs @param {number} endMs @param {string} [locale] */
export function spanText(startMs, endMs, locale) {
  const [start, end] = [new Date(startMs), new Date(endMs)];
  const day = (/** @type {Date} */ at) =>
    at.toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric" });
  const time = (/** @type {Date} */ at) =>
    at.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const isOneDay = start.toDateString() === end.toDateString();
  return `${day(start)}, ${time(start)} – ${isOneDay ? "" : `${day(end)}, `}${time(end)}`;
}

/** "1 h 2 min 3 s" @param {number} ms */
export function lengthText(ms) {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ].filter(([count]) => count);
  return parts.map(([count, unit]) => `${count} ${unit}`).join(" ") || "0 s";
}

/** @param {{gaps: {start_ms: number, end_ms: number}[]}} one @returns {string} empty without gaps */
export function gapsText({ gaps }) {
  if (gaps.length === 0) return "";
  const length = lengthText(gaps.reduce((sum, gap) => sum + gap.end_ms - gap.start_ms, 0));
  return `${gaps.length === 1 ? "1 gap" : `${gaps.length} gaps`} without footage, ${length} in all, cut out`;
}

/** @param {string} iso @param {string} [locale] */
export function dayText(iso, locale) {
  return new Date(iso).toLocaleString(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}
