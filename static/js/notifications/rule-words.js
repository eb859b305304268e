/** What rules say in plain words, and their hours between what people choose and what is stored. Pure. */

/**
 * @typedef {object} Rule
 * @property {number} id
 * @property {string} name
 * @property {boolean} is_enabled
 * @property {string[]} kinds
 * @property {boolean} is_all_cameras
 * @property {string[]} cameras slugs
 * @property {string[]} zones
 * @property {string[]} labels
 * @property {number} min_score
 * @property {boolean} tells_end
 * @property {Record<string, string[][]>} schedule
 * @property {string} time_zone
 * @property {number} every_s
 * @property {number} group_s
 * @property {number} muted_until_ms
 * @property {number[]} channels
 */

/** @typedef {{when: "always" | "daily" | "other", start: string, end: string, days: number[]}} Hours */

export const KINDS = /** @type {Record<string, string>} */ ({
  motion: "motion",
  camera_motion: "motion that the camera itself notices",
  line: "a line that is crossed",
  intrusion: "an intrusion",
  tamper: "tampering with the camera",
  sound: "a sound",
  input: "an input of the camera",
  camera_down: "a camera that is down",
  gap: "missing footage",
  storage: "storage trouble",
  node: "a recorder that is lost",
});

export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6];

/** "A, B and C" @param {string[]} names @param {string} [last] */
export function listed(names, last = "and") {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} ${last} ${names[names.length - 1]}`;
}

/** The whole rule as a sentence. @param {Rule} rule @param {(slug: string) => string} nameOf */
export function sentence(rule, nameOf) {
  const what = listed(
    rule.kinds.map((kind) => KINDS[kind] ?? kind),
    "or",
  );
  const where = rule.is_all_cameras ? "any camera" : listed(rule.cameras.map(nameOf), "or") || "no camera";
  const motion = rule.kinds.includes("motion") ? motionWords(rule) : "";
  const only = motion && `; motion only ${motion}`;
  return `${capital(what)}, at ${where}${only}; ${hoursWords(hoursOf(rule.schedule))}.`;
}

/** @param {string} text */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {Rule} rule */
function motionWords(rule) {
  const parts = [];
  if (rule.labels.length) parts.push(`of ${listed(rule.labels, "or")}`);
  if (rule.zones.length) parts.push(`in ${listed(rule.zones, "or")}`);
  if (rule.min_score) parts.push(`from strength ${rule.min_score}`);
  return parts.join(", ");
}

/** @param {Hours} hours */
export function hoursWords({ when, start, end, days }) {
  if (when === "always") return "at any time";
  if (when === "other") return "at hours of its own";
  const on = days.length === 7 ? "every day" : `on ${listed(days.map((day) => DAYS[day]))}`;
  return `${on} from ${start} to ${end}`;
}

/** As the server stores them: per weekday, split at midnight. @param {Hours} hours @returns {Record<string, string[][]>} */
export function scheduleOf({ when, start, end, days }) {
  if (when !== "daily") return {};
  /** @type {Record<string, string[][]>} */
  const stored = {};
  const put = (/** @type {number} */ day, /** @type {string[]} */ range) => {
    const key = String(day % 7);
    stored[key] ??= [];
    stored[key].push(range);
  };
  for (const day of days) {
    if (start < end) put(day, [start, end]);
    else {
      put(day, [start, "24:00"]);
      if (end !== "00:00") put(day + 1, ["00:00", end]);
    }
  }
  for (const ranges of Object.values(stored)) ranges.sort();
  return stored;
}

/** What somebody must have chosen for this; "other" when it is more than one can choose. @param {Record<string, string[][]>} schedule @returns {Hours} */
export function hoursOf(schedule) {
  const ranges = Object.values(schedule).flat();
  if (ranges.length === 0) return { when: "always", start: "22:00", end: "06:00", days: EVERY_DAY };
  const starts = new Set(ranges.map(([start]) => start));
  const ends = new Set(ranges.map(([, end]) => (end === "24:00" ? "00:00" : end)));
  for (const start of starts) {
    const days = EVERY_DAY.filter((day) => schedule[day]?.some(([begin]) => begin === start));
    for (const end of ends) {
      const hours = /** @type {Hours} */ ({ when: "daily", start, end, days });
      if (start !== end && isSame(scheduleOf(hours), schedule)) return hours;
    }
  }
  return { when: "other", start: "22:00", end: "06:00", days: EVERY_DAY };
}

/** "2 minutes" @param {number} seconds */
export function lengthWords(seconds) {
  for (const [unit, size] of /** @type {[string, number][]} */ ([
    ["hour", 3600],
    ["minute", 60],
  ])) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size} ${unit}${seconds === size ? "" : "s"}`;
  }
  return `${seconds} seconds`;
}

/** @param {number} untilMs @param {number} nowMs @param {string} [locale] @returns {string} empty when it is over */
export function quietWords(untilMs, nowMs, locale) {
  if (untilMs <= nowMs) return "";
  const until = new Date(untilMs);
  const time = until.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  const isToday = until.toDateString() === new Date(nowMs).toDateString();
  const day = isToday
    ? ""
    : `${until.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "short" })}, `;
  return `Quiet until ${day}${time}`;
}

/** Names in a text field: "Drive, Front garden". @param {string} text @returns {string[]} */
export function names(text) {
  return [...new Set(text.split(",").map((name) => name.trim()))].filter(Boolean);
}

/** @param {Record<string, string[][]>} one @param {Record<string, string[][]>} other */
function isSame(one, other) {
  const filled = (/** @type {Record<string, string[][]>} */ stored) =>
    JSON.stringify(EVERY_DAY.map((day) => stored[day] ?? []));
  return filled(one) === filled(other);
}
