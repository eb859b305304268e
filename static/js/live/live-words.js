/** What a person reads about a tile. Pure: times come in as text. */

/**
 * @import { State } from "./health.js"
 * @import { Problem } from "./viewing.js"
 */

/**
 * @typedef {object} Situation
 * @property {State} state
 * @property {string | null} cameraState
 * @property {string} cameraReason
 * @property {Problem | null} problem
 * @property {string | null} staleSince the time of day of the last picture, when it can no longer pass for live
 */

/** @type {Record<number, string>} */
const CLOSED = {
  4400: "The server did not understand this player. Reload the page.",
  4401: "You are not logged in.",
  4403: "You have no right to view this camera.",
  4404: "There is no such camera.",
  4408: "The ticket has expired.",
  4429: "The server has too many viewers. Trying again …",
};

/** @param {Situation} situation @returns {string} one or two sentences */
export function wordsFor(situation) {
  const why = reasonFor(situation);
  if (!situation.staleSince || situation.state === "playing") return why;
  return `No picture since ${situation.staleSince}. ${why}`;
}

/** With the date unless it is today. @param {Date} at @param {Date} now */
export function timeOfDay(at, now) {
  return at.toDateString() === now.toDateString() ? at.toLocaleTimeString() : at.toLocaleString();
}

/** @param {Situation} situation */
function reasonFor({ state, cameraState, cameraReason, problem }) {
  switch (state) {
    case "playing":
      return "Live";
    case "paused":
      return "Paused";
    case "stalled":
      return "Nothing comes from the camera at the moment.";
    case "waiting":
      return withReason(waitingFor(cameraState), cameraReason);
    case "failed":
      return CLOSED[problem?.code ?? 0] ?? withReason("This browser can't show the camera", problem?.message ?? "");
    case "connecting":
      if (!problem) return "Connecting …";
      return CLOSED[problem.code] ?? "The connection to the server was lost. Trying again …";
  }
}

/** @param {string | null} cameraState */
function waitingFor(cameraState) {
  if (cameraState === "off") return "The camera is switched off";
  return cameraState === "connecting" ? "Connecting to the camera" : "The camera is down";
}

/** @param {string} words @param {string} reason */
function withReason(words, reason) {
  return reason ? `${words}: ${reason}` : `${words}.`;
}
