/** What a person reads while playing back. Pure. */

/** @import { Gap } from "./source.js" */

/** @param {Gap | null} gap null while the reason is not known */
export function gapWords(gap) {
  const why = gap?.text || gap?.reason || "";
  return why ? `No recording: ${why}` : "No recording";
}

/** @param {string} codec */
export function unplayableWords(codec) {
  const name = /^(hvc1|hev1)/.test(codec) ? "H.265" : codec;
  const way = name === "H.265" ? " Firefox and Safari can; or record the camera’s sub stream as well." : "";
  return `This browser can’t play ${name}.${way}`;
}

/** @param {number} rate */
export function speedWords(rate) {
  return `${Number(rate.toFixed(2))}×`;
}

/**
 * Date and time with milliseconds and the zone, in the browser's language.
 * @param {number} ms @param {string} [timeZone] @param {string} [language]
 */
export function momentWords(ms, timeZone, language) {
  return formatter(language ?? "", timeZone ?? "").format(Math.floor(ms));
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formatters = new Map();

/** @param {string} language @param {string} timeZone */
function formatter(language, timeZone) {
  const key = `${language} ${timeZone}`;
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(language || undefined, {
      year: "numeric",
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      fractionalSecondDigits: 3,
      timeZoneName: "short",
      hourCycle: "h23",
      timeZone: timeZone || undefined,
    });
    formatters.set(key, found);
  }
  return found;
}
