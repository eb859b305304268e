/**
 * What is said about rights. Pure: moments come in, and what writes them.
 *
 * @import { Week } from "../motion/hours.js"
 *
 * @typedef {"view" | "hear" | "playback" | "export" | "protect" | "delete" | "ptz" | "talk" | "configure"} Action
 * @typedef {"now" | "closed" | "later" | "over"} Standing
 * @typedef {object} Grant
 * @property {number} id
 * @property {number | null} user
 * @property {number | null} user_group
 * @property {string | null} camera
 * @property {number | null} camera_group
 * @property {Action} action
 * @property {Week | null} hours
 * @property {string | null} valid_from
 * @property {string | null} valid_until
 * @property {string} note
 * @property {string} who
 * @property {string} what
 * @property {Standing} standing
 * @property {string | null} granted_by
 * @property {string} granted_at
 * @typedef {{action: Action, is_allowed: boolean, reasons: {standing: Standing, grant: Grant}[]}} Right
 */

import { DAYS, toLine } from "../motion/hours.js";

export const ACTIONS = /** @type {Record<Action, {title: string, help: string}>} */ ({
  view: { title: "See it live", help: "The picture as it is now. Every other right includes this one." },
  hear: { title: "Hear it", help: "The sound, live, in recordings and in exports. Without it these are silent." },
  playback: { title: "Play back", help: "What was recorded, and what happened." },
  export: { title: "Export", help: "Make films to keep and to share. Includes to play back." },
  protect: { title: "Protect footage", help: "Keep it from being deleted. Includes to play back." },
  delete: { title: "Delete footage", help: "Before its time. Includes to play back." },
  ptz: { title: "Turn it", help: "Cameras that turn and zoom." },
  talk: { title: "Talk through it", help: "Counts once cameras with a loudspeaker can be talked to." },
  configure: {
    title: "Configure it",
    help: "Settings, zones and presets. Includes to turn, not to play back or to hear.",
  },
});

const STANDINGS = /** @type {Record<Standing, string>} */ ({
  now: "",
  closed: "not at this hour",
  later: "not yet",
  over: "not any more",
});

/** @param {Action} action */
export function title(action) {
  return ACTIONS[action]?.title ?? action;
}

/** Why it doesn't count at the moment; empty when it does. @param {Standing} standing */
export function standingText(standing) {
  return STANDINGS[standing] ?? standing;
}

/** When it counts: "Monday to Friday 08:00-18:00, until 3 Dec 2026, 12:00". @param {Grant} grant @param {(at: Date) => string} timeText */
export function whenText({ hours, valid_from, valid_until }, timeText) {
  const parts = [hours ? weekText(hours) : "at all times"];
  if (valid_from) parts.push(`from ${timeText(new Date(valid_from))}`);
  if (valid_until) parts.push(`until ${timeText(new Date(valid_until))}`);
  return parts.join(", ");
}

/** Days that follow each other with the same hours are said together. @param {Week} week */
export function weekText(week) {
  /** @type {{first: number, last: number, line: string}[]} */
  const runs = [];
  for (let day = 0; day < DAYS.length; day += 1) {
    const line = toLine(week, day);
    const before = runs.at(-1);
    if (before && before.line === line) before.last = day;
    else runs.push({ first: day, last: day, line });
  }
  return runs
    .filter(({ line }) => line)
    .map(({ first, last, line }) => `${daysText(first, last)} ${line === "00:00-24:00" ? "all day" : line}`)
    .join("; ");
}

/**
 * Through which grant something may be done: "by “Export” on the group “Outside”, through the group “Family”".
 *
 * @param {Action} action @param {Grant} grant
 */
export function reasonText(action, grant) {
  const right = grant.action === action ? "granted" : `included in “${title(grant.action)}”, granted`;
  const what = grant.camera_group === null ? `on ${grant.what}` : `on the cameras of “${grant.what}”`;
  const who = grant.user_group === null ? `to ${grant.who}` : `to everybody in “${grant.who}”`;
  return `${right} ${who} ${what}`;
}

/** What may be done now, in few words. @param {Right[]} rights */
export function summaryText(rights) {
  const now = rights.filter(({ is_allowed }) => is_allowed).map(({ action }) => title(action).toLowerCase());
  if (now.length === 0) return "Nothing at the moment";
  if (now.length === Object.keys(ACTIONS).length) return "Everything";
  return sentence(now.length === 1 ? now[0] : `${now.slice(0, -1).join(", ")} and ${now.at(-1)}`);
}

/** @param {number} first @param {number} last */
function daysText(first, last) {
  if (first === 0 && last === 6) return "every day";
  if (first === last) return DAYS[first];
  return last === first + 1 ? `${DAYS[first]} and ${DAYS[last]}` : `${DAYS[first]} to ${DAYS[last]}`;
}

/** @param {string} text */
function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
