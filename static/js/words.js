/** What the pages say about a camera. Pure: the present comes in as an argument. */

/** @typedef {{state: string, reason: string, since: string}} Status `since` is an ISO time, or empty */

const TITLES = /** @type {Record<string, string>} */ ({
  live: "Live",
  connecting: "Connecting …",
  down: "No picture",
  off: "Switched off",
});

/** @param {string} state */
export function stateTitle(state) {
  return TITLES[state] ?? state;
}

/** "3 of 4 cameras down" and the like, with the worst state among them. @param {string[]} states @returns {{state: string, text: string}} */
export function summary(states) {
  const count = (/** @type {string} */ state) => states.filter((one) => one === state).length;
  const cameras = states.length === 1 ? "1 camera" : `${states.length} cameras`;
  if (count("down")) return { state: "down", text: `${count("down")} of ${cameras} down` };
  if (count("connecting")) return { state: "connecting", text: `${count("connecting")} of ${cameras} connecting` };
  if (count("off")) return { state: "off", text: `${count("live")} of ${cameras} live` };
  return { state: "live", text: states.length === 1 ? "1 camera live" : `${cameras} live` };
}

/** @param {number} ms */
export function duration(ms) {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return minutes === 1 ? "1 minute" : `${minutes} minutes`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return hours === 1 ? "1 hour" : `${hours} hours`;
  return `${Math.floor(hours / 24)} days`;
}

/** The time of day, with the date unless it is today. @param {Date} at @param {Date} now @param {string} [locale] */
export function clockTime(at, now, locale) {
  const time = at.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.toLocaleDateString(locale, { day: "numeric", month: "short" })}, ${time}`;
}

/** "10:32 (12 minutes)"; empty without a time. @param {string} iso @param {Date} now @param {string} [locale] */
export function momentText(iso, now, locale) {
  const at = new Date(iso);
  if (!iso || Number.isNaN(at.getTime())) return "";
  return `${clockTime(at, now, locale)} (${duration(Math.max(0, now.getTime() - at.getTime()))})`;
}

/** The same as a part of a sentence: "since 10:32 (12 minutes)". @param {string} iso @param {Date} now @param {string} [locale] */
export function sinceText(iso, now, locale) {
  const moment = momentText(iso, now, locale);
  return moment && `since ${moment}`;
}
